import { presets } from '../lib/configuration.ts';
import { runCommand } from '../ops/run-command.ts';
import { helpText, parseStartOptions } from '../ops/start/options.ts';
import { start } from '../ops/start/start.ts';

await runCommand(helpText, () => parseStartOptions(process.argv.slice(2), Object.keys(presets)), start);
