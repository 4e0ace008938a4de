import { type ConsumerSettings, visibilityTimeoutSeconds } from '../configuration/settings.ts';

/** How a queue and its consumer are set up, as far as it decides what is normal for them. */
export interface ConsumedQueue {
  readonly consumer: { readonly settings: Pick<ConsumerSettings, 'timeoutSeconds' | 'windowSeconds'> };
  /** Receives that messages have behind them when they come into the queue: 0, or more in a dead-letter queue. */
  readonly receivesBefore: number;
  /** Receives after which messages go on to the dead-letter queue of this one; those before count. */
  readonly maxReceiveCount: number;
  /** Longest waits that the consumer asks for after a failure: `baseSeconds` at first, doubling up to `capSeconds`. */
  readonly retry?: { readonly baseSeconds: number; readonly capSeconds: number };
}

/** So many of a thing within so long a time. */
export interface RateLimit {
  readonly count: number;
  /** A whole number of minutes, as CloudWatch's periods are. */
  readonly periodSeconds: number;
}

/**
 * A message received three times that is still there no longer counts for the age of the oldest (SQS Developer Guide,
 * "Available CloudWatch metrics for Amazon SQS").
 */
const receivesThatCount = 3;

/**
 * Age of the oldest message, in seconds, that retries can explain: each receive that ends in nothing hides a message
 * for the visibility timeout, or for as long as its consumer asked. What is older has been waiting: the consumer is not
 * there, or too slow. In whole minutes, the step of SQS's metrics.
 */
export function oldestAgeLimitSeconds(queue: ConsumedQueue): number {
  const receives = Math.min(receivesThatCount, attemptsOf(queue));
  const hidden = Array.from({ length: receives }, (_, index) =>
    longestHiddenSeconds(queue, queue.receivesBefore + index + 1),
  );
  return wholeMinutes(hidden.reduce((sum, seconds) => sum + seconds, 0));
}

/**
 * Function errors that can use up the attempts of an order, in the time in which they would: fewer cannot, and AWS
 * tries again by itself. Five are told in any case, though they may leave attempts: five in a row are no accident.
 */
export function errorLimit(queue: ConsumedQueue): RateLimit {
  const count = Math.min(5, attemptsOf(queue));
  return { count, periodSeconds: wholeMinutes(count * visibilityTimeoutSeconds(queue.consumer.settings)) };
}

/**
 * How long a function may be throttled, in seconds. AWS tries a throttled batch again until its visibility timeout
 * ends; after that it has cost each message a receive (Lambda Developer Guide, "Handling errors for an SQS event
 * source").
 */
export function throttleLimitSeconds({ consumer }: Pick<ConsumedQueue, 'consumer'>): number {
  return wholeMinutes(visibilityTimeoutSeconds(consumer.settings));
}

/** Receives that a message has left when it comes into the queue. */
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
