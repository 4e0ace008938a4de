import { InvokeCommand } from '@aws-sdk/client-lambda';
import type { Command } from 'commander';
import { type GenerateAnswer, generateLimits, type NotQueued, readGenerated } from '../../../shared/pipeline.ts';
import { exitCodes, shareOption, wholeNumberOption } from '../command-line.ts';
import type { OrdersContext, Run } from '../context.ts';
import { CommandFailed } from '../errors.ts';
import { printable } from '../terminal/output.ts';
import { counted, number, withProgress } from '../terminal/progress.ts';

interface GenerateOptions {
  readonly count: number;
  readonly badRate?: number;
  readonly seed?: number;
}

export function defineGenerate(program: Command, run: Run): void {
  program
    .command('generate')
    .summary('send made-up orders')
    .description('Invokes the producer until all orders are sent.')
    .option('--count <n>', 'orders to send', wholeNumberOption(0, generateLimits.count), 10)
    .option('--bad-rate <r>', 'share of bad orders, 0 to 1 (default: one among every ten)', shareOption)
    .option('--seed <n>', 'same seed, same orders (default: a random one)', wholeNumberOption(0, generateLimits.seed))
    .addHelpText('after', '\nExample: orders generate --count 1000 --bad-rate 0.2 --seed 7')
    .action((options: GenerateOptions) => run((context) => generate(context, options)));
}

async function generate(context: OrdersContext, { count, badRate, seed: given }: GenerateOptions): Promise<number> {
  const { io, paint } = context;
  const { generateOrdersFunctionName: producer } = await context.outputs();
  // Chosen here, so that an invocation that is tried again makes the same orders, which are written once.
  const seed = given ?? Math.floor(io.random() * (generateLimits.seed + 1));
  const notQueued: NotQueued[] = [];
  let queued = 0;
  let from: number | undefined = 0;
  await withProgress(
    io,
    () => ({ verb: 'sent', done: queued, total: count }),
    async () => {
      while (from !== undefined && !io.signal.aborted) {
        const event: object = { count, seed, from, ...(badRate !== undefined && { badRate }) };
        const answer = await invoke(context, producer, event);
        if (answer === undefined) return;
        queued += answer.queued;
        notQueued.push(...(answer.failed ?? []));
        if (answer.next !== undefined && answer.next <= from) {
          throw new CommandFailed(
            `The producer made no progress after ${counted(queued, 'order')}. Its log says why: orders logs generate-orders`,
          );
        }
        from = answer.next;
      }
    },
  );
  const stopped = from !== undefined;
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

/**
 * @returns undefined when interrupted: an invocation takes up to a minute and cannot be called back, so it is left alone
 */
async function invoke(
  { clients, io }: OrdersContext,
  functionName: string,
  event: object,
): Promise<GenerateAnswer | undefined> {
  const answer = await clients.lambda
    .send(new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(event) }), { abortSignal: io.signal })
    .catch((error: unknown) => {
      if (!io.signal.aborted) throw error;
    });
  if (answer === undefined) return undefined;
  const payload = Buffer.from(answer.Payload ?? new Uint8Array()).toString();
  if (answer.FunctionError !== undefined) throw new CommandFailed(`The producer failed: ${payload}`);
  const generated = readGenerated(payload);
  if (generated.statusCode === 400) throw new CommandFailed(`The producer refused: ${generated.problems.join(' ')}`);
  return generated;
}
