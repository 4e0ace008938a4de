import { describe, expect, test } from '@jest/globals';
import { rowReader } from '../../../lambdas/track-orders/rows.ts';
import { stateOf } from '../../../lambdas/track-orders/standing.ts';
import { createHandler } from '../../../lambdas/track-orders/track.ts';
import { failureKinds } from '../../../shared/telemetry.ts';
import { captureConsole } from '../captured-console.ts';
import { deadlineOf } from '../deadline-of.ts';
import { startFaultyEndpoint } from '../faulty-endpoint.ts';
import { readAnswer } from '../http-requests.ts';
import { localClient, tableName } from '../local-table.ts';
import { expectDescribed } from '../open-api.ts';
import { message, order } from '../pipeline-functions.ts';
import { startPipelineWithTable } from '../pipeline-with-table.ts';
import { bad, replayedFailures } from '../replayed-failures.ts';

const lines = captureConsole();
const { local, functions } = await startPipelineWithTable();
const ledger = replayedFailures(local, functions);

async function track(id: string, client = local.client) {
  const handler = createHandler({
    readRows: rowReader(tableName, client),
    random: () => 0,
    publishMetrics: () => {},
    startDeadline: () => deadlineOf(),
  });
  const answer = readAnswer(await handler({ pathParameters: { id } }, { getRemainingTimeInMillis: () => 5_000 }));
  expectDescribed('track', answer);
  return answer;
}

describe('the state of an order', () => {
  test('is queued while nothing is known of it', async () => {
    expect(await track('nobody')).toMatchObject({ status: 200, document: { orderId: 'nobody', state: 'queued' } });
  });

  test('is processed once it is, and says no more of the order than when', async () => {
    await functions.processOrders([message('done-1', order('done'))]);
    const { headers, document } = await track('done');
    expect(document).toEqual({ orderId: 'done', state: 'processed', processedAt: expect.stringMatching(/^2026-.*Z$/) });
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'cache-control': 'no-store' });
  });

  test('is failed with the reasons of the ledger', async () => {
    await functions.failedOrders([message('bad-1', bad('bad'))]);
    expect((await track('bad')).document).toEqual({
      orderId: 'bad',
      state: 'failed',
      failedAt: expect.any(String),
      kind: 'invalid',
      reasons: ['/items must be an array'],
    });
  });

  test('is replayed once it was sent again, and processed in the end', async () => {
    const { replay } = await ledger.replayedFailure('mended');
    expect((await track('mended')).document).toMatchObject({ state: 'replayed' });
    await functions.processOrders([replay(order('mended'))]);
    expect((await track('mended')).document).toMatchObject({ state: 'processed' });
  });

  test('counts other orders that came with its id', async () => {
    await functions.processOrders([message('twice-1', order('twice'))]);
    await functions.failedOrders([message('twice-2', order('twice', { customerName: 'Another' }))]);
    const { document } = await track('twice');
    expect(document).toMatchObject({ state: 'processed', conflicts: 1 });
    expect(JSON.stringify(document)).not.toContain('Another');
  });

  test('is 404 for what can be no id', async () => {
    for (const id of ['', 'x'.repeat(300)]) expect(await track(id)).toMatchObject({ status: 404 });
  });

  test('is 503 with a time to wait while the table does not answer', async () => {
    await using proxy = await startFaultyEndpoint(local.endpoint, () => ({ status: 400, type: 'ValidationException' }));
    const client = localClient(proxy.endpoint);
    const { status, headers, document } = await track('nobody', client);
    client.destroy();
    expect({ status, retryAfter: headers['retry-after'] }).toEqual({ status: 503, retryAfter: '1' });
    expect(JSON.stringify(document)).not.toContain('ValidationException');
    expect(lines).toMatchObject([{ level: 'error', line: { message: 'Order Not Looked Up', orderId: 'nobody' } }]);
  });
});

describe('an order that ran out of attempts', () => {
  const failed = { sk: 'FAILURE#1', status: 'failed', failedAt: '2026-01-01T00:00:00.000Z' } as const;

  test('is told without the error, which is of the pipeline', () => {
    const reasons = ['TypeError: fetch failed (Error: connect ECONNREFUSED 10.0.0.1:443) for Grace Hopper'];
    const state = stateOf([{ ...failed, kind: failureKinds.outOfAttempts, reasons }]);
    expect(state).toMatchObject({ state: 'failed', kind: 'out-of-attempts' });
    expect(JSON.stringify(state)).not.toMatch(/ECONNREFUSED|Grace/);
  });

  test('is the last of its failures, and on its way if one of them was sent again', () => {
    const earlier = { ...failed, kind: failureKinds.invalid, reasons: ['/a is required'] };
    const later = {
      ...failed,
      kind: failureKinds.refused,
      reasons: ['Sold out'],
      failedAt: '2026-01-02T00:00:00.000Z',
    };
    expect(stateOf([later, earlier])).toMatchObject({ kind: 'refused', reasons: ['Sold out'] });
    expect(stateOf([later, { ...earlier, status: 'replayed' }])).toEqual({ state: 'replayed' });
  });
});
