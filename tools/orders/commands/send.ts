import { createReadStream } from 'node:fs';
import type { Command } from 'commander';
import { contentHashOf } from '../../../shared/ledger/rows.ts';
import { readOrder } from '../../../shared/order/read-order.ts';
import { messageBatches, mostBytesText, type Parcel, sendMessages } from '../aws/send.ts';
import { exitCodes } from '../command-line.ts';
import type { OrdersContext, Run } from '../context.ts';
import { CommandFailed, UsageError } from '../errors.ts';
import type { OrdersIo } from '../io.ts';
import { parseExactly } from '../json.ts';
import { LineTooLong, longestLine, readLines } from '../streams.ts';
import { printable } from '../terminal/output.ts';
import { counted, number, withProgress } from '../terminal/progress.ts';
import { Exceptions } from './exceptions.ts';

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

/** One order of a file: its body as it will be sent, and where it stands. */
interface FiledOrder {
  /** `line 3`, or `order 3` of a JSON array. */
  readonly place: string;
  readonly body: string;
}

/**
 * The orders of a file, or of stdin for `-`: NDJSON line by line, in memory for one line; a JSON array, or one JSON
 * object, as a whole.
 * @throws {UsageError} when there is no such file, or nothing of it can be read
 * @throws {CommandFailed} when it cannot be read on, is not UTF-8, or has a line that no text can hold
 */
export async function* readOrdersFile(io: OrdersIo, path: string): AsyncGenerator<FiledOrder> {
  const stream = path === '-' ? io.stdin : createReadStream(path);
  try {
    yield* ordersOf(readLines(textOf(stream)));
  } catch (error) {
    const { code, syscall, message } = error as NodeJS.ErrnoException;
    if (syscall !== undefined) {
      const problem = `${path} cannot be read: ${message}.`;
      throw 'bytesRead' in stream && stream.bytesRead === 0 ? new UsageError(problem) : new CommandFailed(problem);
    }
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
      throw new CommandFailed(`${path} is not UTF-8: an order of it would be sent changed. Convert the file first.`);
    }
    if (error instanceof LineTooLong) {
      throw new CommandFailed(`${path} cannot be read at once: ${error.message} Write one order a line.`);
    }
    throw error;
  }
}

async function* ordersOf(lines: AsyncGenerator<string>): AsyncGenerator<FiledOrder> {
  let lineNumber = 0;
  for await (const line of lines) {
    lineNumber += 1;
    const body = lineNumber === 1 ? line.replace(/^\uFEFF/, '').trim() : line.trim();
    if (body === '') continue;
    // The first line tells: an order of its own, or the beginning of a document.
    if (body.startsWith('[') || (body.startsWith('{') && parsed(body) === undefined)) {
      yield* document(body, lineNumber, lines);
      return;
    }
    yield { place: `line ${lineNumber}`, body };
    for await (const next of lines) {
      lineNumber += 1;
      if (next.trim() !== '') yield { place: `line ${lineNumber}`, body: next.trim() };
    }
  }
}

/** What goes on over the lines; when it is no JSON as a whole, they are taken one by one all the same. */
async function* document(first: string, lineNumber: number, rest: AsyncIterable<string>): AsyncGenerator<FiledOrder> {
  const lines = [first];
  let characters = first.length;
  for await (const line of rest) {
    characters += line.length;
    if (characters > longestLine)
      throw new LineTooLong(`A document has more than ${longestLine.toLocaleString('en')} characters.`);
    lines.push(line);
  }
  const whole = parsed(lines.join('\n'));
  if (whole === undefined) {
    for (const [index, line] of lines.entries()) {
      if (line.trim() !== '') yield { place: `line ${lineNumber + index}`, body: line.trim() };
    }
  } else if (Array.isArray(whole.value)) {
    for (const [index, order] of whole.value.entries()) {
      yield { place: `order ${index + 1}`, body: JSON.stringify(order) };
    }
  } else yield { place: `line ${lineNumber}`, body: JSON.stringify(whole.value) };
}

function parsed(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: parseExactly(text) };
  } catch {
    return undefined;
  }
}

async function* textOf(stream: NodeJS.ReadableStream): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });
  for await (const piece of stream) {
    yield typeof piece === 'string' ? piece : decoder.decode(piece, { stream: true });
  }
  // What is left is half a character.
  yield decoder.decode();
}
