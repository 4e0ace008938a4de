import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { FindingCode } from 'queue-doctor';
import { messageLimits } from '../../shared/pipeline.ts';
import { defaultRunbook } from '../monitoring/contribution.ts';
import * as doors from './doors.ts';
import {
  type ConsumerSettings,
  type FunctionSettings,
  newTableWritesPerSecond,
  type QueueSettings,
} from './settings.ts';

/**
 * Every tunable of the pipeline, with its unit, its limit and the reason for its value; lib/configuration/settings.ts
 * has the limits of functions and queues. A preset is one `Configuration`. lib/configuration/validate.ts refuses what
 * AWS would refuse. The doctor (packages/queue-doctor) finds what AWS would take and what is unwise.
 */
export interface Configuration extends doors.DoorSettings {
  readonly generateOrders: FunctionSettings;
  readonly orders: QueueSettings;
  readonly processOrders: ConsumerSettings & {
    /** Waits between the tries of an order that failed for a passing reason: at least half of the longest wait. */
    readonly retry: RetrySettings;
  };
  readonly badOrders: QueueSettings;
  readonly failedOrders: ConsumerSettings & {
    /** Waits between the tries to write a failure into the table: anything from no wait to the longest wait. */
    readonly retry: RetrySettings;
    /**
     * Receives of a message that failed-orders could not handle, before it goes to parked-orders: 1 to 1,000. The
     * number should be far above `maxReceiveCount`, because AWS does not say whether receives in the orders queue count
     * as well.
     */
    readonly maxReceiveCount: number;
  };
  /** Where the messages go that failed-orders cannot handle. Nothing consumes this queue; an alarm watches it. */
  readonly parkedOrders: QueueSettings;
  /**
   * Bytes of a message with its attributes, in all queues: 1,024 to 262,144 (256 KiB). SQS takes up to 1,048,576, but a
   * row of the orders table holds only so much.
   */
  readonly maximumMessageBytes: number;
  /**
   * FIFO queues instead of standard queues: orders of a group in turn, and batches of 10 at most. An order that fails
   * for a passing reason holds back its group, for a visibility timeout at least, until the order is processed or is in
   * bad-orders. A bad order holds back nothing. A replay goes back into the group of the message that failed.
   */
  readonly fifo: boolean;
  /**
   * Writes of 1 KB that the orders table takes in a second from the start, at least 4,000 (its warm throughput). A table
   * takes twice its former peak by itself, within half an hour. AWS charges for more than 4,000 once, refuses a later
   * deployment with less, and takes up to 40,000 without being asked to raise a quota.
   */
  readonly warmWritesPerSecond: number;
  /**
   * Whether data outlives the stack. Then `cdk destroy` leaves table, queues and log groups in the account, and the
   * table cannot be deleted before its deletion protection is switched off.
   */
  readonly retainData: boolean;
  /**
   * Whether queues, table and logs are encrypted with a key of the account instead of keys of the services. CloudTrail
   * records the key's use, and without the key nobody can read any of the data. The key costs about a dollar a month, and
   * its requests.
   */
  readonly customerManagedKey: boolean;
  /**
   * ARNs of the roles or users that may receive from all queues, purge, redrive, and send to bad-orders and
   * parked-orders; `*` and `?` are allowed. From the orders queue and bad-orders only their consumers may receive beside
   * them.
   */
  readonly operators: readonly string[];
  /**
   * Receives of a message before it goes to bad-orders, 1 to 1,000. AWS advises at least 5. With 1, a good order's only
   * attempt is used up by a throttle, a timeout or a crash of the function.
   */
  readonly maxReceiveCount: number;
  /** Whether the functions log customers' names, which are personal data. */
  readonly logCustomerNames: boolean;
  /** How long log events are kept: one of CloudWatch's choices. A longer time costs more. */
  readonly logRetention: RetentionDays;
  /** E-mail addresses that are told of alarms. AWS first asks each address for its consent. */
  readonly alarmEmail: readonly string[];
  /** Address or path of the runbook to which alarms refer. */
  readonly runbook: string;
  /**
   * Whether Lambda sends traces of invocations to X-Ray: of the first request in each second, and of five per cent of
   * the others. Logs and ledger have trace ids in any case.
   */
  readonly tracing: boolean;
  /** Warnings of the doctor (docs/doctor.md) about intended settings: `cdk synth` does not print them. */
  readonly acknowledged: readonly AcknowledgedWarning[];
}

/** A warning of the doctor about an intended setting, and the intention. */
export interface AcknowledgedWarning {
  readonly code: FindingCode;
  /** One sentence that a reviewer would accept. */
  readonly reason: string;
}

