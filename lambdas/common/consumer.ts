import { environmentNames, requireBoolean, requireSeconds } from '../../shared/pipeline.ts';
import type { Identity } from '../../shared/order/read-order.ts';
import type { Backoff } from '../../shared/sending.ts';
import type { ChangeVisibilityBatch } from './message-visibility.ts';
import { type PublishMetrics, publishMetricsOnLambda } from './metrics.ts';
import { type Deadline, startDeadline } from './time.ts';

/** What both consumers get from outside, beside their own work. Tests give others than `consumerOnLambda`. */
export interface ConsumerDependencies {
  readonly logCustomerNames: boolean;
  /** Waits between the tries of a message that has to come again, in seconds. */
  readonly backoff: Backoff;
  /** Called for the first failure only. */
  readonly loadChangeVisibilityBatch: () => Promise<ChangeVisibilityBatch>;
  readonly publishMetrics: PublishMetrics;
  /** Answers numbers in [0, 1). */
  readonly random: () => number;
  readonly startDeadline: (milliseconds: number) => Deadline;
}

/** As the functions are deployed. @throws {EnvironmentError} for an environment variable that is not as it should be */
export function consumerOnLambda(queueUrl: string): ConsumerDependencies {
  return {
    logCustomerNames: requireBoolean(process.env, environmentNames.logCustomerNames),
    backoff: {
      base: requireSeconds(process.env, environmentNames.retryBaseSeconds),
      cap: requireSeconds(process.env, environmentNames.retryCapSeconds),
    },
    loadChangeVisibilityBatch: lazySqsVisibility(queueUrl),
    publishMetrics: publishMetricsOnLambda(),
    random: Math.random,
    startDeadline,
  };
}

/** Loads the SDK once, when it is first needed: an execution environment that meets no failure does without. */
export function lazySqsVisibility(queueUrl: string): () => Promise<ChangeVisibilityBatch> {
  let loaded: Promise<ChangeVisibilityBatch> | undefined;
  return () => (loaded ??= import('./sqs-visibility.ts').then((sqs) => sqs.sqsChangeVisibilityBatch(queueUrl)));
}

/** What tells one message from another in logs. */
export interface Received extends Identity {
  readonly messageId: string;
  /** 1 at the first try. */
  readonly receiveCount: number;
  /** The trace that the message belongs to, if its sender named one. */
  readonly traceId: string | null;
}

/** A message as log data. Customers' names are personal data: they are logged only if the configuration says so. */
export function logIdentity(received: Received, logCustomerNames: boolean) {
  const { orderId, messageId, receiveCount, traceId, customerName } = received;
  return {
    orderId,
    messageId,
    receiveCount,
    ...(traceId !== null && { traceId }),
    ...(logCustomerNames && { customerName }),
  };
}
