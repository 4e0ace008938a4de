import type { Command } from 'commander';
import { contentHashOf } from '../../shared/content-hash.ts';
import { readOrder } from '../../shared/read-order.ts';
import { messageBatches, mostBytesText, type Parcel } from '../aws/message-batches.ts';
import { sendMessages } from '../aws/send-messages.ts';
import { printable } from '../terminal/output.ts';
import { counted, number } from '../terminal/progress-text.ts';
import { withProgress } from '../terminal/with-progress.ts';
import type { OrdersContext, Run } from './context.ts';
import { Exceptions } from './exceptions.ts';
import { exitCodes } from './exit-codes.ts';
import { type FiledOrder, readOrdersFile } from './read-orders-file.ts';

interface SendOptions {
  readonly unchecked?: boolean;
}

export function defineSend(program: Command, run: Run): void {
  program
    .command('send')
    .summary('send orders from a file')
    .description(
      'Sends orders from a file, or from stdin for "-": one JSON document a line (NDJSON), a JSON array, or one order. ' +
        'Each is validated first; those that do not pass are named and not sent.',
    )
    .argument('<file>', 'file of orders, or - for stdin')
    .option('--unchecked', 'send also what does not pass the schema')
    .addHelpText('after', '\nExample: orders send orders.ndjson')
    .action((file: string, options: SendOptions) => run((context) => send(context, file, options)));
}

async function send(context: OrdersContext, path: string, { unchecked = false }: SendOptions): Promise<number> {
  const { io, paint } = context;
  const queue = await context.ordersQueue();
  const invalid = new Exceptions();
  const refused = new Exceptions();
  let sent = 0;

  async function* valid(): AsyncGenerator<Parcel<FiledOrder>> {
    for await (const order of readOrdersFile(io, path)) {
      if (io.signal.aborted) return;
      const read = readOrder(order.body);
      if (read.kind !== 'order' && !unchecked) {
        invalid.add({ id: order.place, label: `${order.place}:`, reason: read.reasons.join(', ') });
        continue;
      }
      const id = read.orderId ?? contentHashOf(order.body);
      const message = { body: order.body, attributes: {}, groupId: id, deduplicationId: id };
      yield { subject: order, message };
    }
  }

  const sendAll = withProgress(
    io,
    () => ({ verb: 'sent', done: sent }),
    async () => {
      for await (const batch of messageBatches(valid())) {
        if (batch.kind === 'too-large') {
          const { place } = batch.message.subject;
          refused.add({ id: place, label: `${place}:`, reason: tooLargeText(batch.bytes) });
          continue;
        }
        const outcomes = await sendMessages(
          queue,
          batch.messages.map(({ message }) => message),
        );
        for (const [position, outcome] of outcomes.entries()) {
          const { place } = batch.messages[position]!.subject;
          if (outcome.sent) sent += 1;
          else refused.add({ id: place, label: `${place}:`, reason: `${outcome.code} ${outcome.message}` });
        }
      }
    },
  );
  let fault: unknown;
  try {
    await sendAll;
  } catch (error) {
    if (sent + invalid.count + refused.count === 0) throw error;
    // How far it came is told all the same.
    fault = error;
  }

  const left = invalid.count + refused.count;
  const stopped = io.signal.aborted || fault !== undefined;
  const done = left === 0 && !stopped;
  if (context.json) await context.printJson({ sent, ...invalid.json('invalid'), ...refused.json('refused'), stopped });
  else {
    for (const line of [...invalid.lines('not sent'), ...refused.lines('refused')])
      io.stderr.write(`${printable(line)}\n`);
    if (stopped) io.stderr.write('Stopped before the end of the file.\n');
    const rest = left === 0 ? '' : ` Not sent: ${number(left)}.`;
    await context.print(paint(done ? 'green' : 'yellow', `Sent ${counted(sent, 'order')}.${rest}`));
  }
  if (fault !== undefined) throw fault;
  return done ? exitCodes.done : exitCodes.notAllDone;
}

function tooLargeText(bytes: number): string {
  return `${number(bytes)} bytes, ${mostBytesText}: put the large part into S3, and send an order with its key`;
}
