import { randomUUID } from 'node:crypto';
import { md5OfAttributes, md5OfText } from './message-md5.ts';
import type { NewMessage, StoredMessage } from './message.ts';

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
    heapIndex: -1,
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
    heapIndex: -1,
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
    heapIndex: -1,
  };
}

/** 20 digits that grow from message to message of a FIFO queue, though not by one (API reference of SendMessage). */
export function sequenceNumber(place: number): string {
  return `1${String(place * 256).padStart(19, '0')}`;
}
