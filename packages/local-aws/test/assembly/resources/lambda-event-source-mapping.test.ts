import { describe, expect, test } from '@jest/globals';
import type { MappingModel } from '../../../src/services/lambda/model.ts';
import {
  consumer,
  functionWith,
  mappingWith,
  queueWith,
  readResources,
  refusalOf,
} from '../../../src/testing/written-assembly.ts';

const withMapping = (mapping: object, queue: object = {}, fn: object = {}): object => ({
  ...consumer,
  Consumer: functionWith(fn),
  Orders: queueWith(queue),
  Mapping: mappingWith(mapping),
});

const defaultMapping = (): MappingModel | undefined => readResources(withMapping({})).mappings[0];

describe('an event source mapping', () => {
  test("has AWS's defaults and the same uuid each time", () => {
    expect(defaultMapping()).toMatchObject({
      enabled: true,
      batchSize: 10,
      windowSeconds: 0,
      reportBatchItemFailures: false,
    });
    expect(defaultMapping()?.filterPatterns).toEqual([]);
    expect(defaultMapping()).not.toHaveProperty('maximumConcurrency');
    expect(defaultMapping()?.uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(defaultMapping()?.uuid).toBe(defaultMapping()?.uuid);
  });

  test.each([
    [{ Ref: 'Consumer' }],
    [{ 'Fn::GetAtt': ['Consumer', 'Arn'] }],
    [{ Ref: 'Live' }],
    [{ 'Fn::Sub': '${AWS::AccountId}:function:${Consumer}' }],
  ])('finds its function by %j', (reference) => {
    const alias = {
      Type: 'AWS::Lambda::Alias',
      Properties: { FunctionName: { Ref: 'Consumer' }, FunctionVersion: '1', Name: 'live' },
    };
    const model = readResources({ ...withMapping({ FunctionName: reference }), Live: alias });
    expect(model.mappings[0]?.functionName).toBe(model.functions[0]?.name);
  });

  test('whose function may run longer than the visibility timeout is refused in the words of Lambda', () => {
    const error = refusalOf(withMapping({}, { VisibilityTimeout: 60 }, { Timeout: 300 }));
    expect(error.message).toContain('Queue visibility timeout: 60 seconds is less than Function timeout: 300 seconds');
    expect(error).toMatchObject({ code: 'REFUSED_BY_AWS', place: { logicalId: 'Mapping' } });
  });

  test('whose function may run exactly as long is accepted', () => {
    expect(readResources(withMapping({}, { VisibilityTimeout: 300 }, { Timeout: 300 })).mappings).toHaveLength(1);
  });

  test('with a batch above 10 and no window is refused in the words of Lambda', () => {
    expect(refusalOf(withMapping({ BatchSize: 11 })).message).toContain(
      'Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10',
    );
    expect(readResources(withMapping({ BatchSize: 10_000, MaximumBatchingWindowInSeconds: 1 })).mappings).toHaveLength(
      1,
    );
  });

  test.each([
    ['PROPERTY_INVALID', { BatchSize: 0 }],
    ['PROPERTY_INVALID', { BatchSize: 10_001 }],
    ['PROPERTY_INVALID', { MaximumBatchingWindowInSeconds: 301 }],
    ['PROPERTY_INVALID', { FunctionResponseTypes: ['Everything'] }],
    ['REFUSED_BY_AWS', { ScalingConfig: { MaximumConcurrency: 1 } }],
    ['REFUSED_BY_AWS', { ScalingConfig: { MaximumConcurrency: 1001 } }],
    ['REFUSED_BY_AWS', { FilterCriteria: { Filters: [{ Pattern: 'not json' }] } }],
    [
      'PROPERTY_INVALID',
      { FilterCriteria: { Filters: Array.from({ length: 6 }, () => ({ Pattern: '{"body":["x"]}' })) } },
    ],
    ['REFUSED_BY_AWS', { EventSourceArn: 'arn:aws:sqs:us-east-1:000000000000:nowhere' }],
    ['REFUSED_BY_AWS', { FunctionName: 'nobody' }],
    ['RESOURCE_UNSUPPORTED', { EventSourceArn: 'arn:aws:kinesis:us-east-1:000000000000:stream/s' }],
    ['PROPERTY_UNSUPPORTED', { ProvisionedPollerConfig: { MinimumPollers: 2 } }],
    ['PROPERTY_UNKNOWN', { ScalingConfig: { MaximumConcurency: 2 } }],
  ])('is refused with %s for %j', (code, properties) => {
    expect(refusalOf(withMapping(properties)).code).toBe(code);
  });

  test('of a FIFO queue has no window and at most 10 records', () => {
    const window = refusalOf(withMapping({ MaximumBatchingWindowInSeconds: 1 }, { FifoQueue: true }));
    expect(window.message).toContain('Batching window is not supported for FIFO queues');
    expect(refusalOf(withMapping({ BatchSize: 11 }, { FifoQueue: true })).code).toBe('REFUSED_BY_AWS');
  });

  test('of a queue that does not exist is refused in the words of the mapping', () => {
    const { message } = refusalOf(withMapping({ EventSourceArn: 'arn:aws:sqs:us-east-1:000000000000:nowhere' }));
    expect(message).toContain(
      'SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. SQS Error Message: The specified queue does not exist.',
    );
  });

  test('that exists already for the queue and function is refused', () => {
    const error = refusalOf({ ...withMapping({}), Second: mappingWith({}) });
    expect(error.message).toContain('already exists. Please update or delete the existing mapping with UUID');
  });
});