/** Waits between tries. They grow exponentially and have jitter, equal or full (shared/sending.ts). */
export interface RetrySettings {
  /** Longest wait before the second try, in whole seconds. */
  readonly baseSeconds: number;
  /** Longest wait before any try, at most 43,200 s (12 h), SQS's longest visibility timeout. */
  readonly capSeconds: number;
}

const daySeconds = 24 * 60 * 60;

/** The default. Follows AWS's advice for a queue with a function. */
const production: Configuration = {
  ...doors.production,
  // A million orders take several invocations: each stops in time and says where to go on. CPU is what limits it.
  generateOrders: { timeoutSeconds: 60, memoryMb: 1024 },
  // SQS's default. It leaves a weekend and the Monday after it to notice that nothing is consumed.
  orders: { retentionSeconds: 4 * daySeconds },
  processOrders: {
    // A batch takes milliseconds; the rest is for a slow start. Short, because the visibility timeout is six times this.
    timeoutSeconds: 10,
    // Room for the worst batch: ten bodies of brackets, nested as deep as 256 KiB allows, are 74 MB once parsed. The CPU
    // that comes with it (0.3 vCPU) halves the time of a batch and of a first order, compared with 256 MB. It costs at
    // most 0.02 USD a million orders more (docs/performance.md, "Cost on AWS").
    memoryMb: 512,
    batchSize: 10,
    // No order waits for others. Under load, batches fill anyway. A window would save at most 1.5 USD a million orders.
    windowSeconds: 0,
    // Spares the services downstream. Each invocation takes 10 orders.
    maximumConcurrency: 10,
    partialBatchResponses: true,
    // One write with the SDK's retries. It is less in fact, because the orders of a batch are handled at the same time.
    slowestRecordSeconds: 0.25,
    // The four waits are at least 5, 10, 20 and 40 s: longer than a table is throttled or down for a minute. After a
    // single fault an order waits 7.5 s on average.
    retry: { baseSeconds: 10, capSeconds: 300 },
  },
  // The longest of SQS. A message keeps its age when it moves here, so this must be longer than in the orders queue.
  badOrders: { retentionSeconds: 14 * daySeconds },
  failedOrders: {
    timeoutSeconds: 10,
    // As process-orders, whose worst bodies come here. A body that ends this function, too, is parked without a record.
    memoryMb: 512,
    batchSize: 10,
    windowSeconds: 0,
    // Failures are few. 2 is the least that AWS takes.
    maximumConcurrency: 2,
    partialBatchResponses: true,
    // One read and one write. The failures of a batch are handled at the same time.
    slowestRecordSeconds: 0.25,
    // Up to an hour: a failure is in no hurry.
    retry: { baseSeconds: 1, capSeconds: 3_600 },
    // A table that is down for two days parks no message. Waits are half the cap on average, so 130 receives take two
    // and a half days, give or take three hours. A message that crashes the function is parked after two hours.
    maxReceiveCount: 130,
  },
  // The longest of SQS: a message keeps its age when it moves here.
  parkedOrders: { retentionSeconds: 14 * daySeconds },
  // What fits into a row: docs/decisions/0015-messages-of-256-kib.md. All queues have the same limit, so that a message
  // fits into the next queue, and so that nobody can send to bad-orders what the ledger cannot hold.
  maximumMessageBytes: messageLimits.bytes,
  // Orders do not depend on each other, and the throughput of standard queues has no limit.
  fifo: false,
  // What AWS gives a new table. process-orders writes at most 3,900 a second with ten batches at a time
  // (docs/performance.md, "Orders a second").
  warmWritesPerSecond: newTableWritesPerSecond,
  // No command about infrastructure may lose an order that was accepted.
  retainData: true,
  // The services encrypt with keys of their own, and one key more is one more that can be lost.
  customerManagedKey: false,
  // The owner names who operates the pipeline: -c operators=ARN,ARN
  operators: [],
  maxReceiveCount: 5,
  logCustomerNames: false,
  logRetention: RetentionDays.ONE_MONTH,
  acknowledged: [],
  // The deployment names the addresses: -c alarmEmail=orders@example.com
  alarmEmail: [],
  runbook: defaultRunbook,
  // Every trace costs money, and metrics and logs answer most questions.
  tracing: false,
};

/**
 * The classic lecture demo, for learning. An order has one attempt, whole batches fail, two instances run, and a window
 * lets batches fill: one bad order takes good orders to bad-orders with it. Customers' names are made up, so they may be
 * logged.
 */
const lab: Configuration = {
  ...production,
  ...doors.lab,
  processOrders: {
    ...production.processOrders,
    // Short, so that the visibility timeout is short: without partial responses, failures wait for its end.
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
