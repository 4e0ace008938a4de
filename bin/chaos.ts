import { chaos } from '../ops/chaos/chaos.ts';
import { helpText, parseChaosOptions } from '../ops/chaos/options.ts';
import { runCommand } from '../ops/run-command.ts';

await runCommand(helpText, () => parseChaosOptions(process.argv.slice(2)), chaos);
