import { describe, expect, test } from '@jest/globals';
import type { PipelineSettings } from '../../src/testing/written-pipelines.ts';
import { observer } from './handlers.ts';
import { startPipelines } from './running-pipelines.ts';

const start = (settings: Omit<PipelineSettings, 'code'>, options = {}) =>
  startPipelines({ orders: { code: observer(), ...settings } }, options);

/** Why a runtime with this pipeline does not start. */
async function refusal(settings: Omit<PipelineSettings, 'code'>): Promise<string> {
  return start(settings).then(
    async (running) => {
      await running[Symbol.asyncDispose]();
      return 'it started';
    },
    (error: unknown) => String(error),
  );
}

describe('a mapping is not created', () => {
  test('when the function’s timeout exceeds the queue’s visibility timeout; equal is allowed', async () => {
    const queue = { VisibilityTimeout: 60 };
    expect(await refusal({ queue, function: { Timeout: 300 } })).toContain(
      'Queue visibility timeout: 60 seconds is less than Function timeout: 300 seconds',
    );
    await using running = await start({ queue, function: { Timeout: 60 } });
    expect((await running.pipeline('orders').deliver('a')).deleted).toHaveLength(1);
  });

  test.each(['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'])(
    'when the function’s role may not call %s',
    async (missing) => {
      const needed = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];
      expect(await refusal({ actions: needed.filter((action) => action !== `sqs:${missing}`) })).toContain(
        `The function execution role does not have permissions to call ${missing} on SQS.`,
      );
    },
  );

  test('and neither is another one: both are told at once', async () => {
    const pipeline = { code: observer(), actions: ['sqs:ReceiveMessage'] };
    await expect(startPipelines({ orders: pipeline, returns: pipeline })).rejects.toThrow(
      /2 problems.*\n.*MAPPING_ROLE at Pipelines ordersMapping.*\n.*returnsMapping/,
    );
  });

  test.each([
    [
      'a batch above 10 without a window',
      { BatchSize: 11 },
      'Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10',
    ],
    ['a maximum concurrency below 2', { ScalingConfig: { MaximumConcurrency: 1 } }, 'greater than or equal to 2'],
    [
      'a maximum concurrency above 1,000',
      { ScalingConfig: { MaximumConcurrency: 1_001 } },
      'less than or equal to 1000',
    ],
  ])('with %s', async (_, mapping, message) => {
    expect(await refusal({ mapping })).toContain(message);
  });
});

describe('a mapping whose role lacks a permission runs', () => {
  const actions = ['sqs:ReceiveMessage', 'sqs:GetQueueAttributes'];

  test('when policies are not looked at', async () => {
    await using running = await start({ actions }, { iam: 'off' });
    expect((await running.pipeline('orders').deliver('a')).deleted).toHaveLength(1);
  });

  test('when they are audited, and it is said what AWS would refuse', async () => {
    await using running = await start({ actions }, { iam: 'audit' });
    expect((await running.pipeline('orders').deliver('a')).deleted).toHaveLength(1);
    expect(running.watch.emitted).toContainEqual(
      expect.objectContaining({ type: 'notice', message: expect.stringMatching(/sqs:DeleteMessage/i) }),
    );
  });
});
