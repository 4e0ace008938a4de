import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { SQSRecord } from 'aws-lambda';
import { contentHashOf } from '../../shared/ledger/content.ts';
import { attributeValues } from '../../shared/ledger/expressions.ts';
import { failureRowKey, type Lineage, statusShard } from '../../shared/ledger/rows.ts';
import { type LocalTable, type Row, tableName } from './local-table.ts';
import { message, order, type PipelineFunctions, replayed } from './pipeline-functions.ts';

/** What somebody with the `orders` command does to failures of the functions, straight to their rows. */
export interface ReplayedFailures {
  rowsOf(orderKey: string): Promise<readonly Row[]>;
  /** What the command does once it has sent a failure again. */
  markReplayed(orderKey: string, failureId: string, replayCount: number): Promise<void>;
  edit(orderKey: string, failureId: string, body: unknown): Promise<void>;
  /** The failure `id-1`, edited, and sent again as the message `id-2`. @param mended default: a good order */
  replayedFailure(id: string, mended?: unknown): Promise<ReplayedFailure>;
}

export interface ReplayedFailure {
  readonly lineage: Pick<Lineage, 'orderKey' | 'failureId'>;
  /** The message that was sent. */
  readonly replay: (body: unknown) => SQSRecord;
}

/** An order that does not pass. */
export const bad = (id: string) => order(id, { items: 'tea' });

export function replayedFailures(local: LocalTable, functions: PipelineFunctions): ReplayedFailures {
  const update = async (
    key: ReturnType<typeof failureRowKey>,
    UpdateExpression: string,
    values: Readonly<Record<string, string | number>>,
  ) => {
    await local.client.send(
      new UpdateItemCommand({
        TableName: tableName,
        Key: attributeValues(key),
        UpdateExpression,
        ...(UpdateExpression.includes('#status') && { ExpressionAttributeNames: { '#status': 'status' } }),
        ExpressionAttributeValues: attributeValues(values),
      }),
    );
  };
  const actions: ReplayedFailures = {
    rowsOf: async (orderKey) => (await local.rows()).filter(({ pk }) => pk === `ORDER#${orderKey}`),
    markReplayed: (orderKey, failureId, replayCount) =>
      update(
        failureRowKey(orderKey, failureId),
        'SET #status = :status, statusShard = :shard, replayCount = :count REMOVE causeShard',
        { ':status': 'replayed', ':shard': statusShard('replayed', failureId), ':count': replayCount },
      ),
    edit: (orderKey, failureId, body) =>
      update(failureRowKey(orderKey, failureId), 'SET body = :body, contentHash = :hash', {
        ':body': JSON.stringify(body),
        ':hash': contentHashOf(JSON.stringify(body)),
      }),
    async replayedFailure(id, mended = order(id)) {
      await functions.failedOrders([message(`${id}-1`, bad(id), 6)]);
      await actions.edit(id, `${id}-1`, mended);
      await actions.markReplayed(id, `${id}-1`, 1);
      const lineage = { orderKey: id, failureId: `${id}-1` };
      return { lineage, replay: (body) => replayed(message(`${id}-2`, body), lineage) };
    },
  };
  return actions;
}
