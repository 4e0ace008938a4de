/** Ids that SQS and the producers make up: UUIDs, whose first digits are enough to tell them apart. */
const madeUpId = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const shortLength = 8;

/** An id as a narrow terminal shows it: the first eight digits of a UUID, any other id whole. */
export function shortId(id: string): string {
  return madeUpId.test(id) ? id.slice(0, shortLength) : id;
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
