import { describe, expect, test } from '@jest/globals';
import { messageLimits } from '../../../shared/pipeline.ts';
import { createHandler } from '../../../lambdas/failed-orders/record-batch.ts';
import { recordFailureIn } from '../../../lambdas/failed-orders/record-failure.ts';
import { tableClient, type TableClient } from '../../../lambdas/common/table-client.ts';
import type { MetricCounts } from '../../../shared/telemetry.ts';
import { captureConsole } from '../captured-console.ts';
import { consumerDependencies } from '../consumer-dependencies.ts';
import { startFaultyEndpoint } from '../faulty-endpoint.ts';
import { localClient, tableName } from '../local-table.ts';
import { done, failed, message, order, pipelineFunctions, replayToken } from '../pipeline-functions.ts';
import { startPipelineWithTable } from '../pipeline-with-table.ts';

const lines = captureConsole();
const { local, functions, rowsOf } = await startPipelineWithTable();
const unaddressed = (id: string) => order(id, { customerAddress: undefined });

describe('a failure', () => {
  test('is written down with all that is known of it', async () => {
    const record = message('m-known', unaddressed('known'), 6);
    Object.assign(record.attributes, {
      DeadLetterQueueSourceArn: 'arn:aws:sqs:eu-central-1:123456789012:orders',
      AWSTraceHeader: 'Root=1-5759e988-bd862e3fe1be46a994272793',
    });
    record.messageAttributes = {
      channel: { dataType: 'String', stringValue: 'web' },
      signature: { dataType: 'Binary', binaryValue: 'AQID' },
    };
    expect(await functions.failedOrders([record])).toEqual(done);
    const [row] = await rowsOf('known');
    const at = row!['failedAt'];
    const reasons = ['/customerAddress is required'];
    const cause = row!['cause'];
    expect(cause).toMatch(/^[\da-f]{12}$/);
    expect(row).toEqual({
      pk: 'ORDER#known',
      sk: 'FAILURE#m-known',
      failureId: 'm-known',
      orderKey: 'known',
      orderId: 'known',
      status: 'failed',
      kind: 'invalid',
      reasons,
      cause,
      statusShard: expect.stringMatching(/^failed#[0-7]$/) as unknown,
      causeShard: expect.stringMatching(new RegExp(`^${String(cause)}#[0-7]$`)) as unknown,
      firstFailedAt: at,
      failedAt: at,
      sentAt: '2026-01-01T00:00:00.000Z',
      firstSeenAt: '2026-01-01T00:00:00.001Z',
      receiveCount: 6,
      body: record.body,
      contentHash: expect.stringMatching(/^[\da-f]{64}$/) as unknown,
      messageAttributes: [
        { name: 'channel', dataType: 'String', stringValue: 'web' },
        { name: 'signature', dataType: 'Binary', binaryValue: 'AQID' },
      ],
      sourceQueueArn: 'arn:aws:sqs:eu-central-1:123456789012:orders',
      traceId: '1-5759e988-bd862e3fe1be46a994272793',
      schemaVersion: expect.stringMatching(/^[\da-f]{12}$/) as unknown,
      replayCount: 0,
      replayToken,
      recordedMessages: ['m-known'],
      history: [{ at, event: 'failed', messageId: 'm-known', kind: 'invalid', reasons, receiveCount: 6 }],
    });
    expect(await local.indexed('byStatus')).toContain('failed m-known');
    expect(await local.indexed('byCause')).toContain(`${String(cause)} m-known`);
    expect(lines).toEqual([
      {
        level: 'error',
        line: {
          message: 'Failed Order',
          orderId: 'known',
          messageId: 'm-known',
          receiveCount: 6,
          traceId: '1-5759e988-bd862e3fe1be46a994272793',
          kind: 'invalid',
          reasons,
          cause,
          sourceQueue: 'orders',
        },
      },
    ]);
  });

  test('whose body names no order is kept under its message', async () => {
    expect(await functions.failedOrders([message('m-broken', '{"customerName": "Ad')])).toEqual(done);
    const [row] = await rowsOf('m-broken');
    expect(row).toMatchObject({ sk: 'FAILURE#m-broken', kind: 'not-json', body: '{"customerName": "Ad' });
    expect(row).not.toHaveProperty('orderId');
  });

  test('that is delivered twice is written down once', async () => {
    const record = message('m-twice', unaddressed('failed-twice'));
    await functions.failedOrders([record, record]);
    const once = await rowsOf('failed-twice');
    expect(once).toHaveLength(1);
    expect(await functions.failedOrders([message('m-twice', unaddressed('failed-twice'), 9)])).toEqual(done);
    expect(await rowsOf('failed-twice')).toEqual(once);
  });

  test('counts once and is logged as new once, however often it is delivered', async () => {
    const published: MetricCounts[] = [];
    const counting = pipelineFunctions(local.table, { publishMetrics: (counts) => published.push(counts) });
    const record = message('m-counted', unaddressed('counted'));
    for (let delivery = 0; delivery < 3; delivery += 1) expect(await counting.failedOrders([record])).toEqual(done);
    expect(published).toEqual([{ FailuresRecorded: 1, FailuresInvalid: 1 }, {}, {}]);
    expect(lines.map(({ level, line }) => [level, line['message']])).toEqual([
      ['error', 'Failed Order'],
      ['info', 'Failure Already Recorded'],
      ['info', 'Failure Already Recorded'],
    ]);
  });

  test('counts once when a batch holds its message twice', async () => {
    const { dependencies, published } = consumerDependencies();
    let tokens = 0;
    const failedOrders = createHandler({
      ...dependencies,
      recordFailure: recordFailureIn(
        local.table,
        () => Date.UTC(2026, 0, 1),
        () => `token ${(tokens += 1)}`,
      ),
      backoff: { base: 1, cap: 3_600 },
    });
    const record = message('m-twice-at-once', unaddressed('twice-at-once'));
    await failedOrders({ Records: [record, record] }, { getRemainingTimeInMillis: () => 10_000 });
    expect(published).toEqual([{ FailuresRecorded: 1, FailuresInvalid: 1 }]);
  });

  test('counts, and is logged, when the table fails after it was written down', async () => {
    const published: MetricCounts[] = [];
    const { table } = local;
    let throttled = 0;
    const throttling: TableClient = {
      ...table,
      async update(request, signal) {
        if (request.UpdateExpression.includes('failedCopies') && (throttled += 1) === 1) throw new Error('Slow down.');
        return table.update(request, signal);
      },
    };
    const counting = pipelineFunctions(throttling, { publishMetrics: (counts) => published.push(counts) });
    const record = message('m-half', order('half'), 6);
    expect(await counting.failedOrders([record])).toEqual(failed('m-half'));
    expect(await counting.failedOrders([record])).toEqual(done);
    expect(published).toEqual([{ FailuresRecorded: 1, FailuresOutOfAttempts: 1, FailuresNotRecorded: 1 }, {}]);
    expect(lines.map(({ line }) => line['message'])).toEqual([
      'Failed Order',
      'Failure Not Recorded',
      'Tries Scheduled',
      'Failure Already Recorded',
    ]);
  });

  test('counts when the table’s answer is lost and the SDK asks again', async () => {
    const published: MetricCounts[] = [];
    const { table } = local;
    const asksTwice: TableClient = {
      ...table,
      async update(request, signal) {
        await table.update(request, signal);
        return table.update(request, signal);
      },
    };
    const counting = pipelineFunctions(asksTwice, { publishMetrics: (counts) => published.push(counts) });
    await counting.failedOrders([message('m-lost-answer', unaddressed('lost-answer'))]);
    expect(published).toEqual([{ FailuresRecorded: 1, FailuresInvalid: 1 }]);
  });

  test('keeps a body as large as a message may be, whole, in its row', async () => {
    const body = 'x'.repeat(messageLimits.bytes);
    expect(await functions.failedOrders([message('m-large', body)])).toEqual(done);
    const rows = await rowsOf('m-large');
    expect(rows).toMatchObject([{ sk: 'FAILURE#m-large', kind: 'not-json' }]);
    expect(rows[0]!['body'] === body).toBe(true);
  });

  test('keeps message attributes as large as a message may be, binary ones in base64, in its row', async () => {
    const record = message('m-attributes', unaddressed('attributes'));
    const binaryValue = Buffer.alloc(messageLimits.bytes - 200).toString('base64');
    record.messageAttributes = { note: { dataType: 'Binary', binaryValue } };
    expect(await functions.failedOrders([record])).toEqual(done);
    const rows = await rowsOf('attributes');
    expect(rows.map(({ sk }) => sk)).toEqual(['FAILURE#m-attributes']);
    const list = JSON.stringify([{ name: 'note', dataType: 'Binary', binaryValue }]);
    expect(JSON.stringify(rows[0]!['messageAttributes']) === list).toBe(true);
  });
});

describe('a valid order in bad-orders', () => {
  test('that was not processed is out of attempts', async () => {
    await functions.failedOrders([message('m1', order('exhausted'))]);
    expect(await rowsOf('exhausted')).toMatchObject([
      { sk: 'FAILURE#m1', kind: 'out-of-attempts', reasons: [] },
      // No order yet: word of the failure, for a copy that may be processed later.
      { sk: 'ORDER', failedCopies: [expect.stringContaining('m1')] },
    ]);
  });

  test('that was processed after all is no failure', async () => {
    await functions.processOrders([message('m1', order('saved'))]);
    expect(await functions.failedOrders([message('m1', order('saved'), 6)])).toEqual(done);
    expect(await rowsOf('saved')).toMatchObject([{ sk: 'ORDER' }]);
    expect(lines.at(-1)).toEqual({
      level: 'info',
      line: {
        message: 'Already Processed',
        orderId: 'saved',
        messageId: 'm1',
        receiveCount: 6,
        firstMessageId: 'm1',
      },
    });
  });

  test('whose id another order has is a conflict', async () => {
    await functions.processOrders([message('m1', order('occupied'))]);
    await functions.failedOrders([message('m2', order('occupied', { items: ['coffee'] }))]);
    expect(await rowsOf('occupied')).toMatchObject([
      { sk: 'FAILURE#m2', kind: 'conflicting-id', reasons: ['/orderId belongs to another order'], status: 'failed' },
      { sk: 'ORDER', messageId: 'm1' },
    ]);
  });
});

describe('while the table is down', () => {
  test('messages stay in bad-orders, and come back later and later, within the hour', async () => {
    const fault = { status: 500, type: 'InternalServerError' };
    await using proxy = await startFaultyEndpoint(local.endpoint, () => fault);
    const client = localClient(proxy.endpoint);
    const down = pipelineFunctions(tableClient(tableName, client));
    const records = [6, 7, 8, 100].map((count) => message(`down-${count}`, unaddressed('down'), count));
    expect(await down.failedOrders(records)).toEqual(failed('down-6', 'down-7', 'down-8', 'down-100'));
    client.destroy();
    expect(down.visibilityChanges.map(({ VisibilityTimeout }) => VisibilityTimeout)).toEqual([16, 32, 64, 1_800]);
    expect(lines.map(({ line }) => line['message'])).toEqual([
      ...records.map(() => 'Failure Not Recorded'),
      'Tries Scheduled',
    ]);
    expect(await rowsOf('down')).toEqual([]);
  });

  test('just the failures that cannot be written are kept', async () => {
    const fault = { status: 400, type: 'ThrottlingException' };
    await using proxy = await startFaultyEndpoint(local.endpoint, (body) => (body.includes('hot') ? fault : 'none'));
    const client = localClient(proxy.endpoint);
    const throttled = pipelineFunctions(tableClient(tableName, client));
    const records = ['hot', 'cool'].map((id) => message(`m-${id}`, unaddressed(id)));
    expect(await throttled.failedOrders(records)).toEqual(failed('m-hot'));
    expect(await rowsOf('cool')).toHaveLength(1);
    client.destroy();
  });
});
