import { type AttributeValue, type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { orderRowKey } from '../../shared/ledger/rows.ts';
import type { Dependencies } from './track.ts';
import { trackedAttributes, type TrackedRow } from './standing.ts';

/**
 * Reads the rows of an order, and of each the attributes that are told. DynamoDB counts what the rows hold, not what is
 * asked for: half a read unit for each 4 KB (Developer Guide, "Query"). A read may be a moment behind the last write.
 */
export function rowReader(TableName: string, client: DynamoDBClient): Dependencies['readRows'] {
  return async (orderId, abortSignal) => {
    const rows: TrackedRow[] = [];
    let ExclusiveStartKey: Record<string, AttributeValue> | undefined;
    do {
      const page = await client.send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': { S: orderRowKey(orderId).pk } },
          ProjectionExpression: trackedAttributes.map((name) => `#${name}`).join(', '),
          ExpressionAttributeNames: Object.fromEntries(trackedAttributes.map((name) => [`#${name}`, name])),
          // The row of the order comes after those of its failures.
          ScanIndexForward: false,
          ...(ExclusiveStartKey !== undefined && { ExclusiveStartKey }),
        }),
        { abortSignal },
      );
      rows.push(...(page.Items ?? []).map(rowOf));
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined);
    return rows;
  };
}

function rowOf(item: Readonly<Record<string, AttributeValue>>): TrackedRow {
  return Object.fromEntries(
    Object.entries(item).map(([name, { S: text, L: list }]) => [
      name,
      list === undefined ? text : list.map((element) => element.S ?? ''),
    ]),
  ) as unknown as TrackedRow;
}
