import { Command, CommanderError } from 'commander';
import { printableLines } from 'local-aws';
import { Interrupted, PipeClosed } from '../interrupt.ts';
import { defineCheck } from './check.ts';
import { createContext, type Run, type SharedOptions } from './context.ts';
import { describeFault, isUsageError } from './describe-fault.ts';
import { defineDoctor } from './doctor.ts';
import { defineEdit } from './edit.ts';
import { exitCodes } from './exit-codes.ts';
import { defineFailed } from './failed.ts';
import { defineGenerate } from './generate.ts';
import type { OrdersIo } from './io.ts';
import { defineLogs } from './logs.ts';
import { definePatch } from './patch.ts';
import { definePurge } from './purge.ts';
import { defineReplay } from './replay.ts';
import { defineSend } from './send.ts';
import { defineShow } from './show.ts';
import { defineStatus } from './status.ts';

const commands = [
  defineGenerate,
  defineSend,
  defineStatus,
  defineDoctor,
  defineLogs,
  defineFailed,
  defineShow,
  defineCheck,
  defineEdit,
  definePatch,
  defineReplay,
  definePurge,
];

/**
 * Runs `orders …`. Never throws: what goes wrong is one message on stderr and an exit code.
 * @param args what stands behind `orders`
 * @returns the exit code: 0, 1 or 2
 */
export async function runOrders(args: readonly string[], io: OrdersIo): Promise<number> {
  let exitCode: number = exitCodes.done;
  const program = new Command('orders')
    .description(
      'Looks after the order pipeline: sends orders, shows what became of them, mends and replays what failed.',
    )
    .option('--json', 'one JSON document, or one a line, on stdout and nothing else')
    .option('--stack <name>', 'name of the CloudFormation stack', 'OrderPipeline')
    .option('--region <name>', 'AWS region (default: as for the AWS CLI)')
    .option('--local', 'this machine: AWS_ENDPOINT_URL, or else http://127.0.0.1:4566 (npm run local)')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      getOutHelpWidth: () => io.stdout.columns ?? 100,
      getErrHelpWidth: () => io.stderr.columns ?? 100,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .exitOverride()
    .addHelpText(
      'after',
      `
Without --local, the pipeline on AWS that your credentials and region lead to.
Exit code: 0 all done, 1 something failed or was left undone, 2 a mistake in the command line.

Example: orders failed --local`,
    );
  const run: Run = async (action) => {
    using context = createContext(io, program.opts<SharedOptions>());
    exitCode = await action(context);
  };
  for (const define of commands) define(program, run);
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    if (error instanceof PipeClosed) return exitCodes.notAllDone;
    // What an error says may quote an order.
    const fault = error instanceof Interrupted ? 'Stopped before the end.' : printableLines(describeFault(error));
    io.stderr.write(`${fault}\n`);
    return isUsageError(error) ? exitCodes.usage : exitCodes.notAllDone;
  }
}
