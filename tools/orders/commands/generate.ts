import { InvokeCommand } from '@aws-sdk/client-lambda';
import type { Command } from 'commander';
import { generateLimits } from '../../../shared/pipeline.ts';
import { generateUntilDone } from '../aws/generate.ts';
import { exitCodes, shareOption, wholeNumberOption } from '../command-line.ts';
import type { OrdersContext, Run } from '../context.ts';
import { CommandFailed } from '../errors.ts';
import { printable } from '../terminal/output.ts';
import { counted, number, withProgress } from '../terminal/progress.ts';

interface GenerateOptions {
  readonly count: number;
  readonly badRate?: number;
  readonly seed?: number;
  readonly withEmail?: boolean;
}

export function defineGenerate(program: Command, run: Run): void {
  program
    .command('generate')
    .summary('send made-up orders')
    .description('Invokes the producer until all orders are sent.')
    .option('--count <n>', 'orders to send', wholeNumberOption(0, generateLimits.count), 10)
    .option('--bad-rate <r>', 'share of bad orders, 0 to 1 (default: one among every ten)', shareOption)
    .option('--seed <n>', 'same seed, same orders (default: a random one)', wholeNumberOption(0, generateLimits.seed))
    .option(
      '--with-email',
      'gives each order a mail address of the mailbox simulator of Amazon SES, which reaches nobody',
    )
    .addHelpText('after', '\nExample: orders generate --count 1000 --bad-rate 0.2 --seed 7')
    .action((options: GenerateOptions) => run((context) => generate(context, options)));
}

async function generate(context: OrdersContext, options: GenerateOptions): Promise<number> {
  const { io, paint } = context;
  const { count, badRate, withEmail } = options;
  const { generateOrdersFunctionName: producer } = await context.outputs();
  // The seed is chosen here. So an invocation that the SDK tries again makes the same orders, which are written once.
  const seed = options.seed ?? Math.floor(io.random() * (generateLimits.seed + 1));
  let queued = 0;
  const { end, notQueued } = await withProgress(
    io,
    () => ({ verb: 'sent', done: queued, total: count }),
    () =>
      generateUntilDone(
        (event) => invoke(context, producer, event),
        { count, badRate, seed, withEmail },
        (answer) => (queued += answer.queued),
      ),
  );
  if (end.kind === 'failed') throw new CommandFailed(`The producer failed: ${end.payload}`);
  if (end.kind === 'refused') throw new CommandFailed(`The producer refused: ${end.problems.join(' ')}`);
  if (end.kind === 'stuck') {
    throw new CommandFailed(
      `The producer made no progress after ${counted(queued, 'order')}. Its log says why: ${context.hint('logs generate-orders')}`,
    );
  }
  const stopped = end.kind === 'interrupted';
  if (context.json) await context.printJson({ requested: count, queued, seed, notQueued, stopped });
  else {
    for (const { orderId, code, message } of notQueued)
      io.stderr.write(`${printable(`not sent: ${orderId}: ${code} ${message}`)}\n`);
    if (stopped) {
      io.stderr.write(
        `Stopped after ${counted(queued, 'order')} of ${number(count)}; the producer may still send what it was asked for last.\n`,
      );
    }
    await context.print(
      `${paint(stopped ? 'yellow' : 'green', `Sent ${counted(queued, 'order')}.`)} --seed ${seed} sends the same again.`,
    );
  }
  return queued === count ? exitCodes.done : exitCodes.notAllDone;
}

/** An invocation takes up to a minute and cannot be called back: an interrupted one is left alone. */
async function invoke({ clients, io: { signal } }: OrdersContext, functionName: string, event: object) {
  if (signal.aborted) return undefined;
  try {
    const command = new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(event) });
    const { Payload, FunctionError: functionError } = await clients.lambda.send(command, { abortSignal: signal });
    return { payload: Payload?.transformToString() ?? '', functionError };
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}
