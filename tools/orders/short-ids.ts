/** Ids that SQS and the producers make up: UUIDs, whose first digits are enough to tell them apart. */
const madeUpId = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const shortLength = 8;

/** An id as a narrow terminal shows it: the first eight digits of a UUID, any other id whole. */
export function shortId(id: string): string {
  return madeUpId.test(id) ? id.slice(0, shortLength) : id;
}

/**
 * The ids as short as a list can show them: eight digits of a UUID, and more where several begin with the same eight.
 * Each of them is unambiguous among these ids.
 */
export function shortIds(ids: Iterable<string>): ReadonlyMap<string, string> {
  const whole = [...new Set(ids)].toSorted();
  return new Map(
    whole.map((id, position) => {
      const neighbours = [whole[position - 1], whole[position + 1]];
      const shared = Math.max(...neighbours.map((other) => (other === undefined ? 0 : sharedStart(id, other))));
      return [id, shared < shortLength || !madeUpId.test(id) ? shortId(id) : id.slice(0, shared + 1)];
    }),
  );
}

function sharedStart(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return length;
}

/**
 * Whether a person may mean a UUID by its first digits: eight of them at least. A shorter one, or one with other
 * letters, is an id of its own, so that `A-1` never stands for `A-10`.
 */
export function isShortId(id: string): boolean {
  return /^[0-9a-f]{8}[0-9a-f-]*$/.test(id) && '00000000-0000-0000-0000-000000000000'.length > id.length;
}

/** The UUIDs among some ids that begin so, each once. */
export function idsThatBegin(start: string, ids: Iterable<string>): readonly string[] {
  return [...new Set(ids)].filter((id) => madeUpId.test(id) && id.startsWith(start));
}
