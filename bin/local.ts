import { presets } from '../lib/configuration.ts';
import { runCommand } from '../ops/run-command.ts';
import { helpText, parseServeOptions } from '../ops/serve/options.ts';
import { serve } from '../ops/serve/serve.ts';

await runCommand(helpText, () => parseServeOptions(process.argv.slice(2), Object.keys(presets)), serve);
