import { describe, expect, test } from '@jest/globals';
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { TableClient } from '../../lambdas/common/table-client.ts';
import { contentHashOf } from '../../shared/ledger/content.ts';
import { attributeValues } from '../../shared/ledger/expressions.ts';
import { failedCopyText, failureRowKey, mostFailedCopies, orderRowKey } from '../../shared/ledger/rows.ts';
import { captureConsole } from './captured-console.ts';
import { tableName } from './local-table.ts';
import {
  done,
  failed,
  hashOfBytes,
  inAnotherLayout,
  message,
  order,
  pipelineFunctions,
  replayed,
} from './pipeline-functions.ts';
import { startPipelineWithTable } from './pipeline-with-table.ts';

/*
 * An order may be in two messages, sent twice or delivered twice: one copy runs out of receives while another one is
 * processed. Whichever comes first, and whatever is cut short, it is processed and no failure waits for anybody.
 */
captureConsole();
const { local } = await startPipelineWithTable();
const statusOf = async (orderKey: string, failureId: string) => {
  const { pk, sk } = failureRowKey(orderKey, failureId);
  return (await local.rows()).find((row) => row['pk'] === pk && row['sk'] === sk)?.['status'];
};
const isProcessed = async (orderKey: string) =>
  (await local.rows()).some(({ pk, sk, contentHash }) => pk === `ORDER#${orderKey}` && sk === 'ORDER' && contentHash);
const waiting = async (failureId: string) =>
  [...(await local.indexed('byStatus')), ...(await local.indexed('byCause'))].filter((id) => id.includes(failureId));

/** The table, with something that happens before its nth update. */
function beforeUpdate(number: number, happen: () => Promise<unknown>): TableClient {
  let updates = 0;
  return {
    ...local.table,
    async update(request, signal) {
      updates += 1;
      if (updates === number) await happen();
      return local.table.update(request, signal);
    },
  };
}

async function change(key: object, UpdateExpression: string, values?: Parameters<typeof attributeValues>[0]) {
  const Key = attributeValues({ ...key });
  const ExpressionAttributeValues = values && attributeValues(values);
  const update = { TableName: tableName, Key, UpdateExpression, ExpressionAttributeValues };
  await local.client.send(new UpdateItemCommand(update));
}

const cutShort = () => Promise.reject(new Error('cut short'));

