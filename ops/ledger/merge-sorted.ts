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
