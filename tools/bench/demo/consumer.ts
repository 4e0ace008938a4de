import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { Ajv } from 'ajv';
import type { SQSEvent } from 'aws-lambda';
import schema from '../../../shared/order/order.schema.json' with { type: 'json' };

// What the bench compares the consumers with: the schema compiled while the function starts, a client for the table,
// and one conditional write for each order.
const validate = new Ajv({ allErrors: true, validateFormats: false }).compile<{ orderId: string }>(schema);
const client = new DynamoDBClient({});

export const handler = async ({ Records: records }: SQSEvent): Promise<void> => {
  for (const { body } of records) {
    const order: unknown = JSON.parse(body);
    if (!validate(order)) throw new Error(`Bad Order ${JSON.stringify(validate.errors)}`);
    await client.send(
      new UpdateItemCommand({
        TableName: process.env['ORDERS_TABLE_NAME'],
        Key: { pk: { S: `ORDER#${order.orderId}` }, sk: { S: 'ORDER' } },
        UpdateExpression: 'SET #body = if_not_exists(#body, :body)',
        ConditionExpression: 'attribute_not_exists(pk) OR #body = :body',
        ExpressionAttributeNames: { '#body': 'body' },
        ExpressionAttributeValues: { ':body': { S: body } },
        ReturnValues: 'ALL_OLD',
      }),
    );
    console.info('Good Order', order);
  }
};
