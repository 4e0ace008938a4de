import { createReadStream } from 'node:fs';
import { CommandFailed, UsageError } from '../errors.ts';
import type { OrdersIo } from '../io.ts';
import { LineTooLong, readLines } from '../streams.ts';
import { CsvMistake, csvOrders, isHeader } from './csv.ts';
import { type FiledOrder, type JsonKind, jsonOrders } from './json-orders.ts';
import { JsonMistake } from './json-scanner.ts';
import { Lines } from './lines.ts';
import type { InputFile } from './paths.ts';
import { NoText, textOf } from './text-of-bytes.ts';

/** What a file turned out to be. */
type FileKind = JsonKind | 'CSV' | 'lines' | 'an empty file';

/** A file that was read to its end. */
export interface ReadFile {
  readonly name: string;
  readonly kind: FileKind;
  readonly orders: number;
}

interface ReadOptions {
  /** Whether each line of a file that does not begin like JSON is a body of its own. */
  readonly isUnchecked: boolean;
  /** Called when a file was read to its end. */
  readonly onRead?: (file: ReadFile) => void;
}

/**
 * The orders of files, one by one. Those of a JSON array come when the array is read to its end. The places name the
 * file where there are several.
 * @throws {UsageError} when nothing of a file can be read
 * @throws {CommandFailed} when a file cannot be read on, is no text, is not what it begins as, or has a line that no
 * string can hold
 */
export async function* readOrders(
  io: OrdersIo,
  files: readonly InputFile[],
  options: ReadOptions,
): AsyncGenerator<FiledOrder> {
  for (const file of files) {
    const prefix = files.length > 1 ? `${file.name}, ` : '';
    const stream = file.path === undefined ? io.stdin : createReadStream(file.path);
    let orders = 0;
    try {
      await using lines = new Lines(readLines(textOf(stream)));
      const found = ordersOf(lines, file.name, options);
      let next = await found.next();
      for (; next.done !== true; next = await found.next()) {
        orders += 1;
        yield {
          ...next.value,
          place: `${prefix}${next.value.place}`,
          ...(file.path !== undefined && { file: file.name }),
        };
      }
      options.onRead?.({ name: file.name, kind: next.value, orders });
    } catch (error) {
      const nothingRead = 'bytesRead' in stream && stream.bytesRead === 0;
      throw describeFault(error, file.name, { nothingRead, nothingGiven: orders === 0 });
    }
  }
}

/** What the files were, in a sentence. */
export function readText(files: readonly ReadFile[]): string {
  const [first, ...others] = files;
  if (first === undefined) return 'There was nothing to send.';
  const isNothing = files.every(({ orders }) => orders === 0);
  if (others.length === 0) {
    if (!isNothing) return `Read as ${first.kind}.`;
    return `There was nothing to send: ${first.name} ${first.kind === 'an empty file' ? 'is empty' : 'has no orders'}.`;
  }
  if (isNothing) return `There was nothing to send: none of the ${files.length} files has orders.`;
  const kinds = [...Map.groupBy(files, ({ kind }) => kind)].map(([kind, group]) => `${group.length} as ${kind}`);
  return `Read ${files.length} files: ${kinds.join(', ')}.`;
}

function describeFault(
  error: unknown,
  name: string,
  { nothingRead, nothingGiven }: { readonly nothingRead: boolean; readonly nothingGiven: boolean },
): unknown {
  if (error instanceof JsonMistake) {
    const left = nothingGiven ? `Nothing of ${name} was sent.` : `Nothing from line ${error.since.line} on was sent.`;
    return new CommandFailed(`${name}, ${error.text}\n${left}`);
  }
  if (error instanceof CsvMistake) return new CommandFailed(`${name}: ${error.message}.`);
  if (error instanceof NoText) return new CommandFailed(`${name} ${error.message}.`);
  if (error instanceof LineTooLong) {
    return new CommandFailed(`${name} cannot be read at once: ${error.message} Write one order a line.`);
  }
  const { syscall, message } = error as NodeJS.ErrnoException;
  if (syscall === undefined) return error;
  const problem = `${name} cannot be read: ${message}.`;
  return nothingRead ? new UsageError(problem) : new CommandFailed(problem);
}

async function* ordersOf(lines: Lines, name: string, options: ReadOptions): AsyncGenerator<FiledOrder, FileKind> {
  const first = (await lines.peek())?.trim();
  if (first === undefined) return 'an empty file';
  if (/\.csv(\.gz)?$/i.test(name) || isHeader(first)) {
    for await (const { line, ...order } of csvOrders(lines)) yield { place: `line ${line}`, ...order };
    return 'CSV';
  }
  if (options.isUnchecked && !/^[[{]/.test(first)) return yield* bodiesOf(lines);
  return yield* jsonOrders(lines);
}

/** Each line is a body, whatever the line is. */
async function* bodiesOf(lines: Lines): AsyncGenerator<FiledOrder, FileKind> {
  for (let line = await lines.next(); line !== undefined; line = await lines.next()) {
    const body = line.trim();
    if (body !== '') yield { place: `line ${lines.number}`, body };
  }
  return 'lines';
}
