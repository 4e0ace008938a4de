/** The one of `candidates` that `word` was probably meant to be: case and hyphens aside, a third of it wrong at most. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const wanted = plain(word);
  const [best] = candidates
    .map((candidate) => ({ candidate, edits: distance(wanted, plain(candidate)) }))
    .filter(({ candidate, edits }) => edits * 3 <= candidate.length)
    .toSorted((one, other) => one.edits - other.edits);
  return best?.candidate;
}

const plain = (word: string) => word.toLowerCase().replaceAll(/[-_]/g, '');

/** Levenshtein's distance: letters to add, to take away or to replace. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [above, letter] of from.split('').entries()) {
    const next = [above + 1];
    for (const [index, other] of to.split('').entries()) {
      next.push(Math.min(row[index]! + (letter === other ? 0 : 1), row[index + 1]! + 1, next[index]! + 1));
    }
    row = next;
  }
  return row[to.length]!;
}
