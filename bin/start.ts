// npm start: one run of the whole pipeline.
import { presets } from '../lib/configuration/configuration.ts';
import { doorNames } from '../lib/configuration/doors.ts';
import { stages } from '../lib/configuration/stages.ts';
import { withPresetOfStage } from '../tools/run/pipeline-template.ts';
import { runCommand } from '../tools/run/run-command.ts';
import { defineStart, type StartOptions } from '../tools/run/start/options.ts';
import { start } from '../tools/run/start/start.ts';

const choices = { presets: Object.keys(presets), stages: Object.keys(stages), doors: doorNames };
await runCommand('npm start --', defineStart(choices), (options: StartOptions, context) =>
  start(withPresetOfStage(options, stages), context),
);
