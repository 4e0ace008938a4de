import { DynamoDBClient, TransactionCanceledException, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { defineProcessing, RefusedOrder } from '../../lambdas/process-orders/processing.ts';

/** Takes each order's items out of a table of stock, and writes the reservation: both, or neither. */
export const processing = defineProcessing({
  hasEffects: true,
  tools: () => ({ client: new DynamoDBClient({}), table: process.env['STOCK_TABLE_NAME'] ?? '' }),
  async process({ order, idempotencyKey, signal, tools: { client, table: TableName } }) {
    const reservation = { pk: { S: `RESERVATION#${idempotencyKey}` } };
    const taken = Map.groupBy(order.items, (item) => item);
    const writes = [...taken].map(([item, copies]) => ({
      Update: {
        TableName,
        Key: { pk: { S: `STOCK#${item}` } },
        UpdateExpression: 'ADD available :taken',
        ConditionExpression: 'available >= :wanted',
        ExpressionAttributeValues: { ':taken': { N: `-${copies.length}` }, ':wanted': { N: `${copies.length}` } },
      },
    }));
    try {
      await client.send(
        new TransactWriteItemsCommand({
          // The reservation's own row, not only the token, which DynamoDB forgets after ten minutes.
          TransactItems: [
            { Put: { TableName, Item: reservation, ConditionExpression: 'attribute_not_exists(pk)' } },
            ...writes,
          ],
          ClientRequestToken: idempotencyKey,
        }),
        { abortSignal: signal },
      );
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      const [put, ...updates] = (error.CancellationReasons ?? []).map(({ Code }) => Code === 'ConditionalCheckFailed');
      // The reservation was written at an earlier delivery of the order.
      if (put === true) return;
      const missing = [...taken.keys()].filter((_, index) => updates[index]);
      if (missing.length === 0) throw error;
      throw new RefusedOrder(...(missing.map((item) => `/items: ${item} is not in stock`) as [string]));
    }
  },
});
