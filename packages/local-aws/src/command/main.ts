// The process of bin/local-aws.
import { listenForInterrupt } from './interrupt.ts';
import { runLocalAws } from './local-aws.ts';

const interrupt = listenForInterrupt();
const { stdout, stderr } = process;
const exitCode = await runLocalAws(process.argv.slice(2), { stdout, stderr, signal: interrupt.signal });
interrupt[Symbol.dispose]();
process.exitCode = interrupt.exitCode() ?? exitCode;