describe('of two copies of an order, one that ran out of receives', () => {
  test('waits for somebody while no copy is processed', async () => {
    const functions = pipelineFunctions(local.table);
    expect(await functions.failedOrders([message('alone-1', order('alone'))])).toEqual(done);
    expect(await statusOf('alone', 'alone-1')).toBe('failed');
    expect(await isProcessed('alone')).toBe(false);
  });

  test('is in the ledger also when the row of its order remembers as many as it has room for', async () => {
    const { pk, sk } = orderRowKey('many');
    const texts = Array.from({ length: mostFailedCopies }, (_, index) =>
      failedCopyText('of another body', { orderKey: 'many', failureId: `many-${index}` }),
    );
    await change({ pk, sk }, 'SET failedCopies = :texts', { ':texts': new Set(texts) });
    const functions = pipelineFunctions(local.table);
    expect(await functions.failedOrders([message('many-too', order('many'))])).toEqual(done);
    expect(await statusOf('many', 'many-too')).toBe('failed');
    const row = (await local.rows()).find((each) => each['pk'] === pk && each['sk'] === sk);
    expect(new Set(row!['failedCopies'] as Iterable<string>)).toEqual(new Set(texts));
    // Nobody has told process-orders: a replay, which finds the order processed, marks the failure.
    await functions.processOrders([message('many-copy', order('many'))]);
    expect(await statusOf('many', 'many-too')).toBe('failed');
    await functions.processOrders([
      replayed(message('many-replay', order('many')), { orderKey: 'many', failureId: 'many-too' }),
    ]);
    expect(await statusOf('many', 'many-too')).toBe('processed');
  });

  test('is no failure any more when the other one is processed later', async () => {
    const functions = pipelineFunctions(local.table);
    await functions.failedOrders([message('later-1', order('later')), message('later-2', order('later'))]);
    expect(await functions.processOrders([message('later-3', order('later'))])).toEqual(done);
    expect(await isProcessed('later')).toBe(true);
    expect([await statusOf('later', 'later-1'), await statusOf('later', 'later-2')]).toEqual([
      'processed',
      'processed',
    ]);
    expect(await waiting('later-')).toEqual([]);
  });

  test.each([
    ['before its failure is written', 1],
    ['right after its failure was written', 2],
  ])('is no failure when the other one is processed %s', async (_when, number) => {
    const id = `meanwhile-${number}`;
    const functions = pipelineFunctions(local.table);
    const table = beforeUpdate(number, () => functions.processOrders([message(`${id}-other`, order(id))]));
    expect(await pipelineFunctions(table).failedOrders([message(`${id}-m`, order(id))])).toEqual(done);
    expect(await isProcessed(id)).toBe(true);
    expect(await statusOf(id, `${id}-m`)).toBe('processed');
    expect(await waiting(`${id}-m`)).toEqual([]);
  });

  test('and whose writing-down was cut short is no failure when it comes again', async () => {
    const functions = pipelineFunctions(local.table);
    const record = message('short-1', order('short'));
    expect(await pipelineFunctions(beforeUpdate(2, cutShort)).failedOrders([record])).toEqual(failed('short-1'));
    await functions.processOrders([message('short-2', order('short'))]);
    expect(await statusOf('short', 'short-1')).toBe('failed');
    expect(await functions.failedOrders([record])).toEqual(done);
    expect(await statusOf('short', 'short-1')).toBe('processed');
  });

  test.each([
    ['the copy itself', (functions: Functions, id: string) => functions.processOrders([message(`${id}-2`, order(id))])],
    ['failed-orders', (functions: Functions, id: string) => functions.failedOrders([message(`${id}-2`, order(id))])],
  ])('is marked when process-orders was cut short before it could, by %s', async (who, again) => {
    const id = `unmarked-${who.replaceAll(' ', '-')}`;
    const functions = pipelineFunctions(local.table);
    await functions.failedOrders([message(`${id}-1`, order(id))]);
    const interrupted = pipelineFunctions(beforeUpdate(2, cutShort));
    expect(await interrupted.processOrders([message(`${id}-2`, order(id))])).toEqual(failed(`${id}-2`));
    expect(await statusOf(id, `${id}-1`)).toBe('failed');
    expect(await again(functions, id)).toEqual(done);
    expect(await statusOf(id, `${id}-1`)).toBe('processed');
  });

  test('stays a failure when somebody edited its body before the other one is processed', async () => {
    const functions = pipelineFunctions(local.table);
    await functions.failedOrders([message('edited-1', order('edited'))]);
    await change(failureRowKey('edited', 'edited-1'), 'SET body = :body, contentHash = :hash', {
      ':body': '{}',
      ':hash': contentHashOf('{}'),
    });
    expect(await functions.processOrders([message('edited-2', order('edited'))])).toEqual(done);
    expect(await statusOf('edited', 'edited-1')).toBe('failed');
  });

  test('is no failure any more when the other one in another layout is processed', async () => {
    const functions = pipelineFunctions(local.table);
    await functions.failedOrders([message('layout-1', order('layout'))]);
    expect(await functions.processOrders([message('layout-2', inAnotherLayout(order('layout')))])).toEqual(done);
    expect(await statusOf('layout', 'layout-1')).toBe('processed');
    expect(await waiting('layout-')).toEqual([]);
    await functions.failedOrders([message('layout-3', order('layout'))]);
    expect(await statusOf('layout', 'layout-3')).toBeUndefined();
  });

  test('that an older release wrote down is no failure any more when the same bytes are processed', async () => {
    const functions = pipelineFunctions(local.table);
    await functions.failedOrders([message('older-1', order('older'))]);
    const text = failedCopyText(hashOfBytes(JSON.stringify(order('older'))), {
      orderKey: 'older',
      failureId: 'older-1',
    });
    await change(orderRowKey('older'), 'SET failedCopies = :texts', { ':texts': new Set([text]) });
    await change(failureRowKey('older', 'older-1'), 'REMOVE contentHash');
    await functions.processOrders([message('older-2', order('older'))]);
    expect(await statusOf('older', 'older-1')).toBe('processed');
  });

  test('stays a failure when another order with its id is processed', async () => {
    const functions = pipelineFunctions(local.table);
    await functions.failedOrders([message('other-1', order('other'))]);
    await functions.processOrders([message('other-2', order('other', { items: ['coffee'] }))]);
    expect(await isProcessed('other')).toBe(true);
    expect(await statusOf('other', 'other-1')).toBe('failed');
  });
});

type Functions = ReturnType<typeof pipelineFunctions>;

test('a good order costs one request to the table', async () => {
  let requests = 0;
  const table: TableClient = {
    update: (...request) => ((requests += 1), local.table.update(...request)),
    get: (...request) => ((requests += 1), local.table.get(...request)),
  };
  await pipelineFunctions(table).processOrders([message('cheap-1', order('cheap'))]);
  expect(requests).toBe(1);
});
