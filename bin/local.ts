import { presets } from '../lib/configuration/configuration.ts';
import { runCommand } from '../tools/run/run-command.ts';
import { helpText, parseServeOptions, serve } from '../tools/run/serve/serve.ts';

await runCommand(helpText, () => parseServeOptions(process.argv.slice(2), Object.keys(presets)), serve);
