import type { SQSBatchResponse } from 'aws-lambda';
import type { VisibilityChange } from '../message-visibility/change-visibility.ts';
import { type Backoff, equalJitter } from '../../shared/backoff.ts';
import { isDone, type Outcome } from './outcome.ts';

/** What becomes of the messages of a batch. */
export interface Decision extends SQSBatchResponse {
  readonly visibilityChanges: readonly VisibilityChange[];
}

/**
 * Which messages stay in the queue, and when they come back. Every record that was not processed is named, every
 * other one is not: Lambda deletes what is not named.
 *
 * A permanent failure comes back at once: a message moves to the dead-letter queue on the receive after its
 * maxReceiveCount is used up (SQS Developer Guide, dead-letter queues), so the only way there is to be received, and
 * waiting for the visibility timeout in between helps nobody. A transient one waits longer from try to try, and never
 * so short that an outage takes all its tries at once.
 *
 * What was held back in its FIFO group waits out its visibility timeout. A group is received from its front, up to the
 * first message that is invisible: so what failed comes back alone and its next tries cost the others no receive, until
 * their timeout is over. From then on they come back with it.
 *
 * @param backoff in seconds
 */
export function decide(outcomes: readonly Outcome[], backoff: Backoff, random: () => number): Decision {
  const failed = outcomes.filter((outcome) => !isDone(outcome));
  return {
    batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })),
    visibilityChanges: failed
      .filter(({ result }) => result !== 'held-back')
      .map(({ messageId, receiptHandle, receiveCount, result }) => ({
        messageId,
        receiptHandle,
        visibilityTimeoutSeconds: result === 'permanent' ? 0 : Math.round(equalJitter(receiveCount, backoff, random)),
      })),
  };
}
