import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { tableClient } from '../../lambdas/common/table-client.ts';
import { failureRowKey } from '../../shared/ledger/rows.ts';
import { captureConsole } from './captured-console.ts';
import { startFaultyEndpoint } from './faulty-endpoint.ts';
import { localClient, tableName } from './local-table.ts';
import { done, failed, message, order, pipelineFunctions, replayed } from './pipeline-functions.ts';
import { startPipelineWithTable } from './pipeline-with-table.ts';
import { bad, replayedFailures } from './replayed-failures.ts';

captureConsole();
const { local, functions, rowsOf } = await startPipelineWithTable();
const ledger = replayedFailures(local, functions);

const failureOf = async (orderKey: string) => (await rowsOf(orderKey)).find(({ sk }) => sk !== 'ORDER')!;
const madeUp = (id: string, body: unknown) =>
  replayed(message(`${id}-forged`, body), { orderKey: id, failureId: `${id}-1`, token: 'guessed' });
const eventsOf = ({ history }: Readonly<Record<string, unknown>>) =>
  (history as { event: string; messageId?: string }[]).map(({ event, messageId }) => `${event} ${messageId}`);

describe('a replay that is processed', () => {
  test('marks its failure, which leaves both indexes', async () => {
    const { replay } = await ledger.replayedFailure('mended');
    expect(await functions.processOrders([replay(order('mended'))])).toEqual(done);
    const [failure, processed] = await rowsOf('mended');
    expect(processed).toMatchObject({ sk: 'ORDER', messageId: 'mended-2', failureId: 'mended-1' });
    expect(failure).toMatchObject({ status: 'processed', replayCount: 1 });
    expect(eventsOf(failure!)).toEqual(['failed mended-1', 'processed mended-2']);
    expect((await local.indexed('byStatus')).filter((id) => id.endsWith('mended-1'))).toEqual([]);
    expect((await local.indexed('byCause')).filter((id) => id.endsWith('mended-1'))).toEqual([]);
  });

  test('before it could be marked as replayed is marked as processed', async () => {
    await functions.failedOrders([message('quick-1', bad('quick'))]);
    await ledger.edit('quick', 'quick-1', order('quick'));
    const replay = replayed(message('quick-2', order('quick')), { orderKey: 'quick', failureId: 'quick-1' });
    await functions.processOrders([replay]);
    expect(await failureOf('quick')).toMatchObject({ status: 'processed' });
  });

  test('twice is marked once', async () => {
    const { replay } = await ledger.replayedFailure('marked-once');
    await functions.processOrders([replay(order('marked-once'))]);
    const rows = await rowsOf('marked-once');
    expect(await functions.processOrders([replay(order('marked-once'))])).toEqual(done);
    expect(await rowsOf('marked-once')).toEqual(rows);
  });

  test('under a new id marks the failure where it stands', async () => {
    const { replay } = await ledger.replayedFailure('old-id', order('new-id'));
    await functions.processOrders([replay(order('new-id'))]);
    expect(await failureOf('old-id')).toMatchObject({ status: 'processed' });
    expect(await rowsOf('new-id')).toMatchObject([{ sk: 'ORDER', failureId: 'old-id-1' }]);
  });

  test('fails for now when its failure cannot be marked, and the next try marks it', async () => {
    const { replay } = await ledger.replayedFailure('unmarked');
    await using proxy = await startFaultyEndpoint(local.endpoint, (body) =>
      body.includes('FAILURE#') ? { status: 500, type: 'InternalServerError' } : 'none',
    );
    const client = localClient(proxy.endpoint);
    const faulty = pipelineFunctions(tableClient(tableName, client));
    expect(await faulty.processOrders([replay(order('unmarked'))])).toEqual(failed('unmarked-2'));
    client.destroy();
    expect(await failureOf('unmarked')).toMatchObject({ status: 'replayed' });
    expect(await functions.processOrders([replay(order('unmarked'))])).toEqual(done);
    expect(await failureOf('unmarked')).toMatchObject({ status: 'processed' });
  });

  test('and used up its receives all the same is marked by failed-orders', async () => {
    const { replay } = await ledger.replayedFailure('late-mark');
    await functions.processOrders([message('late-mark-2', order('late-mark'))]);
    expect(await functions.failedOrders([replay(order('late-mark'))])).toEqual(done);
    expect(await failureOf('late-mark')).toMatchObject({ status: 'processed' });
  });

  test('of a failure that was purged meanwhile is a success', async () => {
    const { replay } = await ledger.replayedFailure('purged');
    const { pk, sk } = failureRowKey('purged', 'purged-1');
    await local.client.send(new DeleteItemCommand({ TableName: tableName, Key: { pk: { S: pk }, sk: { S: sk } } }));
    expect(await functions.processOrders([replay(order('purged'))])).toEqual(done);
    expect(await rowsOf('purged')).toMatchObject([{ sk: 'ORDER' }]);
  });
});

