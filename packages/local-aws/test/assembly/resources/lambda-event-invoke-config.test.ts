import { describe, expect, test } from '@jest/globals';
import { consumer, readResources, refusalOf } from '../../../src/testing/written-assembly.ts';

const withConfig = (properties: object) => ({
  ...consumer,
  Config: {
    Type: 'AWS::Lambda::EventInvokeConfig',
    Properties: { FunctionName: { Ref: 'Consumer' }, Qualifier: '$LATEST', ...properties },
  },
});

describe('the settings of asynchronous invocations', () => {
  test('are the function’s, named or by its ARN', () => {
    const settings = { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 3600 };
    const expected = { asyncRetry: { maximumRetryAttempts: 0, maximumEventAgeSeconds: 3600 } };
    expect(readResources(withConfig(settings)).functions[0]).toMatchObject(expected);
    const byArn = { ...settings, FunctionName: { 'Fn::GetAtt': ['Consumer', 'Arn'] } };
    expect(readResources(withConfig(byArn)).functions[0]).toMatchObject(expected);
  });

  test('are Lambda’s own without a config', () => {
    expect(readResources(consumer).functions[0]).not.toHaveProperty('asyncRetry');
  });

  test('of an alias are skipped with the reason, because only $LATEST can be invoked here', () => {
    const model = readResources(withConfig({ Qualifier: 'live', MaximumRetryAttempts: 0 }));
    expect(model.functions[0]).not.toHaveProperty('asyncRetry');
    expect(model.skipped).toMatchObject([{ logicalId: 'Config', reason: expect.stringContaining('live') as unknown }]);
  });

  test.each<[object, string]>([
    [{ MaximumRetryAttempts: 3 }, 'PROPERTY_INVALID'],
    [{ MaximumEventAgeInSeconds: 59 }, 'PROPERTY_INVALID'],
    [{ FunctionName: 'nobody' }, 'REFERENCE_MISSING'],
    [{ DestinationConfig: { OnFailure: { Destination: 'arn:aws:sqs:us-east-1:1:q' } } }, 'PROPERTY_UNSUPPORTED'],
  ])('with %j are refused: %s', (properties, code) => {
    expect(refusalOf(withConfig(properties))).toMatchObject({ code });
  });
});
