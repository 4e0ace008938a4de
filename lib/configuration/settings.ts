import { advisedVisibilitySeconds } from 'queue-doctor';

/** What is decided for a function, whoever consumes what: units and limits are those of the Lambda API reference. */
export interface FunctionSettings {
  /** 1 to 900 s. */
  readonly timeoutSeconds: number;
  /** 128 to 10,240 MB. CPU comes in proportion: 1,769 MB are one vCPU. */
  readonly memoryMb: number;
  /**
   * Concurrent invocations set aside for this function and its limit at once. Without it the function shares the
   * account's. A queue does not know of it: it must not be below the consumer's `maximumConcurrency`.
   */
  readonly reservedConcurrency?: number;
}

/** What is decided for a function that a queue feeds, and for the mapping between the two. */
export interface ConsumerSettings extends FunctionSettings {
  /** Most messages in one invocation: 1 to 10,000 (FIFO: 10); above 10 a window is needed. */
  readonly batchSize: number;
  /** Longest wait for a batch to fill, 0 to 300 s (FIFO: 0). */
  readonly windowSeconds: number;
  /** Most concurrent invocations by the mapping, 2 to 1,000; what is above waits in the queue, unreceived. */
  readonly maximumConcurrency: number;
  /** Whether the function names the messages that failed, or else fails its whole batch. */
  readonly partialBatchResponses: boolean;
  /**
   * The longest that one record adds to the duration of its batch, which the doctor holds against the timeout: less
   * than the record takes where the function handles several at once. Default: 0.25 s, for a write to a service of AWS
   * and a retry or two of it.
   */
  readonly slowestRecordSeconds?: number;
}

/** What is decided for a queue; its visibility timeout follows from its consumer. */
export interface QueueSettings {
  /** How long a message is kept, 60 s to 14 days. */
  readonly retentionSeconds: number;
}

/** How long a message that the consumer received stays hidden: what AWS advises. */
export function visibilityTimeoutSeconds({
  timeoutSeconds,
  windowSeconds,
}: Pick<ConsumerSettings, 'timeoutSeconds' | 'windowSeconds'>): number {
  return advisedVisibilitySeconds(timeoutSeconds, windowSeconds);
}

/**
 * Settings that AWS would refuse while deploying, or would take and never apply. They are refused at synthesis, all of
 * them in one message. What AWS takes and what is unwise, the doctor finds (packages/queue-doctor).
 */
export class InvalidConfigurationError extends Error {
  override readonly name = 'InvalidConfigurationError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The configuration cannot be deployed:\n${problems.map((problem) => `- ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}
