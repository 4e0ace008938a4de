import { type Lineage, lineageAttribute, type StoredAttribute } from './rows.ts';

/** What the consumers need of a record of an SQS event (a subset of `SQSRecord`, checked nowhere: Lambda made it). */
export interface ConsumedRecord {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly attributes: {
    readonly ApproximateReceiveCount: string;
    /** Milliseconds since the epoch, as is the next. */
    readonly SentTimestamp: string;
    readonly ApproximateFirstReceiveTimestamp: string;
    readonly AWSTraceHeader?: string | undefined;
    readonly DeadLetterQueueSourceArn?: string | undefined;
    /** Of FIFO queues, and of the fair ones among the standard queues. */
    readonly MessageGroupId?: string | undefined;
    /** Of FIFO queues only. */
    readonly SequenceNumber?: string | undefined;
  };
  readonly messageAttributes: Readonly<Record<string, ConsumedAttribute>>;
}

interface ConsumedAttribute {
  readonly dataType: string;
  readonly stringValue?: string | undefined;
  /** Base64. */
  readonly binaryValue?: string | undefined;
}

/** A record, understood. Times are ISO 8601, UTC. */
export interface Message {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  /** How often SQS has handed out the message, this time included: 1 at the first try. Goes on in a dead-letter queue. */
  readonly receiveCount: number;
  readonly sentAt: string;
  readonly firstSeenAt: string;
  /** The root of the X-Ray trace that the message belongs to. */
  readonly traceId: string | null;
  /** The message group that the sender chose: always on a FIFO queue, on a standard queue when it is used as a fair one. */
  readonly groupId: string | null;
  /** The queue that the message failed in, when this is the dead-letter queue. */
  readonly sourceQueueArn: string | null;
  /** Those of the sender. A sound lineage is left out; an attribute that is only called like one stays. */
  readonly messageAttributes: Readonly<Record<string, StoredAttribute>>;
  /** Null unless the message is a replay. */
  readonly lineage: Lineage | null;
}

/** Reads a record. A lineage and a trace id count only if they are sound, because senders can write what they like. */
export function messageOf(record: ConsumedRecord): Message {
  const { attributes, messageAttributes } = record;
  const lineage = lineageOf(messageAttributes);
  const { [lineageAttribute]: _lineage, ...others } = messageAttributes;
  const own = lineage === null ? messageAttributes : others;
  return {
    messageId: record.messageId,
    receiptHandle: record.receiptHandle,
    body: record.body,
    receiveCount: receiveCountOf(record),
    sentAt: isoTime(attributes.SentTimestamp),
    firstSeenAt: isoTime(attributes.ApproximateFirstReceiveTimestamp),
    traceId: traceIdOf(record),
    groupId: attributes.MessageGroupId ?? null,
    sourceQueueArn: attributes.DeadLetterQueueSourceArn ?? null,
    messageAttributes: Object.fromEntries(Object.entries(own).map(([name, value]) => [name, storedAttribute(value)])),
    lineage,
  };
}

/** `ApproximateReceiveCount` as a number: 1 at the first try. */
export function receiveCountOf({ attributes }: ConsumedRecord): number {
  return Number(attributes.ApproximateReceiveCount);
}

/**
 * Only what is a trace id (X-Ray Developer Guide, "Tracing header"): senders can write what they like, and it is
 * logged.
 */
export function traceIdOf({ attributes: { AWSTraceHeader: header } }: ConsumedRecord): string | null {
  if (header === undefined) return null;
  return /(?:^|;)\s*Root=(1-[\da-f]{8}-[\da-f]{24})\s*(?:;|$)/i.exec(header)?.[1] ?? null;
}

function isoTime(milliseconds: string): string {
  return new Date(Number(milliseconds)).toISOString();
}

function storedAttribute({ dataType, stringValue, binaryValue }: ConsumedAttribute): StoredAttribute {
  return {
    dataType,
    ...(stringValue !== undefined && { stringValue }),
    ...(binaryValue !== undefined && { binaryValue }),
  };
}

/** What the lineage of a message is read from: its attribute as an SQS event holds it. */
type LineageCarrier = Readonly<Record<string, { readonly stringValue?: string | undefined } | undefined>>;

/** A replayed message's lineage. Null for a message without lineage, and for a lineage that is not sound. */
function lineageOf(messageAttributes: LineageCarrier): Lineage | null {
  const text = messageAttributes[lineageAttribute]?.stringValue;
  if (text === undefined) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { orderKey, failureId, count, by, token } = value as Readonly<Record<string, unknown>>;
  const sound = isKey(orderKey) && isKey(failureId) && isReplayCount(count) && typeof by === 'string' && isKey(token);
  return sound ? { orderKey, failureId, count, by, token } : null;
}

/** Order keys and failure ids, which are ids of orders (order.schema.json) or of messages; and tokens. */
export function isKey(value: unknown): value is string {
  return typeof value === 'string' && /^[\w-]{1,100}$/.test(value);
}

function isReplayCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 1;
}

interface OrderKeySource {
  /** The order's own id; null when its body names none that can be trusted. */
  readonly orderId: string | null;
  readonly lineage: Lineage | null;
  readonly messageId: string;
}

/**
 * What an order is written under: its own id. An order without an id is written under the id of the message that brought
 * it first. A replay is a new message and carries that id along.
 */
export function orderKeyOf({ orderId, lineage, messageId }: OrderKeySource): string {
  return orderId ?? lineage?.orderKey ?? messageId;
}
