// oxlint-disable jest/expect-expect -- the CDK's assertions throw by themselves.
import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { presets } from '../../lib/configuration/configuration.ts';
import { synthesize } from './synthesize.ts';

const production = synthesize();
const lab = synthesize('lab');

describe('the queues', () => {
  test('are encrypted and refuse requests without TLS', () => {
    for (const template of [production, lab]) {
      template.allResourcesProperties('AWS::SQS::Queue', { SqsManagedSseEnabled: true });
      const queues = Object.keys(template.findResources('AWS::SQS::Queue'));
      expect(queues.length).toBeGreaterThanOrEqual(3);
      // Each has a policy of its own.
      for (const queue of queues) template.hasResourceProperties('AWS::SQS::QueuePolicy', { Queues: [{ Ref: queue }] });
      template.allResourcesProperties('AWS::SQS::QueuePolicy', {
        PolicyDocument: Match.objectLike({
          Statement: Match.arrayWith([
            Match.objectLike({
              Effect: 'Deny',
              Action: 'sqs:*',
              Principal: { AWS: '*' },
              Condition: { Bool: { 'aws:SecureTransport': 'false' } },
            }),
          ]),
        }),
      });
    }
  });

  test('hand messages on to bad-orders after five receives, in the lab after one', () => {
    for (const [template, stack, maxReceiveCount] of [
      [production, 'OrderPipeline', 5],
      [lab, 'OrderPipeline-lab', 1],
    ] as const) {
      template.hasResourceProperties('AWS::SQS::Queue', {
        QueueName: `${stack}-orders`,
        RedrivePolicy: {
          deadLetterTargetArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^QueuesBadOrders'), 'Arn'] },
          maxReceiveCount,
        },
      });
    }
  });

  test('hand messages on to parked-orders that failed-orders could not handle for days', () => {
    for (const [template, stack] of [
      [production, 'OrderPipeline'],
      [lab, 'OrderPipeline-lab'],
    ] as const) {
      template.hasResourceProperties('AWS::SQS::Queue', {
        QueueName: `${stack}-bad-orders`,
        RedrivePolicy: {
          deadLetterTargetArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^QueuesParkedOrders'), 'Arn'] },
          maxReceiveCount: 130,
        },
      });
    }
    // What full jitter waits in all, less three standard deviations of uniform waits.
    const { retry, maxReceiveCount } = presets.production.failedOrders;
    const longest = Array.from({ length: maxReceiveCount }, (_, index) =>
      Math.min(retry.capSeconds, retry.baseSeconds * 2 ** index),
    ).slice(presets.production.maxReceiveCount);
    const mean = longest.reduce((sum, seconds) => sum + seconds / 2, 0);
    const deviation = Math.sqrt(longest.reduce((sum, seconds) => sum + seconds ** 2 / 12, 0));
    expect(mean - 3 * deviation).toBeGreaterThan(2 * 24 * 3_600);
  });

  test('let no other queue use parked-orders as its dead-letter queue', () => {
    production.hasResourceProperties('AWS::SQS::Queue', {
      QueueName: 'OrderPipeline-parked-orders',
      RedriveAllowPolicy: {
        redrivePermission: 'byQueue',
        sourceQueueArns: [{ 'Fn::Join': ['', Match.arrayWith([':OrderPipeline-bad-orders'])] }],
      },
    });
  });

  test('let no other queue use bad-orders as its dead-letter queue', () => {
    production.hasResourceProperties('AWS::SQS::Queue', {
      QueueName: 'OrderPipeline-bad-orders',
      RedriveAllowPolicy: {
        redrivePermission: 'byQueue',
        sourceQueueArns: [{ 'Fn::Join': ['', Match.arrayWith([':OrderPipeline-orders'])] }],
      },
    });
  });

  test('keep failures longer than orders', () => {
    production.hasResourceProperties('AWS::SQS::Queue', {
      QueueName: 'OrderPipeline-orders',
      MessageRetentionPeriod: 345_600,
    });
    for (const name of ['bad-orders', 'parked-orders']) {
      production.hasResourceProperties('AWS::SQS::Queue', {
        QueueName: `OrderPipeline-${name}`,
        MessageRetentionPeriod: 1_209_600,
      });
    }
  });

  test('hide messages for six function timeouts and the window', () => {
    for (const [template, stack, VisibilityTimeout] of [
      [production, 'OrderPipeline', 60],
      [lab, 'OrderPipeline-lab', 23],
    ] as const) {
      for (const name of ['orders', 'bad-orders']) {
        template.hasResourceProperties('AWS::SQS::Queue', { QueueName: `${stack}-${name}`, VisibilityTimeout });
      }
    }
  });
});
