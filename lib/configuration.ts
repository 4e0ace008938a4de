import { RetentionDays } from 'aws-cdk-lib/aws-logs';

/**
 * Every tunable of the pipeline, with its unit, its limit and the reason for its value. A preset is one of these;
 * lib/validate-configuration.ts refuses what AWS would refuse.
 */
export interface Configuration {
  readonly generateOrders: FunctionSettings;
  readonly orders: QueueSettings;
  readonly processOrders: ConsumerSettings & {
    /** Waits between the tries of an order whose processing failed for a passing reason. */
    readonly retry: RetrySettings;
  };
  readonly badOrders: QueueSettings;
  readonly failedOrders: ConsumerSettings & {
    /** Waits between the tries to write a failure into the table. */
    readonly retry: RetrySettings;
    /**
     * Receives of a message before failed-orders has not been able to handle it and it goes to parked-orders, 1 to
     * 1,000. SQS goes on counting from the orders queue, so it must exceed `maxReceiveCount`.
     */
    readonly maxReceiveCount: number;
  };
  /** Where the messages go that failed-orders cannot handle; nothing consumes it, an alarm watches it. */
  readonly parkedOrders: QueueSettings;
  readonly ordersTable: {
    /** Whether the table outlives its stack: `cdk destroy` then leaves it, with its orders, in the account. */
    readonly retained: boolean;
  };
  /**
   * Receives of a message before it goes to bad-orders, 1 to 1,000. AWS advises 5 at least: with 1, a throttle, a
   * timeout or a crash of the function uses up a good order's only attempt.
   */
  readonly maxReceiveCount: number;
  /** Whether the functions log customers' names, which are personal data. */
  readonly logCustomerNames: boolean;
  /** How long log events are kept, one of CloudWatch's choices. Kept longer, they cost more. */
  readonly logRetention: RetentionDays;
}

export interface FunctionSettings {
  /** 1 to 900 s. */
  readonly timeoutSeconds: number;
  /** 128 to 10,240 MB. CPU comes in proportion: 1,769 MB are one vCPU. */
  readonly memoryMb: number;
}

export interface ConsumerSettings extends FunctionSettings {
  /** Most messages in one invocation: 1 to 10,000 (FIFO: 10); above 10 a window is needed. */
  readonly batchSize: number;
  /** Longest wait for a batch to fill, 0 to 300 s (FIFO: 0). */
  readonly windowSeconds: number;
  /** Most concurrent invocations by the mapping, 2 to 1,000; what is above waits in the queue, unreceived. */
  readonly maximumConcurrency: number;
  /** Whether the function names the messages that failed, or else fails its whole batch. */
  readonly partialBatchResponses: boolean;
}

export interface QueueSettings {
  /** How long a message is kept, 60 s to 14 days. */
  readonly retentionSeconds: number;
  /** FIFO or standard; a queue and its dead-letter queue must agree. */
  readonly fifo: boolean;
}

export interface RetrySettings {
  /** Longest wait before the second try, in whole seconds. */
  readonly baseSeconds: number;
  /** Longest wait before any try, at most 43,200 s (12 h), SQS's longest visibility timeout. */
  readonly capSeconds: number;
}

const daySeconds = 24 * 60 * 60;

/** Follows AWS's advice for this pattern. */
const production: Configuration = {
  // A million orders take several invocations; each stops in time and says where to go on. Streaming is bound by CPU.
  generateOrders: { timeoutSeconds: 60, memoryMb: 1024 },
  // SQS's default: a weekend and the Monday after it to notice that nothing is consumed.
  orders: { retentionSeconds: 4 * daySeconds, fifo: false },
  processOrders: {
    // A batch takes milliseconds; the rest is for a slow start. Short, because six of these are the visibility timeout.
    timeoutSeconds: 10,
    // Room for a full 6 MB payload of the worst there is: five bodies of brackets, nested as deep as 1 MiB allows, are
    // 150 MB once parsed, and end a function of 256 or 384 MB together with the good orders beside them.
    memoryMb: 512,
    batchSize: 10,
    // No order waits for others; under load, batches fill anyway.
    windowSeconds: 0,
    // Spares what is downstream; each invocation takes 10 orders.
    maximumConcurrency: 10,
    partialBatchResponses: true,
    retry: { baseSeconds: 2, capSeconds: 300 },
  },
  // The longest there is: SQS counts a message's age from when it was first sent, so it must exceed the source's.
  badOrders: { retentionSeconds: 14 * daySeconds, fifo: false },
  failedOrders: {
    timeoutSeconds: 10,
    // As process-orders, whose worst bodies come here: what ends this function as well is parked and in no ledger.
    memoryMb: 512,
    batchSize: 10,
    windowSeconds: 0,
    // Failures are few; two is the least AWS takes.
    maximumConcurrency: 2,
    partialBatchResponses: true,
    // Up to an hour: what waits here has failed already and is in no hurry.
    retry: { baseSeconds: 1, capSeconds: 3_600 },
    // A table that is down for two days parks nothing: waits are half the cap on average, so 130 receives take two and
    // a half days, give or take three hours. A message that crashes the function is parked after two hours.
    maxReceiveCount: 130,
  },
  // The longest there is: SQS counts on from when the message was first sent.
  parkedOrders: { retentionSeconds: 14 * daySeconds, fifo: false },
  ordersTable: { retained: true },
  maxReceiveCount: 5,
  logCustomerNames: false,
  logRetention: RetentionDays.ONE_MONTH,
};

/**
 * The classic lecture demo: one attempt, whole batches fail, two instances, and a window in which batches fill, so
 * that one bad order drags good ones into bad-orders. For learning; its names are made up, so they may be logged.
 */
const lab: Configuration = {
  ...production,
  processOrders: {
    ...production.processOrders,
    // Short, so that the visibility timeout is: without partial responses, failures wait it out.
    timeoutSeconds: 3,
    windowSeconds: 5,
    maximumConcurrency: 2,
    partialBatchResponses: false,
  },
  failedOrders: { ...production.failedOrders, timeoutSeconds: 3, windowSeconds: 5 },
  ordersTable: { retained: false },
  maxReceiveCount: 1,
  logCustomerNames: true,
  logRetention: RetentionDays.ONE_DAY,
};

export const presets = { production, lab } as const satisfies Readonly<Record<string, Configuration>>;

export type PresetName = keyof typeof presets;

/** A preset that does not exist. */
export class UnknownPresetError extends Error {
  override readonly name = 'UnknownPresetError';

  constructor(preset: unknown) {
    super(
      `There is no preset ${JSON.stringify(preset)}: choose one of ${Object.keys(presets).join(', ')} (-c preset=lab).`,
    );
  }
}

/**
 * @param preset value of the context key `preset`; undefined asks for `production`
 * @throws UnknownPresetError naming the presets there are
 */
export function configurationOf(preset: unknown = 'production'): Configuration {
  if (typeof preset !== 'string' || !Object.hasOwn(presets, preset)) throw new UnknownPresetError(preset);
  return presets[preset as PresetName];
}

/**
 * How long a received message stays hidden. AWS advises six function timeouts plus the window (Lambda Developer Guide,
 * "Configuring SQS event source"): room to retry a throttled batch before its messages come back.
 */
export function visibilityTimeoutSeconds(consumer: ConsumerSettings): number {
  return 6 * consumer.timeoutSeconds + consumer.windowSeconds;
}
