import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TableClient } from '../../lambdas/common/table-client.ts';
import { mostReplays } from '../../shared/ledger/rows.ts';
import { captureConsole } from './captured-console.ts';
import { type LocalTable, startLocalTable } from './local-table.ts';
import {
  done,
  failed,
  inAnotherLayout,
  message,
  order,
  type PipelineFunctions,
  pipelineFunctions,
  replayed,
} from './pipeline-functions.ts';
import { bad, type ReplayedFailures, replayedFailures } from './replayed-failures.ts';

captureConsole();
let local: LocalTable;
let functions: PipelineFunctions;
let ledger: ReplayedFailures;

beforeAll(async () => {
  local = await startLocalTable();
  functions = pipelineFunctions(local.table);
  ledger = replayedFailures(local, functions);
});
afterAll(async () => {
  await local[Symbol.asyncDispose]();
});

const failureOf = async (orderKey: string) => (await ledger.rowsOf(orderKey)).find(({ sk }) => sk !== 'ORDER')!;

describe('a replay with another body than its failure has', () => {
  test('for that was edited since it was sent, marks nothing when it is processed', async () => {
    const { replay } = await ledger.replayedFailure('edited');
    await ledger.edit('edited', 'edited-1', order('edited', { items: ['coffee'] }));
    const before = await failureOf('edited');
    expect(await functions.processOrders([replay(order('edited'))])).toEqual(done);
    expect(await failureOf('edited')).toEqual(before);
    // Nor when it ran out of receives all the same.
    expect(await functions.failedOrders([replay(order('edited'))])).toEqual(done);
    expect(await failureOf('edited')).toEqual(before);
  });

  test('is a failure of its own when it fails, so that neither edit nor order is lost', async () => {
    const { replay } = await ledger.replayedFailure('kept', bad('kept'));
    await ledger.edit('kept', 'kept-1', order('kept'));
    expect(await functions.failedOrders([replay(bad('kept')), replay(bad('kept'))])).toEqual(done);
    expect(await ledger.rowsOf('kept')).toMatchObject([
      { failureId: 'kept-1', body: JSON.stringify(order('kept')), recordedMessages: ['kept-1'] },
      { failureId: 'kept-2', body: JSON.stringify(bad('kept')), recordedMessages: ['kept-2'], replayCount: 0 },
    ]);
  });

  test('that differs in layout alone is one of its failure, when it fails and when it is processed', async () => {
    const { replay } = await ledger.replayedFailure('layout', bad('layout'));
    expect(await functions.failedOrders([replay(inAnotherLayout(bad('layout')))])).toEqual(done);
    expect(await ledger.rowsOf('layout')).toMatchObject([{ recordedMessages: ['layout-1', 'layout-2'] }]);
    await ledger.edit('layout', 'layout-1', order('layout'));
    expect(await functions.processOrders([replay(inAnotherLayout(order('layout')))])).toEqual(done);
    expect(await failureOf('layout')).toMatchObject({ status: 'processed' });
  });

  test('for somebody sent its lineage again with another order, shares no row', async () => {
    const { lineage, replay } = await ledger.replayedFailure('token', bad('token'));
    await functions.failedOrders([replay(bad('token'))]);
    await functions.failedOrders([replayed(message('token-3', bad('re-sent')), lineage)]);
    expect(await ledger.rowsOf('token')).toMatchObject([{ body: JSON.stringify(bad('token')) }]);
    expect(await ledger.rowsOf('re-sent')).toMatchObject([
      { failureId: 'token-3', body: JSON.stringify(bad('re-sent')) },
    ]);
  });

  test('when its failure is edited while it is being written down, is tried again', async () => {
    const { replay } = await ledger.replayedFailure('meanwhile', bad('meanwhile'));
    const { table } = local;
    const edited: TableClient = {
      ...table,
      async get(...request) {
        const row = await table.get(...request);
        await ledger.edit('meanwhile', 'meanwhile-1', order('meanwhile'));
        return row;
      },
    };
    const record = replay(bad('meanwhile'));
    expect(await pipelineFunctions(edited).failedOrders([record])).toEqual(failed('meanwhile-2'));
    expect(await functions.failedOrders([record])).toEqual(done);
    expect((await ledger.rowsOf('meanwhile')).map(({ failureId }) => failureId)).toEqual([
      'meanwhile-1',
      'meanwhile-2',
    ]);
  });

  test('and one beyond those that its failure has room for, is a failure of its own, too', async () => {
    await functions.failedOrders([message('room-1', bad('room'))]);
    const lineage = { orderKey: 'room', failureId: 'room-1' };
    const again = Array.from({ length: mostReplays + 1 }, (_, index) => message(`room-${index + 2}`, bad('room')));
    for (const record of again) await functions.failedOrders([replayed(record, lineage)]);
    const rows = await ledger.rowsOf('room');
    expect(rows.map(({ failureId }) => failureId)).toEqual(['room-1', `room-${mostReplays + 2}`]);
    expect(rows[0]!['recordedMessages']).toHaveLength(mostReplays + 1);
  });
});
