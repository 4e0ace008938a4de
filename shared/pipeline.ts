import { type Grouping, groupings } from './message-group.ts';

/** Names of the environment variables that the stack sets and the functions read. */
export const environmentNames = {
  /** URL of the orders queue. generate-orders, process-orders. */
  ordersQueueUrl: 'ORDERS_QUEUE_URL',
  /** URL of bad-orders. failed-orders. */
  badOrdersQueueUrl: 'BAD_ORDERS_QUEUE_URL',
  /** Name of the orders table. process-orders, failed-orders. */
  ordersTableName: 'ORDERS_TABLE_NAME',
  /** `true`: report failures item by item; `false`: one bad order fails its whole batch. process-orders. */
  partialBatchResponses: 'PARTIAL_BATCH_RESPONSES',
  /** Receives after which the orders queue moves a message to bad-orders; `0`: it has none. process-orders. */
  maxReceiveCount: 'MAX_RECEIVE_COUNT',
  /** Longest wait before the first retry of a transient failure, in seconds. process-orders, failed-orders. */
  retryBaseSeconds: 'RETRY_BASE_SECONDS',
  /** Longest wait before any retry of a transient failure, in seconds. process-orders, failed-orders. */
  retryCapSeconds: 'RETRY_CAP_SECONDS',
  /** ARN of the topic `order-events`, with `-c events=true`. process-orders, failed-orders. */
  orderEventsTopicArn: 'ORDER_EVENTS_TOPIC_ARN',
  /** `true`: events have the words of errors and refusals. process-orders, failed-orders. */
  allEventReasons: 'ALL_EVENT_REASONS',
  /** URL of the notifications queue. notify-customers. */
  notificationsQueueUrl: 'NOTIFICATIONS_QUEUE_URL',
  /** The address that mails come from. notify-customers. */
  mailFrom: 'MAIL_FROM',
  /** `customer`: the orders of a customer are a message group; not set: each order is. generate-orders, accept-orders. */
  groupBy: 'GROUP_BY',
  /** `true`: log customers' names, which are personal data. process-orders, failed-orders. */
  logCustomerNames: 'LOG_CUSTOMER_NAMES',
} as const;

type EnvironmentName = (typeof environmentNames)[keyof typeof environmentNames];
type EnvironmentVariables = Readonly<Record<string, string | undefined>>;

/** A function started without a variable that the stack should have set, or with one that does not parse. */
class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';

  constructor(variable: EnvironmentName, value: string | undefined, wanted: string) {
    const found = value === undefined ? 'is not set' : `is "${value}"`;
    super(
      `The environment variable ${variable} ${found}. Set it to ${wanted}; the stack in lib/ does so when it is deployed.`,
    );
  }
}

/** @throws {EnvironmentError} when the variable is not set or is empty */
export function requireText(environment: EnvironmentVariables, variable: EnvironmentName): string {
  const value = environment[variable];
  if (value === undefined || value === '') throw new EnvironmentError(variable, value, 'a text');
  return value;
}

/** @throws {EnvironmentError} unless it is `true` or `false` */
export function requireBoolean(environment: EnvironmentVariables, variable: EnvironmentName): boolean {
  const value = environment[variable];
  if (value !== 'true' && value !== 'false') throw new EnvironmentError(variable, value, '"true" or "false"');
  return value === 'true';
}

/** @throws {EnvironmentError} for a grouping that there is not */
export function groupingOf(environment: EnvironmentVariables): Grouping {
  const value = environment[environmentNames.groupBy] ?? 'order';
  const grouping = groupings.find((each) => each === value);
  if (grouping === undefined) throw new EnvironmentError(environmentNames.groupBy, value, groupings.join(' or '));
  return grouping;
}

/**
 * A whole number of seconds, 0 to 999,999.
 * @throws {EnvironmentError} for anything else
 */
export function requireSeconds(environment: EnvironmentVariables, variable: EnvironmentName): number {
  return requireWholeNumber(environment, variable, 'a whole number of seconds');
}

/**
 * A whole number, 0 to 999,999.
 * @throws {EnvironmentError} for anything else
 */
export function requireCount(environment: EnvironmentVariables, variable: EnvironmentName): number {
  return requireWholeNumber(environment, variable, 'a whole number');
}

function requireWholeNumber(environment: EnvironmentVariables, variable: EnvironmentName, wanted: string): number {
  const value = environment[variable];
  if (value === undefined || !/^\d{1,6}$/.test(value)) throw new EnvironmentError(variable, value, wanted);
  return Number(value);
}

/** Name of the stack of a stage; without a stage, of the one deployment of an account. */
export const stackNameOf = (stage?: string): string =>
  stage === undefined ? 'OrderPipeline' : `OrderPipeline-${stage}`;

