import type { EventStream, Runtime } from 'local-aws';

/**
 * Resolves when the mapping of a queue has deleted so many messages, by its own account; nothing polls while the time
 * is taken.
 */
export function deletedFrom(
  events: EventStream,
  queueName: string,
  messages: number,
  onDone: (done: number) => void = () => {},
): Promise<void> {
  return new Promise((resolve) => {
    let deleted = 0;
    const unsubscribe = events.subscribe((event) => {
      if (event.type !== 'batch-ended' || event.queueName !== queueName) return;
      deleted += event.deleted.length;
      onDone(deleted);
      if (deleted < messages) return;
      unsubscribe();
      resolve();
    });
  });
}

/** A rate counts only if every message went all the way. */
export function assertEmpty(runtime: Runtime, queueName: string): void {
  const counts = runtime.sqs.queues().find(({ name }) => name === queueName)?.counts;
  if (counts?.available === 0 && counts['in-flight'] === 0 && counts.delayed === 0) return;
  throw new Error(`The queue ${queueName} is not empty after its round: ${JSON.stringify(counts)}.`);
}