describe('a replay that fails', () => {
  test('goes back to its row, with the new reason and the old history', async () => {
    const body = order('again', { customerName: '' });
    const { replay } = await ledger.replayedFailure('again', body);
    const first = await failureOf('again');
    expect(await functions.failedOrders([replay(body)])).toEqual(done);
    const rows = await rowsOf('again');
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      failureId: 'again-1',
      status: 'failed',
      reasons: ['/customerName must not be empty'],
      body: JSON.stringify(body),
      replayCount: 1,
      firstFailedAt: first['firstFailedAt'],
      recordedMessages: ['again-1', 'again-2'],
    });
    expect(rows[0]!['cause']).not.toBe(first['cause']);
    expect(eventsOf(rows[0]!)).toEqual(['failed again-1', 'failed again-2']);
    expect(await local.indexed('byStatus')).toContain('failed again-1');
    expect(await local.indexed('byCause')).toContain(`${String(rows[0]!['cause'])} again-1`);
  });

  test('before it could be marked as replayed is counted', async () => {
    await functions.failedOrders([message('counted-1', bad('counted'))]);
    const lineage = { orderKey: 'counted', failureId: 'counted-1', count: 1 };
    await functions.failedOrders([replayed(message('counted-2', bad('counted')), lineage)]);
    expect(await failureOf('counted')).toMatchObject({ status: 'failed', replayCount: 1 });
  });

  test('without an order id finds the row of its first message', async () => {
    await functions.failedOrders([message('anonymous-1', '{')]);
    const lineage = { orderKey: 'anonymous-1', failureId: 'anonymous-1' };
    await functions.failedOrders([replayed(message('anonymous-2', '{'), lineage)]);
    expect(await rowsOf('anonymous-1')).toMatchObject([{ recordedMessages: ['anonymous-1', 'anonymous-2'] }]);
    expect(await rowsOf('anonymous-2')).toEqual([]);
  });

  test('does not carry its lineage into the attributes that the next replay sends', async () => {
    const { replay } = await ledger.replayedFailure('plain', bad('plain'));
    const record = replay(bad('plain'));
    record.messageAttributes['channel'] = { dataType: 'String', stringValue: 'web' };
    await functions.failedOrders([record]);
    expect((await failureOf('plain'))['messageAttributes']).toEqual([
      { name: 'channel', dataType: 'String', stringValue: 'web' },
    ]);
  });

  test('after its failure was purged is written down anew', async () => {
    const lineage = { orderKey: 'anew', failureId: 'anew-1', count: 3 };
    await functions.failedOrders([replayed(message('anew-4', bad('anew')), lineage)]);
    expect(await rowsOf('anew')).toMatchObject([{ sk: 'FAILURE#anew-4', status: 'failed', replayCount: 0 }]);
  });
});

describe('a lineage that a sender made up, not knowing the token of the failure,', () => {
  test('puts no other body in the place of the one that failed: the message is a failure of its own', async () => {
    await ledger.replayedFailure('targeted');
    const before = await failureOf('targeted');
    const forged = madeUp('targeted', bad('forger'));
    expect(await functions.failedOrders([forged, forged])).toEqual(done);
    expect(await rowsOf('targeted')).toEqual([before]);
    expect(await rowsOf('forger')).toMatchObject([{ failureId: 'targeted-forged', status: 'failed', replayCount: 0 }]);
  });

  test('leaves the failure alone, too, when the message has no id of its own', async () => {
    await functions.failedOrders([message('nameless-1', '{')]);
    const before = await failureOf('nameless-1');
    const lineage = { orderKey: 'nameless-1', failureId: 'nameless-1', token: 'guessed' };
    await functions.failedOrders([replayed(message('nameless-forged', '['), lineage)]);
    const rows = await rowsOf('nameless-1');
    expect(rows).toContainEqual(before);
    expect(rows).toContainEqual(expect.objectContaining({ failureId: 'nameless-forged', body: '[' }));
  });

  test('gives no two messages one row where there is no such failure', async () => {
    const lineage = { orderKey: 'nowhere', failureId: 'nobody', token: 'guessed' };
    for (const id of ['same-1', 'same-2']) await functions.failedOrders([replayed(message(id, bad(id)), lineage)]);
    expect(await rowsOf('same-1')).toMatchObject([{ failureId: 'same-1', body: JSON.stringify(bad('same-1')) }]);
    expect(await rowsOf('same-2')).toMatchObject([{ failureId: 'same-2', body: JSON.stringify(bad('same-2')) }]);
  });

  test('does not mark the failure as processed', async () => {
    await ledger.replayedFailure('hidden');
    const before = await failureOf('hidden');
    const forged = madeUp('hidden', order('cover'));
    expect(await functions.processOrders([forged])).toEqual(done);
    expect(await functions.failedOrders([forged])).toEqual(done);
    expect(await failureOf('hidden')).toEqual(before);
    expect(await rowsOf('cover')).toMatchObject([{ sk: 'ORDER', messageId: 'hidden-forged' }]);
  });
});

describe('a late delivery', () => {
  test('of the message that failed first changes nothing of a failure that is replayed or processed', async () => {
    const { replay } = await ledger.replayedFailure('late');
    const first = message('late-1', bad('late'), 7);
    const whenReplayed = await rowsOf('late');
    expect(await functions.failedOrders([first])).toEqual(done);
    expect(await rowsOf('late')).toEqual(whenReplayed);
    await functions.processOrders([replay(order('late'))]);
    const whenProcessed = await rowsOf('late');
    expect(await functions.failedOrders([first])).toEqual(done);
    expect(await rowsOf('late')).toEqual(whenProcessed);
  });

  test('of a replay that a later one has overtaken is history only, and only once', async () => {
    const { replay } = await ledger.replayedFailure('overtaken', bad('overtaken'));
    await ledger.markReplayed('overtaken', 'overtaken-1', 2);
    const late = replay(bad('overtaken'));
    expect(await functions.failedOrders([late, late])).toEqual(done);
    expect(await functions.failedOrders([late])).toEqual(done);
    const failure = await failureOf('overtaken');
    expect(failure).toMatchObject({ status: 'replayed', replayCount: 2 });
    expect(eventsOf(failure)).toEqual(['failed overtaken-1', 'failed overtaken-2']);
    expect(await local.indexed('byStatus')).toContain('replayed overtaken-1');
  });
});
