import { UpdateEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import { CreateQueueCommand, DeleteQueueCommand } from '@aws-sdk/client-sqs';
import { describe, expect, test } from '@jest/globals';
import { createGate, passGate } from './event-source-mapping/gate.ts';
import { observer } from './event-source-mapping/handlers.ts';
import { startPipelines } from './event-source-mapping/running-pipelines.ts';
import { isAlive } from './lambda/function-fixture.ts';

const windowed = { MaximumBatchingWindowInSeconds: 20 };
const tellsItsProcess = `console.log(JSON.stringify({ count: process.pid }));`;

const gatedVersion = (version: number) => `exports.handler = async () => {
  ${passGate}
  console.log(JSON.stringify({ count: ${version} }));
};`;

describe('a reload', () => {
  test('that removes a function and its mapping delivers what the mapping holds first, and the queue keeps the rest', async () => {
    const both = { orders: { code: observer(), mapping: windowed }, other: { code: observer() } };
    await using running = await startPipelines(both);
    const orders = running.pipeline('orders');
    await orders.send('a', 'b');
    await running.clock.advance(1_000);
    const ended = orders.next('batch-ended');
    await running.reload({ orders: { code: observer(), mapping: null }, other: { code: observer() } });
    expect((await ended).deleted).toHaveLength(2);
    await orders.send('c');
    await running.clock.advance(60_000);
    expect(await orders.counts()).toEqual({ visible: 1, inFlight: 0 });
    expect(orders.emitted('batch-started')).toHaveLength(1);
    expect((await running.pipeline('other').deliver('d')).deleted).toHaveLength(1);
  });

  test('that gives the queue to a function of another name loses no receive to the one that goes', async () => {
    await using running = await startPipelines({
      orders: { code: observer(), mapping: windowed, function: { FunctionName: 'former' } },
    });
    const orders = running.pipeline('orders');
    await orders.send('a');
    await running.clock.advance(1_000);
    await running.reload({ orders: { code: observer(), mapping: {} } });
    await orders.deliver('b');
    const ended = running.watch.ofType('batch-ended');
    expect(ended.map(({ functionName, kept }) => ({ functionName, kept }))).toEqual([
      { functionName: 'former', kept: [] },
      { functionName: 'orders', kept: [] },
    ]);
  });

  test('of changed code lets the running invocation finish on the old code and gives new ones the new', async () => {
    await using gate = await createGate();
    await using running = await startPipelines({ orders: { code: gatedVersion(1), function: gate.function } });
    const orders = running.pipeline('orders');
    const ended = orders.next('batch-ended', 2);
    await orders.send('a');
    await gate.reached(1);
    await running.reload({ orders: { code: gatedVersion(2), function: gate.function } });
    await orders.send('b');
    await gate.reached(2);
    gate.open();
    await ended;
    expect(new Set(orders.observed().map(({ count }) => count))).toEqual(new Set([1, 2]));
    expect(orders.emitted('batch-ended').flatMap(({ kept }) => kept)).toEqual([]);
  });

  test('keeps what a client has updated, unless the template changed the same mapping', async () => {
    const settings = { code: observer(), mapping: { BatchSize: 5 } };
    await using running = await startPipelines({ orders: settings });
    const { mappingId } = running.pipeline('orders');
    const [mapping] = running.runtime.mappings.mappings;
    await running.lambda.send(new UpdateEventSourceMappingCommand({ UUID: mappingId, BatchSize: 7 }));
    await running.reload({ orders: { ...settings, code: observer('// changed') } });
    expect(mapping?.model.batchSize).toBe(7);
    await running.reload({ orders: { ...settings, mapping: { BatchSize: 3 } } });
    expect(mapping?.model.batchSize).toBe(3);
  });

  test('that cannot run changes nothing', async () => {
    await using running = await startPipelines({ orders: { code: observer() } });
    await expect(running.reload({ orders: { code: observer(), actions: ['sqs:ListQueues'] } })).rejects.toThrow(
      'The function execution role does not have permissions',
    );
    expect((await running.pipeline('orders').deliver('a')).deleted).toHaveLength(1);
  });
});

describe('a queue that a client deletes while its mapping polls', () => {
  test('is looked for once a second, and polled again when it is back', async () => {
    await using running = await startPipelines({ orders: { code: observer(), mapping: windowed } });
    const orders = running.pipeline('orders');
    await orders.send('a');
    await running.clock.advance(1_000);
    await running.sqs.send(new DeleteQueueCommand({ QueueUrl: orders.queueUrl }));
    const late = await orders.deliverAfter(19_000);
    expect(late).toMatchObject({ deleted: [] });

    await running.clock.advance(60_000);
    await running.sqs.send(new CreateQueueCommand({ QueueName: 'orders' }));
    await orders.send('b');
    await running.clock.advance(1_000);
    expect((await orders.deliverAfter(20_000)).deleted).toHaveLength(1);
  });
});

describe('closing', () => {
  test('with batches in flight and in a window leaves no process, gives functions nothing more and loses no message', async () => {
    await using gate = await createGate();
    const running = await startPipelines({
      gated: { code: observer(`${tellsItsProcess} ${passGate}`), function: gate.function },
      windowed: { code: observer(), mapping: windowed },
    });
    const [gated, inWindow] = [running.pipeline('gated'), running.pipeline('windowed')];
    await gated.send('a', 'b');
    await gate.reached(1);
    await inWindow.send('c', 'd', 'e');
    await running.clock.advance(1_000);
    const queues = [gated.queue, inWindow.queue];

    await running[Symbol.asyncDispose]();
    expect(queues.map(({ counts }) => counts['in-flight'])).toEqual([2, 3]);
    expect(running.watch.ofType('batch-ended').flatMap(({ deleted }) => deleted)).toEqual([]);
    expect(inWindow.emitted('batch-started')).toEqual([]);
    const processes = gated.observed().map(({ count }) => count);
    expect(processes.some((pid) => pid > 1 && isAlive(pid))).toBe(false);
  });

  test('ends while an update waits for a batch', async () => {
    await using gate = await createGate();
    const running = await startPipelines({ orders: { code: observer(passGate), function: gate.function } });
    const orders = running.pipeline('orders');
    await orders.send('a');
    await gate.reached(1);
    await running.lambda.send(new UpdateEventSourceMappingCommand({ UUID: orders.mappingId, BatchSize: 1 }));
    await orders.send('b');
    await running[Symbol.asyncDispose]();
    expect(orders.emitted('batch-started')).toHaveLength(1);
  });

  test('ends while throttled batches wait to be invoked again', async () => {
    const running = await startPipelines({
      orders: { code: observer(), function: { ReservedConcurrentExecutions: 0 } },
    });
    const orders = running.pipeline('orders');
    const started = orders.next('batch-started');
    await orders.send('a');
    await started;
    await running[Symbol.asyncDispose]();
    expect(orders.emitted('batch-ended')).toMatchObject([{ deleted: [] }]);
  });
});