/** Names of the stack's outputs, by which programs find the pipeline's parts. */
export const stackOutputNames = {
  ordersQueueUrl: 'OrdersQueueUrl',
  badOrdersQueueUrl: 'BadOrdersQueueUrl',
  parkedOrdersQueueUrl: 'ParkedOrdersQueueUrl',
  ordersTableName: 'OrdersTableName',
  generateOrdersFunctionName: 'GenerateOrdersFunctionName',
  processOrdersFunctionName: 'ProcessOrdersFunctionName',
  failedOrdersFunctionName: 'FailedOrdersFunctionName',
  generateOrdersLogGroupName: 'GenerateOrdersLogGroupName',
  processOrdersLogGroupName: 'ProcessOrdersLogGroupName',
  failedOrdersLogGroupName: 'FailedOrdersLogGroupName',
  alarmTopicArn: 'AlarmTopicArn',
} as const;

/** Name of the output that says what the message groups are. A stack without FIFO queues has none. */
export const groupByOutputName = 'OrdersGroupBy';

/** Names of the outputs that the stack has only with `-c http=true`. */
export const httpOutputNames = {
  ordersApiUrl: 'OrdersApiUrl',
  acceptOrdersFunctionName: 'AcceptOrdersFunctionName',
  trackOrdersFunctionName: 'TrackOrdersFunctionName',
  acceptOrdersLogGroupName: 'AcceptOrdersLogGroupName',
  trackOrdersLogGroupName: 'TrackOrdersLogGroupName',
  httpAccessLogGroupName: 'HttpAccessLogGroupName',
} as const;

/** Names of the outputs that the stack has only with `-c events=true`. */
export const eventsOutputNames = {
  orderEventsTopicArn: 'OrderEventsTopicArn',
} as const;

/** Names of the outputs that the stack has only with `-c mail=true`. */
export const mailOutputNames = {
  notificationsQueueUrl: 'NotificationsQueueUrl',
  parkedNotificationsQueueUrl: 'ParkedNotificationsQueueUrl',
  notifyCustomersFunctionName: 'NotifyCustomersFunctionName',
  notifyCustomersLogGroupName: 'NotifyCustomersLogGroupName',
} as const;

/** What generate-orders answers, as API Gateway's proxy integration takes it and the lecture demo does. */
export interface GenerateResponse {
  readonly statusCode: 200 | 400 | 500;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON of an `EventRefusal` with status 400, of a `GenerateAnswer` otherwise. */
  readonly body: string;
}

/** `queued` + `failed.length` + (`next` given: count − `next`) = `requested`. */
export interface GenerateAnswer {
  /** How many orders this invocation was to queue: count − from. */
  readonly requested: number;
  readonly queued: number;
  readonly seed: number;
  /** Present when it stopped early: invoke again with the same count, badRate and seed, and `from` set to this. */
  readonly next?: number;
  /** Present, with status 500, when orders could not be queued: all of them, by name. */
  readonly failed?: readonly NotQueued[];
}

/** An order that is not in the queue, and why: SQS's error code and message, or the function's own. */
export interface NotQueued {
  /** Its place in the sequence that the seed makes, from 0. */
  readonly index: number;
  readonly orderId: string;
  readonly code: string;
  readonly message: string;
}

/** Why an event was not taken: each problem in a sentence. No order of it was queued. */
export interface EventRefusal {
  readonly problems: readonly string[];
}

/** A response, read. */
type Generated = ({ readonly statusCode: 200 | 500 } & GenerateAnswer) | ({ readonly statusCode: 400 } & EventRefusal);

/**
 * Reads the payload that Lambda gives back for an invocation of generate-orders that did not fail: with a
 * `FunctionError`, the payload is that error instead.
 */
export function readGenerated(payload: string): Generated {
  const { statusCode, body } = JSON.parse(payload) as GenerateResponse;
  return { statusCode, ...(JSON.parse(body) as object) } as Generated;
}

/** What generate-orders takes at most: orders of one sequence, and a seed of 32 bits. */
export const generateLimits = { count: 10_000_000, seed: 2 ** 32 - 1 } as const;

/**
 * How much the orders queue takes. Body and message attributes count together: of each attribute its name, its type
 * and its value (SQS Developer Guide, "Message quotas").
 */
export const messageLimits = {
  /**
   * Bytes of a message, 256 KiB. SQS would take 1 MiB. This is less, so that every message fits into one row of the
   * orders table, with its binary attributes as base64, its reasons and its history: an item holds 400 KB.
   */
  bytes: 262_144,
  /** Messages of a SendMessageBatch request (API reference). */
  batchEntries: 10,
  /** Bytes of all messages of a SendMessageBatch request, 1 MiB (API reference). */
  batchBytes: 1_048_576,
} as const;
