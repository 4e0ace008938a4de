import { type Command, Option } from 'commander';
import { contentHashOf } from '../../../shared/ledger/content.ts';
import { type Grouping, messageGroupOf } from '../../../shared/message-group.ts';
import { readOrder } from '../../../shared/order/read-order.ts';
import { sendByHttp } from '../aws/http-door.ts';
import {
  messageBatches,
  mostBytesText,
  type OutgoingMessage,
  type Parcel,
  sendMessages,
  type BareOutcome,
} from '../aws/send.ts';
import { exitCodes } from '../command-line.ts';
import type { OrdersContext, Run } from '../context.ts';
import { UsageError } from '../errors.ts';
import type { FiledOrder } from '../input/json-orders.ts';
import { readOrders, type ReadFile, readText } from '../input/orders-file.ts';
import { orderColumns } from '../input/order-columns.ts';
import { type InputFile, inputFiles, standingFolder } from '../input/paths.ts';
import { wrappedOrders } from '../input/wrapped-orders.ts';
import { printable } from '../terminal/output.ts';
import { counted, number, withProgress } from '../terminal/progress.ts';
import { shellWord } from '../terminal/shell.ts';
import { Exceptions } from './text.ts';

interface SendOptions {
  readonly unchecked?: boolean;
  readonly via: 'queue' | 'http';
}

/** Sends the messages of one request, and answers for each what came of it, in their order. */
type Send = (messages: readonly OutgoingMessage[]) => Promise<readonly BareOutcome[]>;

const helpText = `
Files are UTF-8 or UTF-16, and may be packed by gzip. Of a folder, the files
*.json, *.ndjson, *.jsonl and *.csv are sent, also with .gz.

The first line of CSV names the columns:
  ${orderColumns.join()}
The elements of a list stand in one cell, separated by ";". The column address/city is a
property deeper in the order. An empty cell leaves the property out.

A mistake in JSON is named by line and column. Nothing of a JSON array with a
mistake is sent. In NDJSON only the broken line is left out, and --unchecked
sends this line, too. With --unchecked, each line of a file that does not begin
with { or [ is sent, whatever the line is.

With --via http, requests are signed with your credentials, which need
execute-api:Invoke. If the door asks for a token, put it into ORDERS_TOKEN.

Example: orders send orders.ndjson
         orders send monday/ "week-*.csv.gz"
         jq .orders export.json | orders send -`;

export function defineSend(program: Command, run: Run): void {
  program
    .command('send')
    .summary('send orders from files')
    .description(
      'Sends orders from files, or from stdin for "-". A file is a JSON array, one order a line (NDJSON), orders one ' +
        'after the other, or CSV. Each order is validated first; those that do not pass are named and not sent.',
    )
    .argument('[files...]', 'files of orders, folders of them, patterns such as "*.json", or - for stdin')
    .option('--unchecked', 'send also what does not pass the schema')
    .addOption(
      new Option('--via <way>', 'straight into the queue, or by the HTTP door')
        .choices(['queue', 'http'])
        .default('queue'),
    )
    .addHelpText('after', helpText)
    .action((names: readonly string[], options: SendOptions) => run((context) => send(context, names, options)));
}

