import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { EventStream } from '../../src/events.ts';
import { TemporaryFolder } from '../../src/processes.ts';
import { startRuntime } from '../../src/runtime.ts';
import { writePipelines } from '../../src/testing/written-pipelines.ts';
import { observer } from './handlers.ts';
import type { Pipeline } from './pipeline.ts';
import { type RunningPipelines, startPipelines } from './running-pipelines.ts';

const filters = (...patterns: readonly object[]) => ({
  FilterCriteria: { Filters: patterns.map((pattern) => ({ Pattern: JSON.stringify(pattern) })) },
});

let running: RunningPipelines;

beforeAll(async () => {
  running = await startPipelines({
    json: {
      code: observer(),
      mapping: filters({ body: { total: [{ numeric: ['>', 100] }] } }, { body: { vip: [true] } }),
    },
    plain: { code: observer(), mapping: filters({ body: ['yes', { prefix: 'maybe' }] }) },
    windowed: {
      code: observer(),
      mapping: { BatchSize: 3, MaximumBatchingWindowInSeconds: 10, ...filters({ body: { keep: [true] } }) },
    },
  });
});

afterAll(async () => {
  await running[Symbol.asyncDispose]();
});

const seen = (pipeline: Pipeline) => pipeline.observed().flatMap(({ event }) => event.Records.map(({ body }) => body));

describe('a filter', () => {
  test('deletes messages whose body matches none of its patterns, and the function never sees them', async () => {
    const pipeline = running.pipeline('json');
    const filtered = pipeline.next('messages-filtered');
    const delivered = pipeline.next('batch-ended');
    const ids = await pipeline.send('{"total":50}', '{"total":150}', '{"vip":true}', '{"vip":"true"}');
    expect((await filtered).messageIds).toEqual([ids[0], ids[3]]);
    expect((await delivered).deleted).toEqual([ids[1], ids[2]]);
    expect(seen(pipeline)).toEqual(['{"total":150}', '{"vip":true}']);
    expect(await pipeline.counts()).toEqual({ visible: 0, inFlight: 0 });
  });

  test('for JSON deletes a body that is plain text', async () => {
    const pipeline = running.pipeline('json');
    const before = seen(pipeline).length;
    const filtered = pipeline.next('messages-filtered');
    await pipeline.send('total: 150', '150');
    expect((await filtered).messageIds).toHaveLength(2);
    expect(seen(pipeline)).toHaveLength(before);
    expect(await pipeline.counts()).toEqual({ visible: 0, inFlight: 0 });
  });

  test('for plain text deletes a body that is JSON', async () => {
    const pipeline = running.pipeline('plain');
    await pipeline.deliver('yes', '{"body":"yes"}', 'maybe so', 'no');
    expect(seen(pipeline)).toEqual(['yes', 'maybe so']);
    expect(await pipeline.counts()).toEqual({ visible: 0, inFlight: 0 });
  });

  test('looks at the body only: message attributes that would match do not help', async () => {
    const pipeline = running.pipeline('json');
    const filtered = pipeline.next('messages-filtered');
    const vip = { DataType: 'String', StringValue: 'true' };
    await pipeline.send({ MessageBody: '{}', MessageAttributes: { vip } });
    expect((await filtered).messageIds).toHaveLength(1);
  });

  test('leaves its place in a batch to others: what it deletes neither fills a batch nor opens a window', async () => {
    const pipeline = running.pipeline('windowed');
    await pipeline.send('{}', '{}', '{}');
    await running.clock.advance(60_000);
    await pipeline.send('{"keep":true}', '{}', '{}', '{}');
    await running.clock.advance(9_999);
    expect(pipeline.emitted('batch-started')).toEqual([]);
    expect((await pipeline.deliverAfter(1)).deleted).toHaveLength(1);
  });

  test.each([{ 'at-least': 3 }, { numeric: ['>', '100'] }])(
    'that Lambda would refuse (%j) is refused',
    async (rule) => {
      const mapping = filters({ body: { total: [rule] } });
      using folder = new TemporaryFolder('pipelines-');
      writePipelines({ orders: { code: observer(), mapping } }, folder.path);
      await expect(startRuntime({ assembly: folder.path, events: new EventStream(), port: 0 })).rejects.toMatchObject({
        code: 'REFUSED_BY_AWS',
        message: expect.stringContaining('Invalid filter pattern definition'),
      });
    },
  );
});
