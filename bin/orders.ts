// npm run orders, npx orders: the operations command.
import { userInfo } from 'node:os';
import { stages } from '../lib/configuration/stages.ts';
import { endOnStrayError } from '../tools/orders/command-line.ts';
import { listenForInterrupt } from '../tools/orders/interrupt.ts';
import { runOrders } from '../tools/orders/program.ts';
import { systemClock } from '../tools/orders/time.ts';

endOnStrayError();
const interrupt = listenForInterrupt();
const io = {
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: process.stdin,
  env: process.env,
  clock: systemClock,
  random: Math.random,
  user: userInfo().username,
  signal: interrupt.signal,
};
const exitCode = await runOrders(process.argv.slice(2), io, stages);
interrupt.dispose();
process.exitCode = interrupt.exitCode() ?? exitCode;