async function send(
  context: OrdersContext,
  names: readonly string[],
  { unchecked = false, via }: SendOptions,
): Promise<number> {
  const { io, paint } = context;
  if (names.length === 0) {
    throw new UsageError(
      'send takes files, folders or patterns, or "-" for what comes by a pipe: npx orders send orders.json',
    );
  }
  const files = inputFiles(names, standingFolder(io.env), context.hint);
  const read: ReadFile[] = [];
  const sendBatch = await senderOf(context, via);
  const { groupBy } = await context.outputs();
  const invalid = new Exceptions();
  const refused = new Exceptions();
  let sent = 0;
  let fault: unknown;
  let unread: readonly InputFile[] = [];

  async function* filed(): AsyncGenerator<FiledOrder> {
    try {
      yield* readOrders(io, files, { isUnchecked: unchecked, onRead: (file) => read.push(file) });
    } catch (error) {
      // The orders that were read before are sent all the same.
      fault = error;
      unread = files.slice(read.length + 1);
    }
  }

  async function* valid(): AsyncGenerator<Parcel<FiledOrder>> {
    for await (const order of filed()) {
      if (io.signal.aborted) return;
      const { place, body, mistake } = order;
      const content = readOrder(body ?? '');
      if (body === undefined || (content.kind !== 'order' && !unchecked)) {
        const reasons = content.kind === 'order' ? [] : content.reasons;
        const reason = mistake ?? wrappingText(context, body ?? '', order.file) ?? reasons.join(', ');
        invalid.add({ id: place, label: `${place}:`, reason });
        continue;
      }
      yield { subject: order, message: orderMessage(body, content.orderId, groupBy) };
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
        const outcomes = await sendBatch(batch.messages.map(({ message }) => message));
        for (const [position, outcome] of outcomes.entries()) {
          const { place } = batch.messages[position]!.subject;
          if (outcome.sent) sent += 1;
          else refused.add({ id: place, label: `${place}:`, reason: `${outcome.code} ${outcome.message}` });
        }
      }
    },
  );
  try {
    await sendAll;
  } catch (error) {
    fault = error;
  }
  // How far it came is told before the fault.
  if (fault !== undefined && sent + invalid.count + refused.count === 0) throw fault;

  const left = invalid.count + refused.count;
  const stopped = io.signal.aborted || fault !== undefined;
  const done = left === 0 && !stopped;
  if (context.json) {
    await context.printJson({ sent, ...invalid.json('invalid'), ...refused.json('refused'), stopped, files: read });
  } else {
    for (const line of [...invalid.lines('not sent'), ...refused.lines('refused')])
      io.stderr.write(`${printable(line)}\n`);
    if (stopped) {
      const rest = unread.length === 0 ? '' : ` Not read: ${unread.map(({ name }) => name).join(', ')}.`;
      io.stderr.write(printable(`Stopped before the end of the file${files.length > 1 ? 's' : ''}.${rest}`) + '\n');
    }
    const rest = left === 0 ? '' : ` Not sent: ${number(left)}.`;
    await context.print(
      paint(done ? 'green' : 'yellow', `Sent ${counted(sent, 'order')}.${rest}${stopped ? '' : ` ${readText(read)}`}`),
    );
  }
  if (fault !== undefined) throw fault;
  return done ? exitCodes.done : exitCodes.notAllDone;
}

async function senderOf(context: OrdersContext, via: SendOptions['via']): Promise<Send> {
  if (via === 'http') {
    const door = await context.httpDoor();
    return (messages) => sendByHttp(door, messages);
  }
  const queue = await context.ordersQueue();
  return (messages) => sendMessages(queue, messages);
}

/**
 * The message of an order. In a FIFO queue its group is what the pipeline's `groupBy` says. Its deduplication id is of the content, so
 * that a corrected order is not taken for the one before.
 */
export function orderMessage(body: string, orderId: string | null, groupBy: Grouping = 'order'): OutgoingMessage {
  const deduplicationId = contentHashOf(body);
  return { body, attributes: {}, groupId: messageGroupOf(body, orderId ?? deduplicationId, groupBy), deduplicationId };
}

/** Of a document that has orders in it: how to send them. */
function wrappingText({ hint }: OrdersContext, body: string, file: string | undefined): string | undefined {
  const wrapped = wrappedOrders(body);
  if (wrapped === undefined) return undefined;
  const { what, filter } = wrapped;
  const source = file === undefined ? '' : ` ${shellWord(file)}`;
  return `this is ${what}, not an order. Send them by: jq -r '${filter}'${source} | ${hint('send -')}`;
}

function tooLargeText(bytes: number): string {
  return `${number(bytes)} bytes, ${mostBytesText}: put the large part into S3, and send an order with its key`;
}
