import type { Queue } from 'local-aws';

interface Delivered {
  times: number;
  /** Of the last delivery: with an older one nothing can be deleted. */
  receiptHandle: string;
  keptOnce: boolean;
}

/** What a queue has handed out, by message id. */
export type Deliveries = ReadonlyMap<string, Readonly<Delivered>>;

/**
 * Makes a queue deliver every message twice at least, as SQS may: the same message, with the same id. The first
 * deletion of a message leaves it in the queue, visible at once. About half of the messages are, besides, visible
 * again as soon as they are first received, so that two functions have them at the same time.
 *
 * @param random answers numbers in [0, 1)
 */
export function deliverTwice(queue: Queue, random: () => number): Deliveries {
  const receive = queue.receive.bind(queue);
  const remove = queue.delete.bind(queue);
  const deliveries = new Map<string, Delivered>();
  const messageIds = new Map<string, string>();

  queue.receive = (options) => {
    const messages = receive(options);
    for (const { messageId, receiptHandle } of messages) {
      const delivered = deliveries.get(messageId) ?? { times: 0, receiptHandle, keptOnce: false };
      deliveries.set(messageId, { ...delivered, times: delivered.times + 1, receiptHandle });
      messageIds.set(receiptHandle, messageId);
      if (delivered.times === 0 && random() < 0.5) queue.changeVisibility(receiptHandle, 0);
    }
    return messages;
  };
  queue.delete = (receiptHandle) => {
    const delivered = deliveries.get(messageIds.get(receiptHandle) ?? '');
    if (delivered === undefined || delivered.keptOnce) return remove(receiptHandle);
    delivered.keptOnce = true;
    if (delivered.receiptHandle === receiptHandle) queue.changeVisibility(receiptHandle, 0);
    return false;
  };
  return deliveries;
}
