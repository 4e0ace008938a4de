import { type Clock, sleep } from '../clock.ts';
import type { Queue } from '../sqs/queue.ts';
import type { SourceQueue } from './source-queue.ts';

/** How often a mapping looks whether a queue that was deleted under it is there again. */
const missingQueueRetryMs = 1_000;

/**
 * The queue that has this ARN now, as a mapping polls it. Looked up at every call: a client may delete the queue and
 * make it anew while the mapping runs.
 */
export function serviceQueue(arn: string, find: (arn: string) => Queue | undefined, clock: Clock): SourceQueue {
  return {
    name: arn.split(':').at(-1) ?? arn,
    arn,
    get visibilityTimeoutSeconds() {
      return find(arn)?.settings.visibilityTimeoutSeconds ?? 0;
    },
    receive: (request) => find(arn)?.receive(request) ?? [],
    waitForMessages: (signal) => find(arn)?.waitForMessages(signal) ?? sleep(clock, missingQueueRetryMs, signal),
    delete: (receiptHandle) => find(arn)?.delete(receiptHandle) ?? false,
  };
}
