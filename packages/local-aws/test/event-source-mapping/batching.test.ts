import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { maxPayloadBytes } from '../../src/services/lambda/event-source-mapping/batch-builder.ts';
import { observer } from './handlers.ts';
import type { Pipeline } from './pipeline.ts';
import { type RunningPipelines, startPipelines } from './running-pipelines.ts';

const mebibyte = 1024 * 1024;
const queue = { VisibilityTimeout: 300 };
const size = 'exports.handler = async (event) => console.log(JSON.stringify({ count: event.Records.length }));';
const bytes =
  'exports.handler = async (event) => console.log(JSON.stringify({ count: Buffer.byteLength(JSON.stringify(event)) }));';

let running: RunningPipelines;

beforeAll(async () => {
  running = await startPipelines({
    defaults: { code: observer(), queue },
    'at-once': { code: observer(), queue, mapping: { BatchSize: 10, MaximumBatchingWindowInSeconds: 0 } },
    windowed: { code: observer(), queue, mapping: { BatchSize: 5, MaximumBatchingWindowInSeconds: 10 } },
    large: { code: size, queue, mapping: { BatchSize: 250, MaximumBatchingWindowInSeconds: 10 } },
    largest: {
      code: size,
      queue,
      function: { MemorySize: 512 },
      mapping: { BatchSize: 10_000, MaximumBatchingWindowInSeconds: 10 },
    },
    heavy: { code: bytes, queue, function: { MemorySize: 512 }, mapping: { MaximumBatchingWindowInSeconds: 10 } },
    'heavy-at-once': { code: bytes, queue, function: { MemorySize: 512 }, mapping: {} },
  });
});

afterAll(async () => {
  await running[Symbol.asyncDispose]();
});

const sizes = (pipeline: Pipeline) => pipeline.emitted('batch-started').map(({ messageIds }) => messageIds.length);
const counts = (pipeline: Pipeline) => pipeline.observed().map(({ count }) => count);

/** Puts messages into the queue past the API, all in one moment. */
function put(pipeline: Pipeline, count: number): void {
  pipeline.queue.send(Array.from({ length: count }, (_, index) => ({ body: `m${index}`, senderId: 'test' })));
}

describe('the batch size', () => {
  test('is 10 by default', async () => {
    const pipeline = running.pipeline('defaults');
    const ended = pipeline.next('batch-ended', 3);
    put(pipeline, 25);
    await ended;
    expect(sizes(pipeline)).toEqual([10, 10, 5]);
  });

  test('above 10 takes the messages of many receives', async () => {
    const pipeline = running.pipeline('large');
    const ended = pipeline.next('batch-ended');
    const ten = Array.from({ length: 10 }, (_, index) => `m${index}`);
    for (let sent = 0; sent < 250; sent += 10) await pipeline.send(...ten);
    await ended;
    expect(counts(pipeline)).toEqual([250]);
  });

  test('may be 10,000', async () => {
    const pipeline = running.pipeline('largest');
    const ended = pipeline.next('batch-ended');
    put(pipeline, 10_001);
    expect((await ended).deleted).toHaveLength(10_000);
    await pipeline.deliverAfter(10_000);
    expect(counts(pipeline)).toEqual([10_000, 1]);
  });
});

describe('the batching window', () => {
  test('of 0 invokes at once with what a receive gives', async () => {
    const pipeline = running.pipeline('at-once');
    await pipeline.deliver('a', 'b', 'c');
    await pipeline.deliver('d');
    expect(sizes(pipeline)).toEqual([3, 1]);
  });

  test('opens with the first message and invokes at its end with all that came', async () => {
    const pipeline = running.pipeline('windowed');
    await pipeline.send('a', 'b');
    await running.clock.advance(6_000);
    await pipeline.send('c');
    await running.clock.advance(3_999);
    expect(sizes(pipeline)).toEqual([]);
    const ended = await pipeline.deliverAfter(1);
    expect(ended.deleted).toHaveLength(3);
    expect(counts(pipeline)).toEqual([1]);
  });

  test('ends early when the batch size is reached, and the next message opens the next one', async () => {
    const pipeline = running.pipeline('windowed');
    const before = sizes(pipeline).length;
    await pipeline.deliver('a', 'b', 'c', 'd', 'e', 'f', 'g');
    expect(sizes(pipeline).slice(before)).toEqual([5]);
    await running.clock.advance(9_999);
    expect(sizes(pipeline).slice(before)).toEqual([5]);
    await pipeline.deliverAfter(1);
    expect(sizes(pipeline).slice(before)).toEqual([5, 2]);
  });
});

describe('the payload limit of 6 MB', () => {
  test.each(['heavy', 'heavy-at-once'])(
    'splits six messages of 1 MiB, with or without a window, and none of them waits for others (%s)',
    async (name) => {
      const pipeline = running.pipeline(name);
      const ended = pipeline.next('batch-ended', 2);
      const body = 'x'.repeat(mebibyte);
      pipeline.queue.send(Array.from({ length: 6 }, () => ({ body, senderId: 'test' })));
      await ended;
      expect(sizes(pipeline)).toEqual([5, 1]);
      for (const payloadBytes of counts(pipeline)) expect(payloadBytes).toBeLessThanOrEqual(maxPayloadBytes);
      expect(counts(pipeline)[0]).toBeGreaterThan(5 * mebibyte);
      expect(await pipeline.counts()).toEqual({ visible: 0, inFlight: 0 });
    },
  );

  test('holds for bodies that grow when they are written as JSON', async () => {
    const pipeline = running.pipeline('heavy-at-once');
    const before = sizes(pipeline).length;
    const ended = pipeline.next('batch-ended', 2);
    const body = '"'.repeat(mebibyte);
    pipeline.queue.send(Array.from({ length: 4 }, () => ({ body, senderId: 'test' })));
    await ended;
    expect(sizes(pipeline).slice(before)).toEqual([2, 2]);
  });

  test('is reached through the API by messages of the largest size', async () => {
    const pipeline = running.pipeline('heavy');
    const before = sizes(pipeline).length;
    const ended = pipeline.next('batch-ended', 2);
    for (let sent = 0; sent < 6; sent += 1) await pipeline.send('y'.repeat(mebibyte));
    await ended;
    expect(sizes(pipeline).slice(before)).toEqual([5, 1]);
  });
});
