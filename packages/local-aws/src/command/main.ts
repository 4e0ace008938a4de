// The process of bin/local-aws.
import { listenForInterrupt } from './interrupt.ts';
import { runLocalAws } from './local-aws.ts';
import { explainError } from './serve.ts';

// Errors that no promise carries, such as those of sockets and processes.
process.once('uncaughtException', (error) => {
  process.stderr.write(`${explainError(error)}\n`);
  process.exit(1);
});

const interrupt = listenForInterrupt();
const { stdout, stderr } = process;
const exitCode = await runLocalAws(process.argv.slice(2), { stdout, stderr, signal: interrupt.signal });
interrupt[Symbol.dispose]();
process.exitCode = interrupt.exitCode() ?? exitCode;
