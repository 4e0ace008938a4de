// oxlint-disable jest/expect-expect -- the CDK's assertions throw by themselves.
import { describe, expect, test } from '@jest/globals';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { createApp } from '../../lib/order-pipeline-app.ts';
import { newOutputFolder, synthesize } from './synthesize.ts';

const production = synthesize();
const lab = synthesize('lab');

describe('the event source mappings', () => {
  test('report failures item by item in production', () => {
    production.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^QueuesOrders'), 'Arn'] },
      FunctionName: { Ref: Match.stringLikeRegexp('^ProcessOrders') },
      BatchSize: 10,
      MaximumBatchingWindowInSeconds: 0,
      ScalingConfig: { MaximumConcurrency: 10 },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
  });

  test('fail whole batches of two instances in the lab, after a window of five seconds', () => {
    lab.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      FunctionName: { Ref: Match.stringLikeRegexp('^ProcessOrders') },
      MaximumBatchingWindowInSeconds: 5,
      ScalingConfig: { MaximumConcurrency: 2 },
      FunctionResponseTypes: Match.absent(),
    });
  });

  test('let failed-orders report its own failures in both', () => {
    for (const template of [production, lab]) {
      template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
        EventSourceArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^QueuesBadOrders'), 'Arn'] },
        FunctionName: { Ref: Match.stringLikeRegexp('^FailedOrders') },
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      });
    }
  });
});

describe('the functions', () => {
  test('run on Node 24 and arm64, and log JSON to a log group of their own', () => {
    production.allResourcesProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      LoggingConfig: { LogFormat: 'JSON', LogGroup: { Ref: Match.stringLikeRegexp('Logs') } },
    });
    const functions = Object.keys(production.findResources('AWS::Lambda::Function'));
    expect(functions.length).toBeGreaterThanOrEqual(3);
    production.resourceCountIs('AWS::Logs::LogGroup', functions.length);
    production.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
  });

  test('are told whether they may fail item by item, as their mapping is', () => {
    for (const [template, value] of [
      [production, 'true'],
      [lab, 'false'],
    ] as const) {
      template.hasResourceProperties('AWS::Lambda::Function', {
        Environment: { Variables: Match.objectLike({ PARTIAL_BATCH_RESPONSES: value }) },
      });
    }
  });

  test('are not tried again on an asynchronous event: the producer would make up other orders', () => {
    production.resourceCountIs('AWS::Lambda::EventInvokeConfig', 1);
    production.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      FunctionName: { Ref: Match.stringLikeRegexp('^GenerateOrders') },
      MaximumRetryAttempts: 0,
    });
  });

  test('may log names in the lab only', () => {
    expect(JSON.stringify(production.toJSON())).not.toContain('"LOG_CUSTOMER_NAMES":"true"');
    expect(JSON.stringify(lab.toJSON())).not.toContain('"LOG_CUSTOMER_NAMES":"false"');
  });
});

describe('the stack', () => {
  test('puts out what other programs look up, under stable names', () => {
    const names = ['GenerateOrders', 'ProcessOrders', 'FailedOrders'].flatMap((name) => [
      `${name}FunctionName`,
      `${name}LogGroupName`,
    ]);
    names.push('OrdersQueueUrl', 'BadOrdersQueueUrl', 'ParkedOrdersQueueUrl', 'OrdersTableName', 'AlarmTopicArn');
    expect(Object.keys(production.findOutputs('*')).toSorted()).toEqual(names.toSorted());
  });

  test('synthesizes without warnings', () => {
    const { app, stack } = createApp({ context: { 'aws:cdk:bundling-stacks': [] }, outdir: newOutputFolder() });
    app.synth();
    expect(Annotations.fromStack(stack).findWarning('*', Match.anyValue())).toEqual([]);
  });

  test('names the presets there are when asked for another', () => {
    expect(() => synthesize('prod')).toThrow(
      'There is no preset "prod": choose one of production, lab (-c preset=lab).',
    );
    expect(() => synthesize('toString')).toThrow('There is no preset "toString"');
  });
});
