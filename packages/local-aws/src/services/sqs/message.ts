import { hash, randomUUID } from 'node:crypto';
import type { HeapItem, Linked } from './collections.ts';

/** A message attribute as in the API; binary values are base64 text. No message has list values: they are refused. */
export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  readonly BinaryValue?: string;
  readonly StringListValues?: readonly string[];
  readonly BinaryListValues?: readonly string[];
}

export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

/** What a sender gives, checked (see message-checks.ts). */
export interface NewMessage {
  readonly body: string;
  readonly messageAttributes?: MessageAttributes;
  readonly senderId: string;
  /** 0 to 900; undefined: the queue's own delay. */
  readonly delaySeconds?: number;
  readonly traceHeader?: string;
  readonly groupId?: string;
  /** FIFO: given, or the SHA-256 of the body. */
  readonly deduplicationId?: string;
}

/** What the sender learns. */
export interface SentMessage {
  readonly messageId: string;
  readonly md5OfBody: string;
  readonly md5OfMessageAttributes?: string;
  /** FIFO only: 20 digits. */
  readonly sequenceNumber?: string;
}

/**
 * A message in a queue. `delayed` → `available` → `in-flight` → `available` … until it is `gone`: deleted, expired,
 * purged or moved to another queue. `taken` lasts only as long as a receive decides what becomes of it.
 */
export interface StoredMessage extends HeapItem, Linked<StoredMessage> {
  readonly messageId: string;
  readonly body: string;
  readonly md5OfBody: string;
  readonly messageAttributes?: MessageAttributes;
  readonly md5OfMessageAttributes?: string;
  readonly senderId: string;
  readonly traceHeader?: string;
  readonly groupId?: string;
  readonly deduplicationId?: string;
  readonly sentAtMs: number;
  /** When it came into this queue. */
  readonly arrivedAtMs: number;
  sequenceNumber?: string;
  /** Where retention counts from: a move to a standard DLQ keeps it, a move to a FIFO one starts it anew. */
  enqueuedAtMs: number;
  state: 'delayed' | 'available' | 'taken' | 'in-flight' | 'gone';
  /** End of the delay or of the visibility timeout; no meaning while available. */
  visibleAtMs: number;
  /** When the store has something to do with it next. */
  dueAtMs: number;
  /** Its place in a standard queue's line, from 1; 0: it has never been available. */
  place: number;
  /** `ApproximateReceiveCount`: goes on counting in a DLQ. */
  receiveCount: number;
  /** Receives in this queue: what `maxReceiveCount` is compared with. */
  receivesHere: number;
  firstReceivedAtMs?: number;
  /** Last receive, for the 12-hour limit of visibility. */
  lastReceivedAtMs: number;
  deadLetterQueueSourceArn?: string;
}

/** A message as a consumer gets it. */
export interface ReceivedMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly md5OfBody: string;
  readonly messageAttributes?: MessageAttributes;
  /** Absent without message attributes. */
  readonly md5OfMessageAttributes?: string;
  /** All system attributes, as strings: ApproximateReceiveCount, SentTimestamp, SenderId and so on. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** Notes a receive, which `ApproximateReceiveCount` and `ApproximateFirstReceiveTimestamp` tell from then on. */
export function countReceive(message: StoredMessage, nowMs: number): void {
  message.receiveCount += 1;
  message.receivesHere += 1;
  message.firstReceivedAtMs ??= nowMs;
  message.lastReceivedAtMs = nowMs;
}

/** A message as a receive gives it out. System attributes are strings: counts, and milliseconds since the epoch. */
export function receivedMessage(message: StoredMessage, receiptHandle: string): ReceivedMessage {
  const { messageId, body, md5OfBody, messageAttributes, md5OfMessageAttributes } = message;
  return {
    messageId,
    receiptHandle,
    body,
    md5OfBody,
    ...(messageAttributes !== undefined && { messageAttributes }),
    ...(md5OfMessageAttributes !== undefined && { md5OfMessageAttributes }),
    attributes: systemAttributes(message),
  };
}

