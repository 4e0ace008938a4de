import { createReadStream } from 'node:fs';
import { CommandFailed } from '../command-failed.ts';
import { UsageError } from '../command-line.ts';
import { parseExactly } from '../json/exact-json.ts';
import { LineTooLong, longestLine, readLines } from '../json/read-lines.ts';
import type { OrdersIo } from './io.ts';

/** One order of a file: its body as it will be sent, and where it stands. */
export interface FiledOrder {
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
