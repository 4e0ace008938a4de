import { setImmediate } from 'node:timers/promises';
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { tableClient } from '../../../lambdas/common/table-client.ts';
import { attributeValues } from '../../../shared/ledger/expressions.ts';
import { orderRowKey } from '../../../shared/ledger/rows.ts';
import { captureConsole } from '../captured-console.ts';
import { type Fault, startFaultyEndpoint } from '../faulty-endpoint.ts';
import { localClient, tableName } from '../local-table.ts';
import {
  done,
  failed,
  hashOfBytes,
  inAnotherLayout,
  message,
  order,
  pipelineFunctions,
  replayed,
} from '../pipeline-functions.ts';
import { startPipelineWithTable } from '../pipeline-with-table.ts';
import { messageLimits } from '../../../shared/pipeline.ts';

const lines = captureConsole();
const { local, functions, rowsOf } = await startPipelineWithTable();
const said = () => lines.map(({ line }) => line['message']);

describe('a good order', () => {
  test('is written under its id, with all that is known of it', async () => {
    const record = message('m1', order('all-known'), 2);
    record.attributes.AWSTraceHeader = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';
    expect(await functions.processOrders([record])).toEqual(done);
    expect(await rowsOf('all-known')).toEqual([
      {
        pk: 'ORDER#all-known',
        sk: 'ORDER',
        orderKey: 'all-known',
        body: record.body,
        contentHash: expect.stringMatching(/^[\da-f]{64}$/) as unknown,
        processedAt: expect.stringMatching(/^2026-01-01T00:00:0\d\.000Z$/) as unknown,
        messageId: 'm1',
        sentAt: '2026-01-01T00:00:00.000Z',
        receiveCount: 2,
        schemaVersion: expect.stringMatching(/^[\da-f]{12}$/) as unknown,
        traceId: '1-5759e988-bd862e3fe1be46a994272793',
        failureId: null,
      },
    ]);
    expect(said()).toEqual(['Good Order']);
  });

  test('is in no index: it costs one write', async () => {
    await functions.processOrders([message('m1', order('unindexed'))]);
    expect([...(await local.indexed('byStatus')), ...(await local.indexed('byCause'))]).toEqual([]);
  });

  test('that comes again is a success that says so and changes nothing, whatever message brings it', async () => {
    await functions.processOrders([message('m1', order('twice'))]);
    const once = await rowsOf('twice');
    const again = message('m1', order('twice'), 2);
    const copy = replayed(message('m2', order('twice')), { orderKey: 'twice', failureId: 'f' });
    copy.attributes.AWSTraceHeader = 'Root=1-69200000-0123456789abcdef01234567';
    expect(await functions.processOrders([again, copy])).toEqual(done);
    expect(await rowsOf('twice')).toEqual(once);
    expect(lines.slice(1).map(({ level, line }) => ({ level, ...line }))).toEqual([
      {
        level: 'info',
        message: 'Duplicate Order',
        orderId: 'twice',
        messageId: 'm1',
        receiveCount: 2,
        firstMessageId: 'm1',
      },
      {
        level: 'info',
        message: 'Duplicate Order',
        orderId: 'twice',
        messageId: 'm2',
        receiveCount: 1,
        traceId: '1-69200000-0123456789abcdef01234567',
        firstMessageId: 'm1',
      },
    ]);
  });

  test('that comes again in another layout is a duplicate, and its row keeps the text that came first', async () => {
    await functions.processOrders([message('m1', order('layouts'))]);
    const once = await rowsOf('layouts');
    expect(await functions.processOrders([message('m2', inAnotherLayout(order('layouts')))])).toEqual(done);
    expect(await rowsOf('layouts')).toEqual(once);
    expect(said()).toEqual(['Good Order', 'Duplicate Order']);
  });

  test('that an older release wrote is a duplicate when the same bytes come again', async () => {
    await functions.processOrders([message('m1', order('older'))]);
    const contentHash = hashOfBytes(JSON.stringify(order('older')));
    const update = {
      TableName: tableName,
      Key: attributeValues(orderRowKey('older')),
      UpdateExpression: 'SET contentHash = :hash',
      ExpressionAttributeValues: attributeValues({ ':hash': contentHash }),
    };
    await local.client.send(new UpdateItemCommand(update));
    expect(await functions.processOrders([message('m1', order('older'))])).toEqual(done);
    expect(await functions.failedOrders([message('m2', order('older'))])).toEqual(done);
    expect(await rowsOf('older')).toMatchObject([{ sk: 'ORDER', contentHash }]);
  });

  test('is written once when all of a batch are the same order', async () => {
    const records = Array.from({ length: 10 }, (_, index) => message(`m${index}`, order('tenfold')));
    expect(await functions.processOrders(records)).toEqual(done);
    expect(await rowsOf('tenfold')).toHaveLength(1);
    expect(said().filter((text) => text === 'Good Order')).toHaveLength(1);
  });

  test('without an id is written under that of its message', async () => {
    expect(await functions.processOrders([message('m-without', order(undefined))])).toEqual(done);
    expect(await rowsOf('m-without')).toMatchObject([{ sk: 'ORDER', orderKey: 'm-without' }]);
  });

  test('without an id that is replayed keeps the key of its first message', async () => {
    const lineage = { orderKey: 'first-message', failureId: 'first-message' };
    const replay = () => replayed(message('second-message', order(undefined)), lineage);
    expect(await functions.processOrders([replay()])).toEqual(done);
    expect(await functions.processOrders([replay()])).toEqual(done);
    expect(await rowsOf('first-message')).toMatchObject([{ sk: 'ORDER', failureId: 'first-message' }]);
    expect(await rowsOf('second-message')).toEqual([]);
  });
});

