import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { exampleOrder, exampleUserX } from '../../shared/order/example-order.ts';

/** A record as an event source mapping makes it; `messageId` and `receiptHandle` follow from `index`. */
export function sqsRecord(body: string, index = 0, attributes: Partial<SQSRecord['attributes']> = {}): SQSRecord {
  return {
    messageId: `message-${index}`,
    receiptHandle: `handle-${index}`,
    body,
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: '1767225600000',
      SenderId: 'AIDAEXAMPLE',
      ApproximateFirstReceiveTimestamp: '1767225600001',
      ...attributes,
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:eu-central-1:123456789012:orders',
    awsRegion: 'eu-central-1',
  };
}

export function sqsEvent(bodies: readonly string[], attributes: Partial<SQSRecord['attributes']> = {}): SQSEvent {
  return { Records: bodies.map((body, index) => sqsRecord(body, index, attributes)) };
}

/** User1. */
export const goodBody = JSON.stringify(exampleOrder(1));

/** UserX: without an address. */
export const badBody = JSON.stringify(exampleUserX(6, 'order-x'));
