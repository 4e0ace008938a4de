// npm run chaos: tries to make the pipeline lose an order.
import { chaos, defineChaos } from '../tools/chaos/chaos.ts';
import { runCommand } from '../tools/run/run-command.ts';

await runCommand('npm run chaos --', defineChaos, chaos);
