import { advisedVisibilitySeconds } from 'queue-doctor';

/** Settings of a function. Units and limits are those of the Lambda API reference. */
export interface FunctionSettings {
  /** 1 to 900 s. */
  readonly timeoutSeconds: number;
  /** 128 to 10,240 MB. Lambda gives CPU in proportion: 1,769 MB are one vCPU. */
  readonly memoryMb: number;
  /**
   * Concurrent invocations that are set aside for this function, and at the same time its limit. Must not be below the
   * `maximumConcurrency` of a consumer, because the event source mapping does not know this limit. Default: the function
   * shares the concurrency of the account.
   */
  readonly reservedConcurrency?: number;
}

/** Settings of a function that a queue feeds, and of the event source mapping between them. */
export interface ConsumerSettings extends FunctionSettings {
  /** Most messages in one invocation: 1 to 10,000 (FIFO: 10). Above 10 a window is needed. */
  readonly batchSize: number;
  /** Longest wait for a batch to fill, 0 to 300 s (FIFO: 0). */
  readonly windowSeconds: number;
  /** Most concurrent invocations by the mapping, 2 to 1,000. Other messages wait in the queue, unreceived. */
  readonly maximumConcurrency: number;
  /** Whether the function names the messages that failed. Otherwise it fails its whole batch. */
  readonly partialBatchResponses: boolean;
  /**
   * The longest that one record adds to the duration of its batch; the doctor compares it with the timeout. If the
   * function handles several records at the same time, a record adds less than it takes. Default: 0.25 s, for a write to
   * a service of AWS and a retry or two.
   */
  readonly slowestRecordSeconds?: number;
}

/** Settings of a queue. Its visibility timeout follows from its consumer. */
export interface QueueSettings {
  /** How long a message is kept, 60 s to 14 days. */
  readonly retentionSeconds: number;
}

/**
 * Writes a second that a new on-demand table takes from the start (DynamoDB Developer Guide, "Understanding DynamoDB warm
 * throughput in different scenarios"). AWS refuses a warm throughput below.
 */
export const newTableWritesPerSecond = 4_000;

/** How long a message stays hidden after the consumer received it, as AWS advises. */
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
