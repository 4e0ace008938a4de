import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { PipelineSettings } from '../../src/testing/written-pipelines.ts';
import { observer } from './handlers.ts';
import { type RunningPipelines, startPipelines } from './running-pipelines.ts';

const visibilityTimeoutMs = 30_000;
const queue = { VisibilityTimeout: visibilityTimeoutMs / 1000 };

/** Fails each message's first receive in its own way and takes the second. */
const failsOnce = (failure: string): PipelineSettings => ({
  code: observer(`if (event.Records[0].attributes.ApproximateReceiveCount === '1') { ${failure} }`),
  queue,
});

const forever = 'await new Promise(() => setInterval(() => {}, 1e6));';

/** After which of these does the next invocation run in the same process? */
const failures: Readonly<Record<string, { failure: string; keepsProcess?: true }>> = {
  throws: { failure: 'throw new Error("no");', keepsProcess: true },
  'throws-no-error': { failure: 'throw undefined;', keepsProcess: true },
  'answers-what-is-no-JSON': { failure: 'return 1n;', keepsProcess: true },
  exits: { failure: 'process.exit(0);' },
  'exits-with-a-code': { failure: 'process.exit(3);' },
  'is-killed': { failure: `process.kill(process.pid, "SIGKILL"); ${forever}` },
  'rejects-unhandled': { failure: `Promise.reject(new Error("nobody")); ${forever}` },
  'throws-uncaught': { failure: `setImmediate(() => { throw new Error("nobody"); }); ${forever}` },
  'runs-out-of-memory': {
    failure: 'const all = []; for (;;) { all.push(Buffer.alloc(2 ** 24, 1)); await new Promise(setImmediate); }',
  },
  'runs-out-of-heap': { failure: 'const all = []; for (;;) all.push(new Array(100000).fill(all.length + 0.5));' },
};

let running: RunningPipelines;

beforeAll(async () => {
  const pipelines = Object.entries(failures).map(([name, { failure }]) => [name, failsOnce(failure)]);
  running = await startPipelines({
    ...(Object.fromEntries(pipelines) as Record<string, PipelineSettings>),
    hangs: { ...failsOnce(forever), function: { Timeout: 5 } },
    blocks: { ...failsOnce('for (;;) {}'), function: { Timeout: 5 } },
    'cannot-start': { code: 'throw new Error("no init");', queue, maxReceiveCount: 2 },
    module: {
      code: 'export const handler = async ({ Records }) => { if (Records.length > 1) throw new Error("no"); };',
      module: 'esm',
      queue,
    },
  });
});

afterAll(async () => {
  await running[Symbol.asyncDispose]();
});

describe('a failure deletes nothing, and nothing comes back before its visibility timeout', () => {
  test.each(Object.entries(failures))('when the function %s', async (name, { keepsProcess = false }) => {
    const pipeline = running.pipeline(name);
    const failed = await pipeline.deliver('a', 'b');
    expect(failed).toMatchObject({ deleted: [], kept: [expect.any(String), expect.any(String)] });
    expect(await pipeline.counts()).toEqual({ visible: 0, inFlight: 2 });

    await running.clock.advance(visibilityTimeoutMs - 1);
    expect(pipeline.emitted('batch-started')).toHaveLength(1);
    const again = await pipeline.deliverAfter(1);
    expect(again.deleted.toSorted()).toEqual(failed.kept.toSorted());
    expect(await pipeline.counts()).toEqual({ visible: 0, inFlight: 0 });
    expect(pipeline.observed().map(({ count }) => count)).toEqual([1, keepsProcess ? 2 : 1]);
  });

  test.each(['hangs', 'blocks'])('when the function %s until its timeout', async (name) => {
    const pipeline = running.pipeline(name);
    const atWork = pipeline.nextObservation();
    await pipeline.send('a');
    await atWork;
    await running.clock.advance(4_999);
    expect(pipeline.emitted('batch-ended')).toEqual([]);
    const failed = await pipeline.deliverAfter(1);
    expect(failed).toMatchObject({ deleted: [], kept: [expect.any(String)] });
    expect(pipeline.emitted('invocation-ended')).toMatchObject([{ outcome: 'timeout' }]);

    await running.clock.advance(visibilityTimeoutMs - 5_001);
    expect(pipeline.emitted('batch-started')).toHaveLength(1);
    expect(await pipeline.deliverAfter(1)).toMatchObject({ deleted: failed.kept });
    expect(pipeline.observed().map(({ count }) => count)).toEqual([1, 1]);
  });

  test('when the function cannot initialise, and the message ends in the dead-letter queue', async () => {
    const pipeline = running.pipeline('cannot-start');
    const failed = await pipeline.deliver('a');
    expect(failed).toMatchObject({ deleted: [] });
    expect(await pipeline.deliverAfter(visibilityTimeoutMs)).toMatchObject({ deleted: [], kept: failed.kept });
    await running.clock.advance(visibilityTimeoutMs);
    expect(await pipeline.counts('cannot-start-dead')).toEqual({ visible: 1, inFlight: 0 });
    expect(pipeline.emitted('batch-started')).toHaveLength(2);
  });

  test('whole, good messages included, without a partial batch response', async () => {
    const pipeline = running.pipeline('module');
    expect(await pipeline.deliver('good', 'bad')).toMatchObject({
      deleted: [],
      kept: [expect.any(String), expect.any(String)],
    });
  });
});

test('a message that comes back has a new receipt handle, one receive more and its first receive’s time', async () => {
  const pipeline = running.pipeline('throws');
  const earlier = pipeline.observed().length;
  const { kept } = await pipeline.deliver('again');
  await pipeline.deliverAfter(visibilityTimeoutMs);
  const [first, second] = pipeline
    .observed()
    .slice(earlier)
    .map(({ event }) => event.Records[0]);
  expect([first?.messageId, second?.messageId]).toEqual([kept[0], kept[0]]);
  expect(second?.receiptHandle).not.toBe(first?.receiptHandle);
  expect(first?.attributes).toMatchObject({ ApproximateReceiveCount: '1' });
  expect(second?.attributes).toEqual({ ...first?.attributes, ApproximateReceiveCount: '2' });
});
