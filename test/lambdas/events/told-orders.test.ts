import { describe, expect, test } from '@jest/globals';
import type { Processing } from '../../../lambdas/process-orders/processing.ts';
import { RefusedOrder } from '../../../lambdas/process-orders/processing.ts';
import { captureConsole } from '../captured-console.ts';
import { done, failed, message, order, pipelineFunctions, replayed } from '../pipeline-functions.ts';
import { startPipelineWithTable } from '../pipeline-with-table.ts';
import { snsOfTheTest } from './sns-of-the-test.ts';

const lines = captureConsole();
const { local, rowsOf } = await startPipelineWithTable();
const sns = snsOfTheTest();
const { publishEvents } = sns;
const telling = pipelineFunctions(local.table, { publishEvents });
/** As telling, but its function ends after the write and before anybody is told. */
const crashing = pipelineFunctions(local.table, {
  publishEvents: () => Promise.reject(new Error('The function ended.')),
});
const short = () => sns.told().map(({ type, orderKey, messageId }) => `${type} ${orderKey} by ${messageId}`);

describe('process-orders tells', () => {
  test('a processed order, with the time of its row', async () => {
    expect(await telling.processOrders([message('m1', order('told'))])).toEqual(done);
    const [row] = await rowsOf('told');
    expect(sns.told()).toMatchObject([
      { type: 'order.processed', orderId: 'told', orderKey: 'told', messageId: 'm1', time: row!['processedAt'] },
    ]);
  });

  test('an order that its own message wrote before a crash, as the same event', async () => {
    const record = message('m1', order('crash'));
    await telling.processOrders([record]);
    const [first] = sns.told();
    await expect(crashing.processOrders([message('m1', order('crash-2'))])).rejects.toThrow('The function ended.');
    expect(await telling.processOrders([message('m1', order('crash'), 2), message('m1', order('crash-2'), 2)])).toEqual(
      done,
    );
    const [again, late] = sns.told();
    expect(again).toEqual(first);
    expect(late).toMatchObject({ type: 'order.processed', orderKey: 'crash-2', messageId: 'm1' });
    expect(late!.time).toBe((await rowsOf('crash-2'))[0]!['processedAt']);
  });

  test('no duplicate of another message, which owes the event itself', async () => {
    await telling.processOrders([message('m1', order('copied'))]);
    sns.told();
    expect(await telling.processOrders([message('m2', order('copied'))])).toEqual(done);
    expect(short()).toEqual([]);
  });

  test('neither a bad order, nor another order with the id, nor one that is refused or failed for now', async () => {
    await telling.processOrders([message('m1', order('taken'))]);
    sns.told();
    const refusing: Processing = {
      hasEffects: false,
      start: () => () => Promise.reject(new RefusedOrder('/items: nothing of it is in stock')),
    };
    const down: Processing = { hasEffects: true, start: () => () => Promise.reject(new Error('503')) };
    await telling.processOrders([message('bad', '{'), message('m2', order('taken', { customerName: 'Eve' }))]);
    await pipelineFunctions(local.table, { publishEvents, processing: refusing }).processOrders([
      message('m3', order('refused')),
    ]);
    await pipelineFunctions(local.table, { publishEvents, processing: down }).processOrders([
      message('m4', order('not-now')),
    ]);
    expect(short()).toEqual([]);
  });

  test('no order whose id another delivery has claimed', async () => {
    const { promise: asked, resolve: begin } = Promise.withResolvers<void>();
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const slow: Processing = {
      hasEffects: true,
      start: () => () => {
        begin();
        return ended;
      },
    };
    const functions = pipelineFunctions(local.table, { publishEvents, processing: slow });
    const first = functions.processOrders([message('m1', order('claimed'))]);
    await asked;
    expect(await functions.processOrders([message('m1', order('claimed'), 2)])).toEqual(failed('m1'));
    expect(short()).toEqual([]);
    end();
    await first;
    expect(short()).toEqual(['order.processed claimed by m1']);
  });

  test('what a batch owes in as few requests as SNS takes', async () => {
    sns.requests.length = 0;
    await telling.processOrders(Array.from({ length: 12 }, (_, index) => message(`m${index}`, order(`many-${index}`))));
    expect(sns.requests).toEqual([10, 2]);
    expect(short()).toHaveLength(12);
  });

  test('the others when SNS refuses one, which alone comes back and is told then', async () => {
    sns.answers({ refuses: ({ orderKey }) => orderKey === 'unlucky' });
    const batch = [message('m1', order('lucky')), message('m2', order('unlucky'))];
    expect(await telling.processOrders(batch)).toEqual(failed('m2'));
    expect(short()).toEqual(['order.processed lucky by m1']);
    expect(lines).toMatchObject([
      { line: { message: 'Good Order', orderId: 'lucky' } },
      { line: { message: 'Good Order', orderId: 'unlucky' } },
      {
        level: 'error',
        line: {
          message: 'Event Not Published',
          orderId: 'unlucky',
          messageId: 'm2',
          error: { name: 'EventNotPublished', message: 'The event was not published: Throttled: Slow down.' },
        },
      },
      { line: { message: 'Tries Scheduled', tries: [{ messageId: 'm2', inSeconds: expect.any(Number) as unknown }] } },
    ]);
    sns.answers('takes');
    expect(await telling.processOrders([message('m2', order('unlucky'), 2)])).toEqual(done);
    expect(short()).toEqual(['order.processed unlucky by m2']);
  });
});

