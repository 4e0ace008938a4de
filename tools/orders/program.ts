import { Command, CommanderError } from 'commander';
import { defineCheck } from './commands/check.ts';
import { defineDoctor } from './commands/doctor.ts';
import { defineEdit } from './commands/edit.ts';
import { defineFailed } from './commands/failed.ts';
import { defineGenerate } from './commands/generate.ts';
import { defineLogs } from './commands/logs.ts';
import { definePatch } from './commands/patch.ts';
import { definePurge } from './commands/purge.ts';
import { defineReplay } from './commands/replay.ts';
import { defineSend } from './commands/send.ts';
import { defineShow } from './commands/show.ts';
import { defineStatus } from './commands/status.ts';
import { createContext, exitCodes, type Run, type SharedOptions } from './context.ts';
import { CommandFailed, UsageError } from './errors.ts';
import { Interrupted, PipeClosed } from './interrupt.ts';
import type { OrdersIo } from './io.ts';
import { printableLines } from './terminal/output.ts';

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

/** An error in words: what a person can mend as one message, a defect with its stack. */
function describeFault(error: unknown): string {
  if (error instanceof UsageError || error instanceof CommandFailed) return error.message;
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'CredentialsProviderError') {
    return 'There are no AWS credentials: set them as for the AWS CLI, or use --local for the pipeline on this machine.';
  }
  if (regionIsMissing(error)) return 'There is no AWS region: add --region, or set AWS_REGION.';
  const { code, address, port } = connectionError(error);
  if (code === 'ECONNREFUSED')
    return `Nothing answers at ${address}:${port}: start the pipeline with "npm run local", or check AWS_ENDPOINT_URL.`;
  if (code === 'ENOTFOUND' || code === 'ETIMEDOUT' || code === 'ECONNRESET')
    return `AWS cannot be reached: ${error.message}.`;
  // What an AWS service answered says what is wrong; where in the SDK it surfaced helps nobody.
  if ('$metadata' in error) return `${error.name}: ${error.message}`;
  return error.stack ?? error.message;
}

/** Whether an error is a mistake in the command line, for the exit code: the SDK looks for a region in many places. */
function isUsageError(error: unknown): boolean {
  return error instanceof UsageError || regionIsMissing(error);
}

function regionIsMissing(error: unknown): boolean {
  return error instanceof Error && error.message === 'Region is missing';
}

type ConnectionError = Pick<NodeJS.ErrnoException, 'code'> & { readonly address?: string; readonly port?: number };

/** The error of the first address that was tried, where a name has several. */
function connectionError(error: Error): ConnectionError {
  const [first] = error instanceof AggregateError ? (error.errors as unknown[]) : [];
  return (first instanceof Error ? first : error) as ConnectionError;
}
