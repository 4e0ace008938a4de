import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createGate, type Gate, passGate } from './gate.ts';
import { observer } from './handlers.ts';
import { type RunningPipelines, startPipelines } from './running-pipelines.ts';

const visibilityTimeoutMs = 30_000;
const queue = { VisibilityTimeout: visibilityTimeoutMs / 1000 };
const one = { BatchSize: 1 };
const gated = (gate: Gate, properties: object = {}) => ({
  code: observer(passGate),
  queue,
  function: { Timeout: 30, ...gate.function, ...properties },
});

let gates: Record<'capped' | 'busy' | 'uncapped' | 'reserved' | 'starved' | 'spared', Gate>;
let running: RunningPipelines;

beforeAll(async () => {
  gates = {
    capped: await createGate(),
    busy: await createGate(),
    uncapped: await createGate(),
    reserved: await createGate(),
    starved: await createGate(),
    spared: await createGate(),
  };
  running = await startPipelines({
    capped: { ...gated(gates.capped), mapping: { ...one, ScalingConfig: { MaximumConcurrency: 3 } } },
    busy: { ...gated(gates.busy), mapping: { ...one, ScalingConfig: { MaximumConcurrency: 2 } } },
    uncapped: { ...gated(gates.uncapped), mapping: one },
    reserved: { ...gated(gates.reserved, { ReservedConcurrentExecutions: 1 }), mapping: one },
    starved: { ...gated(gates.starved, { ReservedConcurrentExecutions: 1 }), mapping: one, maxReceiveCount: 1 },
    spared: {
      ...gated(gates.spared, { ReservedConcurrentExecutions: 2 }),
      mapping: { ...one, ScalingConfig: { MaximumConcurrency: 2 } },
      maxReceiveCount: 1,
    },
  });
});

afterAll(async () => {
  for (const gate of Object.values(gates)) gate.open();
  await running[Symbol.asyncDispose]();
  for (const gate of Object.values(gates)) await gate[Symbol.asyncDispose]();
});

const bodies = (count: number) => Array.from({ length: count }, (_, index) => `m${index}`);

/** The most invocations of a function at a time, by its own account. */
function peak(functionName: string): number {
  let now = 0;
  let most = 0;
  for (const event of running.watch.emitted) {
    if (event.type === 'invocation-started' && event.functionName === functionName) now += 1;
    if (event.type === 'invocation-ended' && event.functionName === functionName) now -= 1;
    most = Math.max(most, now);
  }
  return most;
}

describe('MaximumConcurrency', () => {
  test('is reached and never passed, and what waits for it waits visible in the queue', async () => {
    const pipeline = running.pipeline('capped');
    await pipeline.send(...bodies(8));
    await gates.capped.reached(3);
    await running.clock.advance(20_000);
    expect(pipeline.emitted('invocation-started')).toHaveLength(3);
    expect(await pipeline.counts()).toEqual({ visible: 5, inFlight: 3 });

    const ended = pipeline.next('batch-ended', 8);
    gates.capped.open();
    await ended;
    expect(peak('capped')).toBe(3);
    expect(
      pipeline.observed().every(({ event }) => event.Records[0]?.attributes['ApproximateReceiveCount'] === '1'),
    ).toBe(true);
  });

  test('holds for a burst that keeps every poller busy', async () => {
    const pipeline = running.pipeline('busy');
    const inFlight: number[] = [];
    const unsubscribe = running.watch.subscribe((event) => {
      if (event.type === 'batch-started' && event.functionName === 'busy')
        inFlight.push(pipeline.queue.counts['in-flight']);
    });
    // Every invocation waits for a second one at the same time.
    gates.busy.letPassTogether(2);
    const ended = pipeline.next('batch-ended', 100);
    for (let sent = 0; sent < 100; sent += 10) await pipeline.send(...bodies(10));
    await ended;
    unsubscribe();
    expect(peak('busy')).toBe(2);
    expect(Math.max(...inFlight)).toBe(2);
  });
});

test('without a maximum, 5 batches run at first and one more every 200 ms while all are busy', async () => {
  const pipeline = running.pipeline('uncapped');
  const started = pipeline.next('invocation-started', 5);
  await pipeline.send(...bodies(10));
  await started;
  await running.clock.advance(199);
  expect(pipeline.emitted('batch-started')).toHaveLength(5);
  await running.clock.advance(1);
  expect(pipeline.emitted('batch-started')).toHaveLength(6);
  await running.clock.advance(400);
  expect(pipeline.emitted('batch-started')).toHaveLength(8);
  const ended = pipeline.next('batch-ended', 10);
  gates.uncapped.open();
  await ended;
});

describe('a reserved concurrency, which the pollers do not know', () => {
  test('throttles what they pulled beyond it; the mapping invokes again within the visibility timeout', async () => {
    const pipeline = running.pipeline('reserved');
    const started = pipeline.next('invocation-started');
    await pipeline.send(...bodies(3));
    await started;
    expect(await pipeline.counts()).toEqual({ visible: 0, inFlight: 3 });
    await running.clock.advance(10_000);
    expect(pipeline.emitted('invocation-started')).toHaveLength(1);

    // Of the two that wait, one invokes; the other is throttled once more, because that one stands before the gate.
    for (const waitedMs of [0, 5_000, 5_000]) {
      await running.clock.advance(waitedMs);
      await gates.reserved.reached(1);
      const ended = pipeline.next('batch-ended');
      gates.reserved.letPass();
      await ended;
    }
    expect(pipeline.emitted('batch-ended').flatMap(({ deleted }) => deleted)).toHaveLength(3);
    expect(peak('reserved')).toBe(1);
    expect(pipeline.observed().map(({ event }) => event.Records[0]?.attributes['ApproximateReceiveCount'])).toEqual([
      '1',
      '1',
      '1',
    ]);
  });

  test('gives up when the visibility timeout passes, and messages reach the DLQ that no function has seen', async () => {
    const pipeline = running.pipeline('starved');
    await pipeline.send(...bodies(3));
    await gates.starved.reached(1);
    const throttled = pipeline.next('batch-ended', 2);
    await running.clock.advance(visibilityTimeoutMs - 1);
    await throttled;
    expect(pipeline.emitted('batch-ended')).toMatchObject([
      { deleted: [], reason: 'the function was throttled' },
      { deleted: [], reason: 'the function was throttled' },
    ]);
    expect(await pipeline.counts('starved-dead')).toEqual({ visible: 0, inFlight: 0 });
    await running.clock.advance(1);
    expect(pipeline.emitted('invocation-started')).toHaveLength(1);
    expect(await pipeline.counts('starved-dead')).toEqual({ visible: 3, inFlight: 0 });
  });

  test('of the mapping’s maximum concurrency or more throttles nothing', async () => {
    const pipeline = running.pipeline('spared');
    await pipeline.send(...bodies(6));
    // Sooner, the turned clock would end the start of its processes.
    await gates.spared.reached(2);
    await running.clock.advance(visibilityTimeoutMs - 1);
    const ended = pipeline.next('batch-ended', 6);
    gates.spared.open();
    await ended;
    expect(pipeline.emitted('batch-ended').flatMap(({ deleted }) => deleted)).toHaveLength(6);
    expect(await pipeline.counts('spared-dead')).toEqual({ visible: 0, inFlight: 0 });
  });
});
