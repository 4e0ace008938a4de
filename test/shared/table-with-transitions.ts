import { DeleteItemCommand, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll } from '@jest/globals';
import { attributeValues, type DeleteRequest, type UpdateRequest } from '../../shared/ledger/expressions.ts';
import { messageOf } from '../../shared/ledger/message.ts';
import type { failureRowKey, orderRowKey } from '../../shared/ledger/rows.ts';
import { startLocalTable, tableName } from '../lambdas/local-table.ts';
import { message, order } from '../lambdas/pipeline-functions.ts';

export const now = '2026-01-01T00:00:00.000Z';
export const body = JSON.stringify(order('o'));
export const received = (messageId: string, text = body) => messageOf(message(messageId, text));

/** A table of all tests of a file, to which they send transitions. */
export async function startTableWithTransitions() {
  const local = await startLocalTable();
  afterAll(async () => {
    await local[Symbol.asyncDispose]();
  });

  /** Sends a transition. @returns whether its condition held */
  const send = async (request: UpdateRequest | DeleteRequest): Promise<boolean> => {
    if ('UpdateExpression' in request) {
      return (await local.table.update(request, new AbortController().signal)).kind === 'written';
    }
    try {
      await local.client.send(new DeleteItemCommand({ TableName: tableName, ...request }));
      return true;
    } catch {
      return false;
    }
  };

  const itemAt = async (key: ReturnType<typeof orderRowKey> | ReturnType<typeof failureRowKey>) => {
    const Key = attributeValues(key);
    return (await local.client.send(new GetItemCommand({ TableName: tableName, Key, ConsistentRead: true }))).Item;
  };

  return { send, itemAt };
}
