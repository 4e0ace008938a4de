import {
  GetEventSourceMappingCommand,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
  type UpdateEventSourceMappingCommandInput,
} from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createGate, type Gate, passGate } from './gate.ts';
import { observer } from './handlers.ts';
import type { Pipeline } from './pipeline.ts';
import { type RunningPipelines, startPipelines } from './running-pipelines.ts';

let gates: Record<'gated' | 'capped', Gate>;
let running: RunningPipelines;

beforeAll(async () => {
  gates = { gated: await createGate(), capped: await createGate() };
  const scaling = { BatchSize: 1, ScalingConfig: { MaximumConcurrency: 4 } };
  running = await startPipelines({
    disabled: { code: observer(), mapping: { Enabled: false } },
    gated: { code: observer(passGate), function: gates.gated.function },
    capped: { code: observer(passGate), function: gates.capped.function, mapping: scaling },
    tuned: { code: observer(), mapping: { BatchSize: 2, MaximumBatchingWindowInSeconds: 20 } },
    'ordered.fifo': { code: observer() },
    described: {
      code: observer(),
      mapping: {
        BatchSize: 20,
        MaximumBatchingWindowInSeconds: 3,
        ScalingConfig: { MaximumConcurrency: 7 },
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        FilterCriteria: { Filters: [{ Pattern: '{"body":{"a":[1]}}' }] },
      },
    },
  });
});

afterAll(async () => {
  for (const gate of Object.values(gates)) gate.open();
  await running[Symbol.asyncDispose]();
  for (const gate of Object.values(gates)) await gate[Symbol.asyncDispose]();
});

const get = (pipeline: Pipeline) => running.lambda.send(new GetEventSourceMappingCommand({ UUID: pipeline.mappingId }));

const update = (pipeline: Pipeline, input: Omit<UpdateEventSourceMappingCommandInput, 'UUID'>) =>
  running.lambda.send(new UpdateEventSourceMappingCommand({ UUID: pipeline.mappingId, ...input }));

const sizes = (pipeline: Pipeline) => pipeline.emitted('batch-started').map(({ messageIds }) => messageIds.length);

async function settled(pipeline: Pipeline, state: string): Promise<void> {
  while ((await get(pipeline)).State !== state);
}

