import { ConditionalCheckFailedException, DeleteItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { DeleteRequest, UpdateRequest } from '../../../shared/ledger/expressions.ts';
import type { OrdersTable } from './read.ts';

/** Sends a transition of a row (shared/ledger/transitions.ts). @returns whether its condition held */
export function updateRow({ client, name }: OrdersTable, request: UpdateRequest): Promise<boolean> {
  return conditionHolds(client.send(new UpdateItemCommand({ TableName: name, ...request })));
}

/** The same for a transition that deletes the row. */
export function deleteRow({ client, name }: OrdersTable, request: DeleteRequest): Promise<boolean> {
  return conditionHolds(client.send(new DeleteItemCommand({ TableName: name, ...request })));
}

async function conditionHolds(answer: Promise<unknown>): Promise<boolean> {
  try {
    await answer;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
