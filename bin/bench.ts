// npm run bench: how fast the project is, and what it costs.
import { bench, defineBench } from '../tools/bench/bench.ts';
import { runCommand } from '../tools/run/run-command.ts';

await runCommand('npm run bench --', defineBench, bench);
