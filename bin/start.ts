// npm start: one run of the whole pipeline.
import { presets } from '../lib/configuration/configuration.ts';
import { runCommand } from '../tools/run/run-command.ts';
import { defineStart } from '../tools/run/start/options.ts';
import { start } from '../tools/run/start/start.ts';

await runCommand('npm start --', defineStart(Object.keys(presets)), start);