describe('failed-orders tells', () => {
  test('a failure, with its kind and its reasons', async () => {
    expect(await telling.failedOrders([message('f1', '{', 6)])).toEqual(done);
    const [row] = await rowsOf('f1');
    expect(sns.told()).toMatchObject([
      {
        type: 'order.failed',
        orderId: null,
        orderKey: 'f1',
        failureId: 'f1',
        messageId: 'f1',
        kind: 'not-json',
        reasons: ['the body is not JSON'],
        cause: row!['cause'],
        time: row!['failedAt'],
      },
    ]);
  });

  test('a failure that its message wrote before a crash as the same event, also if the order fails otherwise by now', async () => {
    const record = message('f2', order('late-conflict'), 6);
    await expect(crashing.failedOrders([record])).rejects.toThrow('The function ended.');
    await telling.processOrders([message('m1', order('late-conflict', { customerName: 'Eve' }))]);
    sns.told();
    expect(await telling.failedOrders([record])).toEqual(done);
    const [first] = sns.told();
    expect(first).toMatchObject({ type: 'order.failed', kind: 'out-of-attempts', messageId: 'f2' });
    expect(await telling.failedOrders([record])).toEqual(done);
    expect(sns.told()).toEqual([first]);
  });

  test('an order as processed that ran out of receives before anybody could be told', async () => {
    sns.answers('is down');
    for (let receive = 1; receive <= 5; receive += 1) {
      expect(await telling.processOrders([message('m1', order('untold'), receive)])).toEqual(failed('m1'));
    }
    expect(await telling.failedOrders([message('m1', order('untold'), 6)])).toEqual(failed('m1'));
    expect(lines.at(-2)).toMatchObject({ line: { message: 'Event Not Published', messageId: 'm1' } });
    sns.answers('takes');
    expect(await telling.failedOrders([message('m1', order('untold'), 7)])).toEqual(done);
    expect(sns.told()).toMatchObject([
      { type: 'order.processed', orderKey: 'untold', time: (await rowsOf('untold'))[0]!['processedAt'] },
    ]);
  });

  test('nothing of a copy that ran out of receives, whose order another message wrote', async () => {
    await telling.processOrders([message('m1', order('other-copy'))]);
    sns.told();
    expect(await telling.failedOrders([message('m2', order('other-copy'), 6)])).toEqual(done);
    expect(short()).toEqual([]);
  });

  test('a replay that fails again as another event of the same failure, and one that succeeds as a processed order', async () => {
    await telling.failedOrders([message('f3', order('again'), 6)]);
    const [first] = sns.told();
    const lineage = { orderKey: 'again', failureId: 'f3' };
    await telling.failedOrders([replayed(message('r1', order('again'), 6), lineage)]);
    const [second] = sns.told();
    expect(second).toMatchObject({ type: 'order.failed', failureId: 'f3', messageId: 'r1' });
    expect(second!.id).not.toBe(first!.id);
    await telling.processOrders([replayed(message('r2', order('again')), { ...lineage, count: 2 })]);
    expect(short()).toEqual(['order.processed again by r2']);
  });

  test('no failure whose order was processed before the failure could be told', async () => {
    const record = message('f4', order('overtaken'), 6);
    await expect(crashing.failedOrders([record])).rejects.toThrow('The function ended.');
    const replay = replayed(message('r3', order('overtaken')), { orderKey: 'overtaken', failureId: 'f4' });
    await telling.processOrders([replay]);
    await telling.failedOrders([record]);
    expect(short()).toEqual(['order.processed overtaken by r3']);
  });

  test('each message alone: one that is not told comes back, and its failure is counted once', async () => {
    sns.answers({ refuses: ({ messageId }) => messageId === 'f5' });
    const published: unknown[] = [];
    const functions = pipelineFunctions(local.table, {
      publishEvents,
      publishMetrics: (counts) => published.push(counts),
    });
    expect(await functions.failedOrders([message('f5', '{', 6), message('f6', '[', 6)])).toEqual(failed('f5'));
    sns.answers('takes');
    expect(await functions.failedOrders([message('f5', '{', 7)])).toEqual(done);
    expect(short()).toEqual(['order.failed f6 by f6', 'order.failed f5 by f5']);
    expect(published).toEqual([{ FailuresRecorded: 2, FailuresNotJson: 2, EventsNotPublished: 1 }, {}]);
  });
});
