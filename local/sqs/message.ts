import type { Due } from './due-heap.ts';

/** A message attribute as in the API; binary values are base64 text. */
export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  readonly BinaryValue?: string;
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
export interface StoredMessage extends Due {
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
