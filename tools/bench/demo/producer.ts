import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { v4 as uuid } from 'uuid';
import { exampleOrder } from '../../../shared/order/example-order.ts';

// What the bench compares generate-orders with: a client made while the function starts, and one request of ten orders.
const client = new SQSClient({});

export const handler = async (): Promise<void> => {
  const Entries = Array.from({ length: 10 }, (_, index) => ({
    Id: uuid(),
    MessageBody: JSON.stringify(exampleOrder(index, uuid())),
  }));
  await client.send(new SendMessageBatchCommand({ QueueUrl: process.env['ORDERS_QUEUE_URL'], Entries }));
};
