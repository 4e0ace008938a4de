// npm run local: serves the pipeline, or any cloud assembly, until Ctrl-C.
import { presets } from '../lib/configuration/configuration.ts';
import { doorNames } from '../lib/configuration/doors.ts';
import { stages } from '../lib/configuration/stages.ts';
import { runCommand } from '../tools/run/run-command.ts';
import { defineServe, serve } from '../tools/run/serve.ts';

await runCommand(
  'npm run local --',
  defineServe({ presets: Object.keys(presets), stages: Object.keys(stages), doors: doorNames }),
  serve,
);
