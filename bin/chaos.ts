import { chaos, helpText, parseChaosOptions } from '../tools/chaos/chaos.ts';
import { runCommand } from '../tools/run/run-command.ts';

await runCommand(helpText, () => parseChaosOptions(process.argv.slice(2)), chaos);