describe('two different orders with one id', () => {
  test('are a failure of the second with that reason, and the first stays', async () => {
    await functions.processOrders([message('m1', order('taken'))]);
    const first = await rowsOf('taken');
    expect(await functions.processOrders([message('m2', order('taken', { items: ['coffee'] }))])).toEqual(failed('m2'));
    expect(await rowsOf('taken')).toEqual(first);
    expect(lines.at(-1)).toEqual({
      level: 'warn',
      line: {
        message: 'Bad Order',
        orderId: 'taken',
        messageId: 'm2',
        receiveCount: 1,
        kind: 'conflicting-id',
        reasons: ['/orderId belongs to another order'],
      },
    });
    // At once: waiting makes no other order of it.
    expect(functions.visibilityChanges.at(-1)).toMatchObject({ VisibilityTimeout: 0 });
  });

  test('in one batch leave exactly one row', async () => {
    const records = ['a', 'b'].map((item) => message(item, order('contended', { items: [item] })));
    const { batchItemFailures } = await functions.processOrders(records);
    expect(batchItemFailures).toHaveLength(1);
    const [row] = await rowsOf('contended');
    expect(row!['messageId']).not.toBe(batchItemFailures[0]!.itemIdentifier);
  });
});

test('an order as large as a message may be is kept whole in its row', async () => {
  const small = Buffer.byteLength(JSON.stringify(order('large', { items: [''] })));
  const room = messageLimits.bytes - small;
  const body = JSON.stringify(order('large', { items: ['€'.repeat(room / 3) + 'x'.repeat(room % 3)] }));
  expect(Buffer.byteLength(body)).toBe(messageLimits.bytes);
  expect(await functions.processOrders([message('m1', body), message('m2', body)])).toEqual(done);
  const rows = await rowsOf('large');
  expect(rows.map(({ sk }) => sk)).toEqual(['ORDER']);
  expect(rows[0]!['body'] === body).toBe(true);
});

/** The functions behind a table that has faults for requests that name the unlucky one. */
async function processThrough(faultOf: (body: string) => Fault) {
  const proxy = await startFaultyEndpoint(local.endpoint, (body) =>
    body.includes('unlucky') ? faultOf(body) : 'none',
  );
  const client = localClient(proxy.endpoint);
  return {
    silenced: proxy.silenced,
    functions: pipelineFunctions(tableClient(tableName, client)),
    async [Symbol.asyncDispose]() {
      client.destroy();
      await proxy[Symbol.asyncDispose]();
    },
  };
}

function batch(name: string) {
  return [
    message('lucky-1', order(`${name}-1`)),
    message('unlucky', order(`${name}-unlucky`), 3),
    message('lucky-2', order(`${name}-2`)),
  ];
}

describe('a table that fails for one record', () => {
  test.each([
    ['throttles', 400, 'ProvisionedThroughputExceededException'],
    ['is at fault itself', 500, 'InternalServerError'],
    ['refuses the role', 400, 'AccessDeniedException'],
  ])('because it %s fails just that record, and has it back later', async (_what, status, type) => {
    const fault = { status, type };
    const name = type;
    await using faulty = await processThrough(() => fault);
    expect(await faulty.functions.processOrders(batch(name))).toEqual(failed('unlucky'));
    expect(faulty.functions.visibilityChanges).toMatchObject([
      { ReceiptHandle: 'handle of unlucky', VisibilityTimeout: 6 },
    ]);
    expect(await rowsOf(`${name}-1`)).toHaveLength(1);
    expect(await rowsOf(`${name}-2`)).toHaveLength(1);
    expect(lines.find(({ level }) => level === 'error')).toMatchObject({
      line: { message: 'Order Not Processed', messageId: 'unlucky', error: { name: type } },
    });
    // The next try finds nothing in its way.
    expect(await functions.processOrders(batch(name))).toEqual(done);
    expect(await rowsOf(`${name}-unlucky`)).toHaveLength(1);
  });

  test('because it does not answer costs that record only the time that the function has', async () => {
    await using faulty = await processThrough(() => 'silence');
    const response = faulty.functions.processOrders(batch('slow'));
    await faulty.silenced;
    while (said().length < 2) await setImmediate();
    expect(said()).toEqual(['Good Order', 'Good Order']);
    faulty.functions.outOfTime.abort();
    expect(await response).toEqual(failed('unlucky'));
    expect(await rowsOf('slow-1')).toHaveLength(1);
    expect(await rowsOf('slow-2')).toHaveLength(1);
  });

  test('once is asked a second time before the record fails', async () => {
    let faults = 0;
    await using faulty = await processThrough(() => {
      faults += 1;
      return faults === 1 ? { status: 500, type: 'InternalServerError' } : 'none';
    });
    expect(await faulty.functions.processOrders(batch('hiccup'))).toEqual(done);
  });
});