describe('GetEventSourceMapping and ListEventSourceMappings', () => {
  test('tell the settings, the defaults too', async () => {
    const { region, accountId } = running.runtime.model;
    const described = running.pipeline('described');
    expect(await get(described)).toMatchObject({
      UUID: described.mappingId,
      BatchSize: 20,
      MaximumBatchingWindowInSeconds: 3,
      ScalingConfig: { MaximumConcurrency: 7 },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      FilterCriteria: { Filters: [{ Pattern: '{"body":{"a":[1]}}' }] },
      EventSourceArn: `arn:aws:sqs:${region}:${accountId}:described`,
      FunctionArn: `arn:aws:lambda:${region}:${accountId}:function:described`,
      EventSourceMappingArn: `arn:aws:lambda:${region}:${accountId}:event-source-mapping:${described.mappingId}`,
      LastModified: new Date(running.clock.now()),
      State: 'Enabled',
      StateTransitionReason: 'USER_INITIATED',
    });
    const defaults = await get(running.pipeline('gated'));
    expect(defaults).toMatchObject({ BatchSize: 10, MaximumBatchingWindowInSeconds: 0, FunctionResponseTypes: [] });
    expect(defaults).not.toHaveProperty('ScalingConfig');
    expect(defaults).not.toHaveProperty('FilterCriteria');
  });

  test('find mappings by queue and by function, page by page', async () => {
    const list = async (input: object) => {
      const { EventSourceMappings = [], NextMarker } = await running.lambda.send(
        new ListEventSourceMappingsCommand(input),
      );
      return { ids: EventSourceMappings.map(({ UUID }) => UUID), NextMarker };
    };
    const tuned = running.pipeline('tuned');
    const EventSourceArn = tuned.queue.arn;
    expect(await list({ EventSourceArn })).toEqual({ ids: [tuned.mappingId], NextMarker: undefined });
    expect(await list({ FunctionName: 'tuned' })).toEqual({ ids: [tuned.mappingId], NextMarker: undefined });
    expect((await list({ FunctionName: 'gated', EventSourceArn })).ids).toEqual([]);
    const first = await list({ MaxItems: 4 });
    const second = await list({ Marker: first.NextMarker });
    expect(new Set([...first.ids, ...second.ids]).size).toBe(6);
  });

  test('know no other mapping', async () => {
    const UUID = '00000000-0000-0000-0000-000000000000';
    await expect(running.lambda.send(new GetEventSourceMappingCommand({ UUID }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      $metadata: { httpStatusCode: 404 },
    });
  });
});

describe('a disabled mapping', () => {
  test('does not poll, and once enabled delivers what waited', async () => {
    const pipeline = running.pipeline('disabled');
    expect((await get(pipeline)).State).toBe('Disabled');
    await pipeline.send('a', 'b');
    await running.clock.advance(60_000);
    expect(await pipeline.counts()).toEqual({ visible: 2, inFlight: 0 });

    const delivered = pipeline.next('batch-ended');
    expect(await update(pipeline, { Enabled: true })).toMatchObject({ State: 'Enabling' });
    expect((await delivered).deleted).toHaveLength(2);
    expect((await get(pipeline)).State).toBe('Enabled');
  });
});

describe('UpdateEventSourceMapping', () => {
  test('disables: Disabling until the batch in flight has ended, which still counts, then Disabled', async () => {
    const pipeline = running.pipeline('gated');
    await pipeline.send('a');
    await gates.gated.reached(1);
    expect(await update(pipeline, { Enabled: false })).toMatchObject({ State: 'Disabling' });
    await pipeline.send('b');
    expect((await get(pipeline)).State).toBe('Disabling');
    await expect(update(pipeline, { Enabled: true })).rejects.toMatchObject({ name: 'ResourceInUseException' });

    const ended = pipeline.next('batch-ended');
    gates.gated.open();
    expect((await ended).deleted).toHaveLength(1);
    await settled(pipeline, 'Disabled');
    expect(await pipeline.counts()).toEqual({ visible: 1, inFlight: 0 });
  });

  test('changes batch size and window; what waits in a window is delivered first', async () => {
    const pipeline = running.pipeline('tuned');
    await pipeline.send('a');
    await running.clock.advance(5_000);
    const early = pipeline.next('batch-ended');
    const changed = { BatchSize: 25, MaximumBatchingWindowInSeconds: 2 };
    expect(await update(pipeline, changed)).toMatchObject({ State: 'Updating', ...changed });
    expect((await early).deleted).toHaveLength(1);
    await settled(pipeline, 'Enabled');

    await pipeline.send('b', 'c', 'd');
    await running.clock.advance(1_999);
    expect(sizes(pipeline)).toEqual([1]);
    await pipeline.deliverAfter(1);
    expect(sizes(pipeline)).toEqual([1, 3]);
  });

  test('changes the maximum concurrency, which holds across the change', async () => {
    const pipeline = running.pipeline('capped');
    await pipeline.send('1', '2', '3', '4', '5', '6', '7', '8', '9');
    await gates.capped.reached(4);
    await update(pipeline, { ScalingConfig: { MaximumConcurrency: 2 } });
    expect((await pipeline.counts()).inFlight).toBe(4);
    gates.capped.letPass();
    await gates.capped.reached(2);
    expect(await get(pipeline)).toMatchObject({ State: 'Enabled', ScalingConfig: { MaximumConcurrency: 2 } });
    await running.clock.advance(2_000);
    expect(await pipeline.counts()).toEqual({ visible: 3, inFlight: 2 });
    const ended = pipeline.next('batch-ended', 5);
    gates.capped.open();
    await ended;
  });

  test('changes filters and the response type', async () => {
    const pipeline = running.pipeline('described');
    const changed = { FunctionResponseTypes: [], FilterCriteria: { Filters: [] }, ScalingConfig: {} };
    await update(pipeline, { ...changed, BatchSize: 1, MaximumBatchingWindowInSeconds: 0 });
    await settled(pipeline, 'Enabled');
    const configuration = await get(pipeline);
    expect(configuration).toMatchObject({ FunctionResponseTypes: [] });
    expect(configuration).not.toHaveProperty('FilterCriteria');
    expect(configuration).not.toHaveProperty('ScalingConfig');
    expect((await pipeline.deliver('matches no filter')).deleted).toHaveLength(1);
  });

  test.each([
    [
      { BatchSize: 11, MaximumBatchingWindowInSeconds: 0 },
      'InvalidParameterValueException',
      'Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10',
    ],
    [{ BatchSize: 10_001 }, 'ValidationException', 'Member must have value less than or equal to 10000'],
    [{ BatchSize: 0 }, 'ValidationException', 'Member must have value greater than or equal to 1'],
    [{ MaximumBatchingWindowInSeconds: 301 }, 'ValidationException', 'less than or equal to 300'],
    [{ ScalingConfig: { MaximumConcurrency: 1 } }, 'ValidationException', 'greater than or equal to 2'],
    [{ ScalingConfig: { MaximumConcurrency: 1_001 } }, 'ValidationException', 'less than or equal to 1000'],
    [
      { FilterCriteria: { Filters: [{ Pattern: '{"body":{"a":"b"}}' }] } },
      'InvalidParameterValueException',
      'Invalid filter pattern definition',
    ],
    [
      { FilterCriteria: { Filters: Array.from({ length: 6 }, () => ({ Pattern: '{"body":["x"]}' })) } },
      'InvalidParameterValueException',
      '6 filters, at most 5',
    ],
    [{ FunctionName: 'gated' }, 'InvalidParameterValueException', 'FunctionName cannot be changed'],
    [{ MaximumRetryAttempts: 1 }, 'InvalidParameterValueException', 'MaximumRetryAttempts cannot be changed'],
  ])('refuses %j with %s', async (input, name, message) => {
    const pipeline = running.pipeline('disabled');
    const before = await get(pipeline);
    await expect(update(pipeline, input)).rejects.toMatchObject({
      name,
      message: expect.stringContaining(message),
      $metadata: { httpStatusCode: 400 },
    });
    expect(await get(pipeline)).toEqual({ ...before, $metadata: expect.anything() });
  });

  test.each([{ BatchSize: 11 }, { MaximumBatchingWindowInSeconds: 1 }])('refuses %j on a FIFO queue', async (input) => {
    await expect(update(running.pipeline('ordered.fifo'), input)).rejects.toMatchObject({
      $metadata: { httpStatusCode: 400 },
    });
  });
});

test('an empty queue is polled and never invokes the function', async () => {
  const pipeline = running.pipeline('ordered.fifo');
  await running.clock.advance(3_600_000);
  expect(pipeline.emitted('batch-started')).toEqual([]);
  expect(pipeline.emitted('invocation-started')).toEqual([]);
  expect(pipeline.queue.waiting).toBeGreaterThan(0);
});
