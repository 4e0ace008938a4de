import { type Clock, sleep } from '../../../clock.ts';
import type { Queue } from '../../sqs/queue.ts';

/** What a mapping needs of a queue: the in-process face of `services/sqs/`, small enough for a test's own. */
export interface SourceQueue {
  readonly name: string;
  readonly arn: string;
  readonly visibilityTimeoutSeconds: number;
  /** Hands out up to `max` messages that are visible now; they stay invisible for the visibility timeout. */
  receive(request: { max: number }): readonly SourceMessage[];
  /** Resolves once a message can be received, or when `signal` aborts. */
  waitForMessages(signal: AbortSignal): Promise<void>;
  /** False when the message was no longer this receipt's to delete: received again since, or gone. */
  delete(receiptHandle: string): boolean;
  /**
   * When the message of this receipt is visible again (epoch milliseconds), or has been, under this receipt or a later
   * one. Undefined when the message is not in the queue any more.
   */
  visibleAtMs(receiptHandle: string): number | undefined;
}

/** A message as received, by which its record for the function is made. */
export interface SourceMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly md5OfBody: string;
  /** Undefined without message attributes. */
  readonly md5OfMessageAttributes?: string | undefined;
  readonly messageAttributes?: Readonly<Record<string, MessageAttribute>> | undefined;
  /** System attributes, all strings: ApproximateReceiveCount, SentTimestamp, … */
  readonly attributes: Readonly<Record<string, string>>;
}

/** A message attribute as `ReceiveMessage` has it. The record for the function begins the names with a small letter. */
export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string | undefined;
  /** Base64. */
  readonly BinaryValue?: string | undefined;
}

/** How often a mapping looks whether a queue that was deleted under it is there again. */
const missingQueueRetryMs = 1_000;

/**
 * The queue that has this ARN now, as a mapping polls it. Looked up at every call: a client may delete the queue and
 * make it anew while the mapping runs. The messages and receipts of the former queue are gone then.
 */
export function serviceQueue(arn: string, find: (arn: string) => Queue | undefined, clock: Clock): SourceQueue {
  const queueOf = (receiptHandle: string) => {
    const queue = find(arn);
    return queue?.issued(receiptHandle) === true ? queue : undefined;
  };
  return {
    name: arn.split(':').at(-1) ?? arn,
    arn,
    get visibilityTimeoutSeconds() {
      return find(arn)?.settings.visibilityTimeoutSeconds ?? 0;
    },
    receive: (request) => find(arn)?.receive(request) ?? [],
    waitForMessages: (signal) => find(arn)?.waitForMessages(signal) ?? sleep(clock, missingQueueRetryMs, signal),
    delete: (receiptHandle) => queueOf(receiptHandle)?.delete(receiptHandle) ?? false,
    visibleAtMs: (receiptHandle) => queueOf(receiptHandle)?.visibleAtMs(receiptHandle),
  };
}
