/**
 * Calls `act` for each element, `atOnce` calls at a time. It takes no further element once `signal` aborts, a call
 * rejects or the source throws, and settles when every call that began has ended.
 * @throws what was thrown first
 */
export async function forEachAtOnce<T>(
  source: AsyncIterable<T> | Iterable<T>,
  atOnce: number,
  act: (element: T) => Promise<unknown>,
  signal?: AbortSignal,
): Promise<void> {
  const elements = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  let fault: { readonly error: unknown } | undefined;
  const mayGoOn = () => fault === undefined && signal?.aborted !== true;
  const work = async () => {
    try {
      while (mayGoOn()) {
        const next = await elements.next();
        if (next.done === true || !mayGoOn()) return;
        await act(next.value);
      }
    } catch (error) {
      fault ??= { error };
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  await elements.return?.();
  if (fault !== undefined) throw fault.error;
}

/** Groups of `size`, the last one perhaps smaller; reads no further than the group at hand needs. */
export async function* inChunks<T>(source: AsyncIterable<T> | Iterable<T>, size: number): AsyncGenerator<T[]> {
  let chunk: T[] = [];
  for await (const element of source) {
    chunk.push(element);
    if (chunk.length < size) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}

/**
 * Merges sorted streams into one, with one element of each in memory.
 * @param compare as for `toSorted`; elements that are equal come in the order of their streams
 */
export async function* mergeSorted<T>(
  streams: readonly AsyncIterable<T>[],
  compare: (a: T, b: T) => number,
): AsyncGenerator<T> {
  const iterators = streams.map((stream) => stream[Symbol.asyncIterator]());
  try {
    // The first pages are read side by side.
    const heads = await Promise.all(iterators.map((iterator) => iterator.next()));
    for (;;) {
      let first = -1;
      for (const [index, head] of heads.entries()) {
        if (head.done === true) continue;
        const best = heads[first];
        if (best === undefined || best.done === true || compare(head.value, best.value) < 0) first = index;
      }
      const next = heads[first];
      if (next === undefined || next.done === true) return;
      yield next.value;
      heads[first] = await iterators[first]!.next();
    }
  } finally {
    for (const iterator of iterators) await iterator.return?.();
  }
}

/** Node's longest string is twice as long. Lines of messages and of export files have some MB at most. */
export const longestLine = 2 ** 28;

/** A file that has no lines, such as a disk image. */
export class LineTooLong extends Error {
  override readonly name = 'LineTooLong';
}

/**
 * The lines of a text that comes in pieces, without their ends (LF or CRLF). node:readline is no help here: it also
 * breaks lines at U+2028 and U+2029, which JSON may contain.
 *
 * @throws {LineTooLong} for a line of more than `longestLine` characters
 */
export async function* readLines(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let begun = '';
  for await (const piece of pieces) {
    const lines = piece.split('\n');
    const last = lines.pop() ?? '';
    for (const line of lines) {
      yield withoutReturn(begun + line);
      begun = '';
    }
    if (begun.length + last.length > longestLine) throw new LineTooLong(tooLong);
    begun += last;
  }
  if (begun !== '') yield withoutReturn(begun);
}

const tooLong = `A line has more than ${longestLine.toLocaleString('en')} characters.`;

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
