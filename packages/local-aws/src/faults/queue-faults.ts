import type { EventStream } from '../events.ts';
import type { SourceMessage, SourceQueue } from '../services/lambda/event-source-mapping/source-queue.ts';
import type { Queue } from '../services/sqs/queue.ts';
import type { Injection } from './injection.ts';

/** Counts messages as they come, so that it can be told when they are delivered in another order. */
export class ArrivalOrder {
  readonly #numbers = new Map<string, number>();
  readonly #highest = new Map<string, number>();

  constructor(events: EventStream) {
    events.subscribe((event) => {
      if (event.type !== 'messages-sent') return;
      for (const { messageId } of event.messages) this.#numbers.set(messageId, this.#numbers.size);
    });
  }

  /** How many of these come after one that was sent later. First deliveries only: a second one is late anyway. */
  late(queueName: string, messages: readonly SourceMessage[]): number {
    let highest = this.#highest.get(queueName) ?? -1;
    let late = 0;
    for (const { messageId, attributes } of messages) {
      const number = this.#numbers.get(messageId);
      if (number === undefined || attributes['ApproximateReceiveCount'] !== '1') continue;
      if (number < highest) late += 1;
      highest = Math.max(highest, number);
    }
    this.#highest.set(queueName, highest);
    return late;
  }
}

/** A queue as a mapping polls it, that delivers messages twice. */
export function faultyQueue(
  source: SourceQueue,
  queue: () => Queue | undefined,
  injection: Injection,
  order: ArrivalOrder,
): SourceQueue {
  const makeVisible = (receiptHandle: string): boolean => {
    try {
      queue()?.changeVisibility(receiptHandle, 0);
      return true;
    } catch {
      // Deleted, or received by another one since.
      return false;
    }
  };
  return {
    name: source.name,
    arn: source.arn,
    get visibilityTimeoutSeconds() {
      return source.visibilityTimeoutSeconds;
    },
    waitForMessages: (signal) => source.waitForMessages(signal),
    visibleAtMs: (receiptHandle) => source.visibleAtMs(receiptHandle),
    receive(request) {
      const messages = source.receive(request);
      if (messages.length === 0) return messages;
      if (injection.strikes('out-of-order')) {
        const late = order.late(source.name, messages);
        if (late > 0) injection.took('out-of-order', `${late} messages of ${source.name}`);
      }
      if (injection.strikes('delivered-at-once')) {
        const random = injection.random('delivered-at-once');
        const chosen = messages.filter(() => random() < 0.5);
        const visible = (chosen.length > 0 ? chosen : messages.slice(0, 1)).filter(({ receiptHandle }) =>
          makeVisible(receiptHandle),
        );
        if (visible.length > 0) injection.took('delivered-at-once', `${visible.length} messages of ${source.name}`);
      }
      return messages;
    },
    delete(receiptHandle) {
      // The deletion is answered, and does not last: "it's possible for a message to be delivered again" (SQS
      // Developer Guide, "At-least-once delivery").
      if (injection.strikes('delivered-twice') && makeVisible(receiptHandle)) {
        injection.took('delivered-twice', `a message of ${source.name}`);
        return true;
      }
      return source.delete(receiptHandle);
    },
  };
}
