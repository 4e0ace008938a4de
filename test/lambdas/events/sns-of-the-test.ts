import { publishEventsBy, type PublishBatch } from '../../../lambdas/common/events.ts';
import { type OrderEvent, readOrderEvent } from '../../../shared/order-event.ts';

/** What SNS does with a request: takes all of it, refuses some entries of it, or does not answer. */
type Answer = 'takes' | { readonly refuses: (event: OrderEvent) => boolean } | 'is down';

/** The edge to SNS, for tests of what the functions do with SNS's answers. */
export function snsOfTheTest() {
  const told: OrderEvent[] = [];
  const requests: number[] = [];
  let answer: Answer = 'takes';
  const publishBatch: PublishBatch = (entries) => {
    requests.push(entries.length);
    if (answer === 'is down') return Promise.reject(new Error('connect ECONNREFUSED'));
    const refuses = answer === 'takes' ? () => false : answer.refuses;
    const read = entries.map(({ Id, Message }) => ({ Id, event: readOrderEvent(Message)! }));
    const taken = read.filter(({ event }) => !refuses(event));
    told.push(...taken.map(({ event }) => event));
    return Promise.resolve({
      published: taken.map(({ Id }) => Id),
      refused: read.filter(({ event }) => refuses(event)).map(({ Id }) => ({ id: Id, why: 'Throttled: Slow down.' })),
    });
  };
  return {
    publishEvents: publishEventsBy(publishBatch, false),
    publishBatch,
    /** Entries of each request. */
    requests,
    answers(next: Answer) {
      answer = next;
    },
    /** What was told since it was asked last. */
    told: () => told.splice(0),
  };
}
