import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createGate, type Gate, passGate } from './gate.ts';
import { observer } from './handlers.ts';
import type { Pipeline, Sent } from './pipeline.ts';
import { type RunningPipelines, startPipelines } from './running-pipelines.ts';

const visibilityTimeoutMs = 30_000;
const queue = { VisibilityTimeout: visibilityTimeoutMs / 1000 };
const mebibyte = 1024 * 1024;

/** Stops at the first body with `!`, at its first receive, and reports it and all that follow. */
const stopsAtFirstFailure = observer(`
  const failed = event.Records.findIndex(
    ({ body, attributes }) => body.endsWith('!') && attributes.ApproximateReceiveCount === '1',
  );
  const rest = failed === -1 ? [] : event.Records.slice(failed);
  return { batchItemFailures: rest.map(({ messageId }) => ({ itemIdentifier: messageId })) };
`);

let gate: Gate;
let running: RunningPipelines;

beforeAll(async () => {
  gate = await createGate();
  running = await startPipelines({
    'gated.fifo': { code: observer(passGate), queue, function: { Timeout: 30, ...gate.function } },
    'stopping.fifo': {
      code: stopsAtFirstFailure,
      queue,
      mapping: { FunctionResponseTypes: ['ReportBatchItemFailures'] },
    },
    'heavy.fifo': {
      code: 'exports.handler = async (event) => { if (event.Records.length === 5) throw new Error("no"); };',
      queue: { VisibilityTimeout: 300 },
      function: { MemorySize: 512 },
    },
  });
});

afterAll(async () => {
  gate.open();
  await running[Symbol.asyncDispose]();
  await gate[Symbol.asyncDispose]();
});

/** `a1` is a message of the group `a`. */
const grouped = (...bodies: readonly string[]): Sent[] =>
  bodies.map((body) => ({ MessageBody: body, MessageGroupId: body.charAt(0) }));

const batches = (pipeline: Pipeline) =>
  pipeline.observed().map(({ event }) => event.Records.map(({ body }) => body).join(' '));

describe('a FIFO queue', () => {
  test('has one batch in flight a group; a batch mixes groups and keeps the order within each', async () => {
    const pipeline = running.pipeline('gated.fifo');
    await pipeline.send(...grouped('a1', 'b1', 'a2', 'b2', 'a3'));
    await gate.reached(1);
    await pipeline.send(...grouped('a4', 'c1', 'b3', 'c2'));
    await gate.reached(2);
    expect(batches(pipeline)).toEqual(['a1 a2 a3 b1 b2', 'c1 c2']);
    expect(await pipeline.counts()).toEqual({ visible: 2, inFlight: 7 });

    const ended = pipeline.next('batch-ended', 3);
    gate.open();
    await ended;
    expect(batches(pipeline).slice(2)).toEqual(['a4 b3']);
  });

  test('after a partial failure gives the rest of the group again, in order and before what came later', async () => {
    const pipeline = running.pipeline('stopping.fifo');
    const failed = await pipeline.deliver(...grouped('a1', 'a2!', 'a3'));
    expect(failed).toMatchObject({ deleted: [expect.any(String)], kept: [expect.any(String), expect.any(String)] });
    await pipeline.send(...grouped('a4'));
    await pipeline.deliver(...grouped('b1'));
    await running.clock.advance(visibilityTimeoutMs - 1);
    expect(batches(pipeline)).toEqual(['a1 a2! a3', 'b1']);

    const rest = await pipeline.deliverAfter(1);
    expect(rest.deleted).toHaveLength(3);
    expect(batches(pipeline).slice(2)).toEqual(['a2! a3 a4']);
  });

  test('keeps the order of a group when the payload limit splits its batch and the first part fails', async () => {
    const pipeline = running.pipeline('heavy.fifo');
    const body = 'x'.repeat(mebibyte);
    const ended = pipeline.next('batch-ended');
    const messages = ['0', '1', '2', '3', '4', '5'].map((deduplicationId) => ({
      body,
      senderId: 'test',
      groupId: 'a',
      deduplicationId,
    }));
    const sent = pipeline.queue.send(messages).map(({ messageId }) => messageId);
    expect((await ended).kept).toEqual(sent.slice(0, 5));
    await running.clock.advance(299_999);
    expect(pipeline.emitted('batch-started').map(({ messageIds }) => messageIds)).toEqual([sent.slice(0, 5)]);
  });

  test('splits a batch at the payload limit without mixing up the order when all goes well', async () => {
    const pipeline = running.pipeline('heavy.fifo');
    const before = pipeline.emitted('batch-started').length;
    const body = 'x'.repeat(mebibyte - 600);
    const ended = pipeline.next('batch-ended', 2);
    const messages = ['6', '7', '8', '9', '10', '11', '12'].map((deduplicationId) => ({
      body,
      senderId: 'test',
      groupId: 'b',
      deduplicationId,
    }));
    const sent = pipeline.queue.send(messages).map(({ messageId }) => messageId);
    await ended;
    const started = pipeline.emitted('batch-started').slice(before);
    expect(started.map(({ messageIds }) => messageIds)).toEqual([sent.slice(0, 6), sent.slice(6)]);
  });
});
