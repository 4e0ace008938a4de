import { type ConsumerSettings, visibilityTimeoutSeconds } from '../configuration/settings.ts';

/** The settings of a queue and its consumer from which the thresholds of alarms follow. */
export interface ConsumedQueue {
  readonly consumer: { readonly settings: Pick<ConsumerSettings, 'timeoutSeconds' | 'windowSeconds'> };
  /** Receives that a message already has when it comes into the queue: 0, or more in a dead-letter queue. */
  readonly receivesBefore: number;
  /** Receives after which a message moves to the next dead-letter queue, the receives before included. */
  readonly maxReceiveCount: number;
  /** Default: a standard queue. */
  readonly fifo?: boolean;
  /** Longest waits after a failure that the consumer asks for: `baseSeconds` at first, doubling up to `capSeconds`. */
  readonly retry?: { readonly baseSeconds: number; readonly capSeconds: number };
}

/** A count within a time. */
export interface RateLimit {
  readonly count: number;
  /** A whole number of minutes, as CloudWatch's periods are. */
  readonly periodSeconds: number;
}

/**
 * After three receives a standard queue no longer counts a message for the age of the oldest message. A FIFO queue counts
 * it until it is deleted or moved (SQS Developer Guide, "Available CloudWatch metrics for Amazon SQS").
 */
const receivesThatCount = 3;

/**
 * The greatest age of the oldest message, in seconds, that retries can explain. Each receive without success hides a
 * message for the visibility timeout, or for as long as the consumer asked. An older message has been waiting: the
 * consumer does not run, or is too slow. In whole minutes, because SQS publishes its metrics by the minute.
 */
export function oldestAgeLimitSeconds(queue: ConsumedQueue): number {
  const receives = Math.min(queue.fifo === true ? Infinity : receivesThatCount, attemptsOf(queue));
  const hidden = Array.from({ length: receives }, (_, index) =>
    longestHiddenSeconds(queue, queue.receivesBefore + index + 1),
  );
  return wholeMinutes(hidden.reduce((sum, seconds) => sum + seconds, 0));
}

/**
 * How many function errors can use up the attempts of a message, and the time in which they would. After fewer errors
 * AWS tries again by itself. The count is five at most: five errors in a row are no accident, even if attempts are left.
 */
export function errorLimit(queue: ConsumedQueue): RateLimit {
  const count = Math.min(5, attemptsOf(queue));
  return { count, periodSeconds: wholeMinutes(count * visibilityTimeoutSeconds(queue.consumer.settings)) };
}

/**
 * How long a function may be throttled, in seconds. AWS tries a throttled batch again until its visibility timeout
 * ends. After that the batch has cost each message a receive (Lambda Developer Guide, "Handling errors for an SQS event
 * source"). So throttles use up the attempts of a message in the time in which errors would. Shorter throttles lose
 * nothing, and a new account, which runs few functions at a time, has them in every burst.
 */
export function throttleLimitSeconds(queue: ConsumedQueue): number {
  return errorLimit(queue).periodSeconds;
}

/** Receives that are left to a message when it comes into the queue. */
export function attemptsOf({ maxReceiveCount, receivesBefore }: ConsumedQueue): number {
  return Math.max(1, maxReceiveCount - receivesBefore);
}

/** @param receive 1 for the first, as shared/sending.ts counts them */
function longestHiddenSeconds({ consumer, retry }: ConsumedQueue, receive: number): number {
  const asked = retry === undefined ? 0 : Math.min(retry.capSeconds, retry.baseSeconds * 2 ** (receive - 1));
  return Math.max(visibilityTimeoutSeconds(consumer.settings), asked);
}

function wholeMinutes(seconds: number): number {
  return Math.max(1, Math.ceil(seconds / 60)) * 60;
}
