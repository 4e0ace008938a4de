import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { observer } from './handlers.ts';
import { type RunningPipelines, startPipelines } from './running-pipelines.ts';

const visibilityTimeoutMs = 30_000;
const queue = { VisibilityTimeout: visibilityTimeoutMs / 1000 };

/**
 * Answers with what the JavaScript in the first body evaluates to: `ids` are the batch's messageIds. Evaluated at the
 * first receive only; after it the batch succeeds.
 */
const answers = observer(`
  const ids = event.Records.map((record) => record.messageId);
  if (event.Records[0].attributes.ApproximateReceiveCount !== '1') return;
  const expression = bodies.find((body) => body !== 'other');
  return new Function('ids', 'self', 'return ' + expression)(
    ids,
    event.Records[bodies.indexOf(expression)].messageId,
  );
`);

/** Talks to the Runtime API itself, as a runtime of one's own may, and answers what is no JSON. */
const answersNoJson = observer(`
  if (event.Records[0].attributes.ApproximateReceiveCount !== '1') return;
  const { AWS_LAMBDA_RUNTIME_API: api } = process.env;
  const url = 'http://' + api + '/2018-06-01/runtime/invocation/' + context.awsRequestId + '/response';
  await fetch(url, { method: 'POST', body: '{"batchItemFailures":' });
`);

let running: RunningPipelines;

beforeAll(async () => {
  running = await startPipelines({
    reporting: { code: answers, queue, mapping: { FunctionResponseTypes: ['ReportBatchItemFailures'] } },
    raw: { code: answersNoJson, queue, mapping: { FunctionResponseTypes: ['ReportBatchItemFailures'] } },
    silent: { code: answers, queue },
  });
});

afterAll(async () => {
  await running[Symbol.asyncDispose]();
});

/** Delivers a batch of two, the first of which says what the function answers. */
async function answerWith(pipelineName: string, expression: string) {
  const pipeline = running.pipeline(pipelineName);
  const ended = pipeline.next('batch-ended');
  const ids = await pipeline.send(expression, 'other');
  return { pipeline, ids, ended: await ended };
}

describe('with ReportBatchItemFailures', () => {
  test.each([
    '({ batchItemFailures: [] })',
    '({ batchItemFailures: null })',
    '({})',
    'null',
    'undefined',
    '""',
    '({ statusCode: 200, body: "done" })',
  ])('the whole batch is deleted when the function answers %s', async (expression) => {
    const { pipeline, ids, ended } = await answerWith('reporting', expression);
    expect(ended).toMatchObject({ deleted: ids, kept: [] });
    expect(await pipeline.counts()).toEqual({ visible: 0, inFlight: 0 });
  });

  test.each(['({ batchItemFailures: [{ itemIdentifier: self }] })'])(
    'only the message that %s names stays, and comes back after its visibility timeout',
    async (expression) => {
      const { pipeline, ids, ended } = await answerWith('reporting', expression);
      expect(ended).toMatchObject({ deleted: [ids[1]], kept: [ids[0]] });
      expect(await pipeline.counts()).toEqual({ visible: 0, inFlight: 1 });
      await running.clock.advance(visibilityTimeoutMs - 1);
      expect(await pipeline.counts()).toEqual({ visible: 0, inFlight: 1 });
      expect(await pipeline.deliverAfter(1)).toMatchObject({ deleted: [ids[0]], kept: [] });
    },
  );

  test.each([
    '({ batchItemFailures: [{ itemIdentifier: "" }] })',
    '({ batchItemFailures: [{ itemIdentifier: null }] })',
    '({ batchItemFailures: [{ itemIdentifier: "not-in-the-batch" }] })',
    '({ batchItemFailures: [{ itemIdentifier: self }, { itemIdentifier: "not-in-the-batch" }] })',
    '({ batchItemFailures: [{ messageId: self }] })',
    '({ batchItemFailures: [{}] })',
    '({ batchItemFailures: [self] })',
    '({ batchItemFailures: { itemIdentifier: self } })',
    '({ batchItemFailures: "all" })',
    '(() => { throw new Error("no"); })()',
  ])('the whole batch stays when the function answers %s', async (expression) => {
    const { pipeline, ids, ended } = await answerWith('reporting', expression);
    expect(ended).toMatchObject({ deleted: [], kept: ids });
    expect(await pipeline.counts()).toEqual({ visible: 0, inFlight: 2 });
    expect(await pipeline.deliverAfter(visibilityTimeoutMs)).toMatchObject({ deleted: ids, kept: [] });
  });
});

test('the whole batch stays when the answer is no JSON', async () => {
  const pipeline = running.pipeline('raw');
  const ended = await pipeline.deliver('a', 'b');
  expect(ended).toMatchObject({ deleted: [], reason: 'the response is not JSON' });
  expect((await pipeline.deliverAfter(visibilityTimeoutMs)).deleted.toSorted()).toEqual(ended.kept.toSorted());
});

describe('without ReportBatchItemFailures', () => {
  test.each([
    '({ batchItemFailures: [{ itemIdentifier: self }] })',
    '({ batchItemFailures: [{ itemIdentifier: "" }] })',
  ])('the answer %s is ignored', async (expression) => {
    const { ids, ended } = await answerWith('silent', expression);
    expect(ended).toMatchObject({ deleted: ids, kept: [] });
  });
});
