import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { SQSRecord } from 'aws-lambda';
import { type Clock, systemClock } from 'local-aws';
import { attributeValues } from '../../../../shared/ledger/expressions.ts';
import {
  attributeList,
  causeShard,
  type FailureRow,
  failureRowKey,
  statusShard,
} from '../../../../shared/ledger/rows.ts';
import { readOrderRecord } from '../../../../tools/orders/ledger/find-failure.ts';
import type { TableConnection } from '../../../../tools/orders/ledger/table.ts';
import { type LocalTable, startLocalTable, tableName } from '../../../lambdas/local-table.ts';
import { message, type PipelineFunctions, pipelineFunctions } from '../../../lambdas/pipeline-functions.ts';

/** A real orders table, what the command does with it, and the functions that write it. */
export interface LocalLedger extends AsyncDisposable {
  readonly local: LocalTable;
  readonly table: TableConnection;
  readonly functions: PipelineFunctions;
  /** Lets failed-orders write a failure down. */
  fail(messageId: string, body: unknown, attributes?: Partial<SQSRecord['attributes']>): Promise<FailureRow>;
  /** The one failure of an order, as it is now. */
  failure(orderKey: string): Promise<FailureRow>;
}

/** @param clock of the command */
export async function startLocalLedger(clock: Clock = systemClock): Promise<LocalLedger> {
  const local = await startLocalTable();
  const table: TableConnection = { client: local.client, name: tableName, clock, random: () => 0.5 };
  const functions = pipelineFunctions(local.table);
  const failure = async (orderKey: string) => (await readOrderRecord(table, orderKey)).failures[0]!;
  return {
    local,
    table,
    functions,
    failure,
    async fail(messageId, body, attributes) {
      const record = message(messageId, body, 6);
      await functions.failedOrders([{ ...record, attributes: { ...record.attributes, ...attributes } }]);
      const orderId = typeof body === 'object' && body !== null && 'orderId' in body ? String(body.orderId) : messageId;
      return failure(orderId);
    },
    [Symbol.asyncDispose]: () => local[Symbol.asyncDispose](),
  };
}

/** Few enough for a busy machine, where connections that nobody takes in time are reset. */
const putsAtOnce = 50;

/** Puts failures into the table without the function. */
export async function putFailures(
  { client, name }: TableConnection,
  rows: readonly Partial<FailureRow>[],
): Promise<void> {
  const put = (row: Partial<FailureRow>) => {
    const history = (row.history ?? []).map((entry) => ({ ...entry }));
    const messageAttributes = attributeList(row.messageAttributes ?? {});
    const item = { ...row, history, messageAttributes, recordedMessages: [] };
    return client.send(new PutItemCommand({ TableName: name, Item: attributeValues(item) }));
  };
  for (let first = 0; first < rows.length; first += putsAtOnce) {
    await Promise.all(rows.slice(first, first + putsAtOnce).map(put));
  }
}

export function failureRow(
  failureId: string,
  failedAt: string,
  changes: Partial<FailureRow> = {},
): Partial<FailureRow> {
  const cause = changes.cause ?? 'aaaaaaaaaaaa';
  return {
    ...failureRowKey(failureId, failureId),
    failureId,
    orderKey: failureId,
    status: 'failed',
    kind: 'invalid',
    reasons: ['/items is required'],
    cause,
    statusShard: statusShard('failed', failureId),
    causeShard: causeShard(cause, failureId),
    firstFailedAt: failedAt,
    failedAt,
    body: '{}',
    messageAttributes: {},
    replayCount: 0,
    replayToken: `token of ${failureId}`,
    history: [],
    ...changes,
  };
}
