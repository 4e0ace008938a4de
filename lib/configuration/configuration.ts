import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { FindingCode } from 'queue-doctor';
import { messageLimits } from '../../shared/pipeline.ts';
import { defaultRunbook } from '../monitoring/contribution.ts';
import type { ConsumerSettings, FunctionSettings, QueueSettings } from './settings.ts';

/**
 * Every tunable of the pipeline, with its unit, its limit (lib/configuration/settings.ts has those of functions and queues) and the
 * reason for its value. A preset is one of these; lib/configuration/validate.ts refuses what AWS would refuse, and
 * the doctor (packages/queue-doctor) finds what is unwise.
 */
export interface Configuration {
  readonly generateOrders: FunctionSettings;
  readonly orders: QueueSettings;
  readonly processOrders: ConsumerSettings & {
    /** Waits between the tries of an order that failed for a passing reason: half of the longest at least. */
    readonly retry: RetrySettings;
  };
  readonly badOrders: QueueSettings;
  readonly failedOrders: ConsumerSettings & {
    /** Waits between the tries to write a failure into the table: anything from none to the longest. */
    readonly retry: RetrySettings;
    /**
     * Receives of a message before it goes to parked-orders, because failed-orders could not handle it: 1 to 1,000. AWS
     * does not say whether those in the orders queue count as well; they may, so it should exceed `maxReceiveCount` by
     * far.
     */
    readonly maxReceiveCount: number;
  };
  /** Where the messages go that failed-orders cannot handle; nothing consumes it, an alarm watches it. */
  readonly parkedOrders: QueueSettings;
  /**
   * Bytes of a message with its attributes, in all queues: 1,024 to 262,144 (256 KiB). SQS takes up to 1,048,576, but a
   * row of the orders table holds only so much.
   */
  readonly maximumMessageBytes: number;
  /**
   * FIFO queues instead of standard ones: orders of a group in turn, and batches of 10 at most. A passing failure holds
   * back what is behind it in its group, for a visibility timeout at least, until its order is processed or has run out
   * of receives and is in bad-orders. A bad order holds back nothing. A replay goes to a group of its own, the order's
   * key, because the ledger does not keep the sender's.
   */
  readonly fifo: boolean;
  /**
   * Whether data outlives the stack: `cdk destroy` then leaves table, queues and log groups in the account, and the
   * table cannot be deleted before its deletion protection is switched off.
   */
  readonly retainData: boolean;
  /**
   * Whether queues, table and logs are encrypted with a key of the account, instead of the services' own: its use is
   * recorded in CloudTrail, and taking it away closes all of them. It costs about a dollar a month, and its requests.
   */
  readonly customerManagedKey: boolean;
  /**
   * ARNs of the roles or users, `*` and `?` allowed, that may receive from all queues, purge, redrive and send to
   * bad-orders and parked-orders. From the orders queue and bad-orders nobody else may, but their consumers.
   */
  readonly operators: readonly string[];
  /**
   * Receives of a message before it goes to bad-orders, 1 to 1,000. AWS advises 5 at least: with 1, a throttle, a
   * timeout or a crash of the function uses up a good order's only attempt.
   */
  readonly maxReceiveCount: number;
  /** Whether the functions log customers' names, which are personal data. */
  readonly logCustomerNames: boolean;
  /** How long log events are kept, one of CloudWatch's choices. Kept longer, they cost more. */
  readonly logRetention: RetentionDays;
  /** E-mail addresses that are told of alarms, each asked for its consent by AWS first. */
  readonly alarmEmail: readonly string[];
  /** Address or path of the runbook that alarms refer to. */
  readonly runbook: string;
  /**
   * Whether Lambda sends X-Ray a trace of invocations: the first request each second and five per cent of the others.
   * Trace ids are in logs and ledger in any case.
   */
  readonly tracing: boolean;
  /** Warnings of the doctor (docs/doctor.md) that are meant to be: `cdk synth` does not print them. */
  readonly acknowledged: readonly AcknowledgedWarning[];
}

