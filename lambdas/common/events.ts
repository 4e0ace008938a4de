import { eventOf, type EventMessage, messageOfEvent, type OwedEvent } from '../../shared/order-event.ts';

/**
 * Tells what is owed. Answers for each, in their order, why it is not told; undefined when SNS has it. Never rejects: one
 * event must not fail another's message.
 */
export type PublishEvents = (
  owed: readonly OwedEvent[],
  signal: AbortSignal,
) => Promise<readonly (Error | undefined)[]>;

/** What is written down of a message is not told yet. */
export class EventNotPublished extends Error {
  override readonly name = 'EventNotPublished';

  constructor(why: string, cause?: unknown) {
    super(`The event was not published: ${why}`, { ...(cause !== undefined && { cause }) });
  }
}

/** The part of `PublishBatch` that the functions use. Answers what SNS said of each entry; rejects for a lost request. */
export type PublishBatch = (entries: readonly EventEntry[], signal: AbortSignal) => Promise<PublishBatchAnswer>;

/** Its `Id` is unique in a request. */
export type EventEntry = EventMessage & { readonly Id: string };

export interface PublishBatchAnswer {
  /** Ids of the entries that SNS has. */
  readonly published: readonly (string | undefined)[];
  readonly refused: readonly { readonly id: string | undefined; readonly why: string }[];
}

/** SNS takes at most 10 entries and 256 KiB a request (API reference, PublishBatch). Ten events are far smaller. */
const maximumEntries = 10;

/** @param allReasons see `eventReasons` */
export function publishEventsBy(publishBatch: PublishBatch, allReasons: boolean): PublishEvents {
  return async (owed, signal) => {
    // Ids by position: a message can stand twice in a batch.
    const entries = owed.map((each, index) => ({ Id: String(index), ...messageOfEvent(eventOf(each, allReasons)) }));
    const requests: Promise<readonly (Error | undefined)[]>[] = [];
    for (let from = 0; from < entries.length; from += maximumEntries) {
      requests.push(publishSome(entries.slice(from, from + maximumEntries), publishBatch, signal));
    }
    return (await Promise.all(requests)).flat();
  };
}

async function publishSome(
  entries: readonly EventEntry[],
  publishBatch: PublishBatch,
  signal: AbortSignal,
): Promise<readonly (Error | undefined)[]> {
  try {
    const { published, refused } = await publishBatch(entries, signal);
    return entries.map(({ Id }) => {
      if (published.includes(Id)) return undefined;
      return new EventNotPublished(refused.find(({ id }) => id === Id)?.why ?? 'SNS said nothing of it');
    });
  } catch (error) {
    return entries.map(() => new EventNotPublished(String(error), error));
  }
}
