import type { StoredEvent } from './log-group.ts';

/** A page holds at most 1 MB (API reference, FilterLogEvents). */
const pageCharacters = 1024 * 1024;

/** How long a page is searched for. On AWS, too, a page may be short, or empty, and still have a token (ibid.). */
export const pageMs = 500;

export interface EventPage {
  readonly events: readonly StoredEvent[];
  /** The first event of the next page. */
  readonly next?: number;
}

/** The events that match, up to `limit`, 1 MB or the end of the page's time by the clock `nowMs`. */
export function findPage(
  candidates: Iterable<StoredEvent>,
  matches: (event: StoredEvent) => boolean,
  limit: number,
  nowMs: () => number,
): EventPage {
  const events: StoredEvent[] = [];
  let characters = 0;
  const endsAtMs = nowMs() + pageMs;
  for (const event of candidates) {
    if (nowMs() > endsAtMs) return { events, next: event.sequence };
    if (!matches(event)) continue;
    characters += event.message.length;
    if (events.length === limit || (characters > pageCharacters && events.length > 0)) {
      return { events, next: event.sequence };
    }
    events.push(event);
  }
  return { events };
}