/** In the order in which the event source mapping's records have them. */
function systemAttributes(message: StoredMessage): Record<string, string> {
  const attributes: Record<string, string> = {
    ApproximateReceiveCount: String(message.receiveCount),
    SentTimestamp: String(message.sentAtMs),
  };
  if (message.traceHeader !== undefined) attributes['AWSTraceHeader'] = message.traceHeader;
  if (message.sequenceNumber !== undefined) attributes['SequenceNumber'] = message.sequenceNumber;
  if (message.groupId !== undefined) attributes['MessageGroupId'] = message.groupId;
  attributes['SenderId'] = message.senderId;
  if (message.deduplicationId !== undefined) attributes['MessageDeduplicationId'] = message.deduplicationId;
  attributes['ApproximateFirstReceiveTimestamp'] = String(message.firstReceivedAtMs ?? 0);
  if (message.deadLetterQueueSourceArn !== undefined) {
    attributes['DeadLetterQueueSourceArn'] = message.deadLetterQueueSourceArn;
  }
  return attributes;
}

/** A message as it enters a queue. */
export function storedMessage(message: NewMessage, nowMs: number, delaySeconds: number): StoredMessage {
  const { body, messageAttributes, senderId, traceHeader, groupId, deduplicationId } = message;
  return {
    messageId: randomUUID(),
    body,
    md5OfBody: md5OfText(body),
    ...(messageAttributes !== undefined && {
      messageAttributes,
      md5OfMessageAttributes: md5OfAttributes(messageAttributes),
    }),
    senderId,
    ...(traceHeader !== undefined && { traceHeader }),
    ...(groupId !== undefined && { groupId }),
    ...(deduplicationId !== undefined && { deduplicationId }),
    sentAtMs: nowMs,
    arrivedAtMs: nowMs,
    enqueuedAtMs: nowMs,
    state: delaySeconds > 0 ? 'delayed' : 'available',
    visibleAtMs: nowMs + delaySeconds * 1000,
    receiveCount: 0,
    receivesHere: 0,
    lastReceivedAtMs: 0,
    dueAtMs: 0,
    place: 0,
    heapIndex: -1,
    previous: undefined,
    next: undefined,
  };
}

/**
 * A message as it enters a DLQ: the same message, whose receive count goes on counting. A standard queue keeps the
 * moment from which retention counts, a FIFO queue starts it anew (SQS Developer Guide, "Dead-letter queues").
 */
export function deadLetter(message: StoredMessage, sourceArn: string, fifo: boolean, nowMs: number): StoredMessage {
  return {
    ...message,
    deadLetterQueueSourceArn: sourceArn,
    arrivedAtMs: nowMs,
    enqueuedAtMs: fifo ? nowMs : message.enqueuedAtMs,
    state: 'available',
    receivesHere: 0,
    place: 0,
    heapIndex: -1,
    previous: undefined,
    next: undefined,
  };
}

/** A message as a move task brings it back: AWS gives it a new id and counts it as new (StartMessageMoveTask). */
export function redrivenMessage(message: StoredMessage, nowMs: number): StoredMessage {
  const { deadLetterQueueSourceArn: _, firstReceivedAtMs: __, ...kept } = message;
  return {
    ...kept,
    messageId: randomUUID(),
    sentAtMs: nowMs,
    arrivedAtMs: nowMs,
    enqueuedAtMs: nowMs,
    state: 'available',
    receiveCount: 0,
    receivesHere: 0,
    place: 0,
    heapIndex: -1,
    previous: undefined,
    next: undefined,
  };
}

/** 20 digits that grow from message to message of a FIFO queue, though not by one (API reference of SendMessage). */
export function sequenceNumber(place: number): string {
  return `1${String(place * 256).padStart(19, '0')}`;
}

/** MD5 of a message body, in hex. */
function md5OfText(text: string): string {
  return hash('md5', text, 'hex');
}

/**
 * `MD5OfMessageAttributes`: of each attribute in the order of names, the length-prefixed name and data type, one byte
 * for the kind of value (1 string or number, 2 binary) and the length-prefixed value. Source: SQS Developer Guide,
 * "Calculating the MD5 message digest for message attributes".
 */
export function md5OfAttributes(attributes: MessageAttributes): string {
  const parts: Buffer[] = [];
  const append = (bytes: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    parts.push(length, bytes);
  };
  for (const name of Object.keys(attributes).toSorted()) {
    const attribute = attributes[name];
    if (attribute === undefined) continue;
    append(Buffer.from(name, 'utf8'));
    append(Buffer.from(attribute.DataType, 'utf8'));
    const isBinary = attribute.DataType.startsWith('Binary');
    parts.push(Buffer.of(isBinary ? 2 : 1));
    append(isBinary ? Buffer.from(attribute.BinaryValue ?? '', 'base64') : Buffer.from(attribute.StringValue ?? ''));
  }
  return hash('md5', Buffer.concat(parts), 'hex');
}
