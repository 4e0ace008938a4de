import { presets } from '../lib/configuration/configuration.ts';
import { runCommand } from '../tools/run/run-command.ts';
import { helpText, parseStartOptions } from '../tools/run/start/options.ts';
import { start } from '../tools/run/start/start.ts';

await runCommand(helpText, () => parseStartOptions(process.argv.slice(2), Object.keys(presets)), start);