/** A warning of the doctor that is meant to be, and why. */
export interface AcknowledgedWarning {
  readonly code: FindingCode;
  /** One sentence that a reviewer would accept. */
  readonly reason: string;
}

/** Waits between tries: exponential, with jitter, equal or full (shared/sending.ts). */
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
  orders: { retentionSeconds: 4 * daySeconds },
  processOrders: {
    // A batch takes milliseconds; the rest is for a slow start. Short, because six of these are the visibility timeout.
    timeoutSeconds: 10,
    // Room for the worst batch there is: ten bodies of brackets, nested as deep as 256 KiB allows, are 74 MB once parsed.
    // And its CPU, 0.3 of one, halves what 256 MB take for a batch and for a first order, for at most 0.02 USD a
    // million orders more (docs/performance.md, "Cost on AWS").
    memoryMb: 512,
    batchSize: 10,
    // No order waits for others; under load, batches fill anyway. Waiting would save 1.5 USD a million orders at most.
    windowSeconds: 0,
    // Spares what is downstream; each invocation takes 10 orders.
    maximumConcurrency: 10,
    partialBatchResponses: true,
    // One write, with the SDK's retries of it; less in production, which handles the orders of a batch at once.
    slowestRecordSeconds: 0.25,
    // Four waits of 5, 10, 20 and 40 s at least outlast a table that throttles or is down for a minute; a single fault
    // keeps its order for 7.5 s on average.
    retry: { baseSeconds: 10, capSeconds: 300 },
  },
  // The longest there is: SQS counts a message's age from when it was first sent, so it must exceed the source's.
  badOrders: { retentionSeconds: 14 * daySeconds },
  failedOrders: {
    timeoutSeconds: 10,
    // As process-orders, whose worst bodies come here: what ends this function as well is parked and in no ledger.
    memoryMb: 512,
    batchSize: 10,
    windowSeconds: 0,
    // Failures are few; two is the least AWS takes.
    maximumConcurrency: 2,
    partialBatchResponses: true,
    // One look into the table and one write, those of a batch at once.
    slowestRecordSeconds: 0.25,
    // Up to an hour: what waits here has failed already and is in no hurry.
    retry: { baseSeconds: 1, capSeconds: 3_600 },
    // A table that is down for two days parks nothing: waits are half the cap on average, so 130 receives take two and
    // a half days, give or take three hours. A message that crashes the function is parked after two hours.
    maxReceiveCount: 130,
  },
  // The longest there is: SQS counts on from when the message was first sent.
  parkedOrders: { retentionSeconds: 14 * daySeconds },
  // All that fits into a row: docs/decisions/0015-messages-of-256-kib.md. The same for all queues, so that what one holds
  // fits into the next, and so that nobody can send to bad-orders what the ledger cannot hold.
  maximumMessageBytes: messageLimits.bytes,
  // Orders do not depend on each other, and standard queues have no limit to their throughput.
  fifo: false,
  // An order that was accepted is never lost to a command about infrastructure.
  retainData: true,
  // All is encrypted without, and a key more is one more that can be lost.
  customerManagedKey: false,
  // Nobody: who operates the pipeline is for its owner to say, with -c operators=ARN,ARN.
  operators: [],
  maxReceiveCount: 5,
  logCustomerNames: false,
  logRetention: RetentionDays.ONE_MONTH,
  acknowledged: [],
  // Who it is, the deployment says: -c alarmEmail=orders@example.com
  alarmEmail: [],
  runbook: defaultRunbook,
  // Traces are paid for one by one, and metrics and logs answer most questions.
  tracing: false,
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
  retainData: false,
  maxReceiveCount: 1,
  logCustomerNames: true,
  logRetention: RetentionDays.ONE_DAY,
  acknowledged: [
    { code: 'few-receives', reason: 'One receive is the lesson: a good order has no second attempt.' },
    { code: 'whole-batch-fails', reason: 'Failing whole batches is the lesson: a bad order takes good ones with it.' },
    {
      code: 'window-too-long',
      reason: 'A window fills batches with the few orders of a demo, so that they share one.',
    },
  ],
};

/** The complete configurations to choose from; `production` is the default. */
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
