// oxlint-disable jest/expect-expect -- the CDK's assertions throw by themselves.
import { describe, expect, test } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { PipelineMonitoring } from '../../../lib/monitoring/pipeline-monitoring.ts';
import { synthesize } from '../synthesize.ts';
import { alarmsOf, periodOf, type SynthesizedAlarm } from './synthesized-alarms.ts';

const production = synthesize();
const lab = synthesize('lab');
const told = synthesize('production', {
  alarmEmail: 'ada@example.com,bob@example.com',
  runbook: 'https://git/runbook',
});

function alarm(template: Template, id: string): SynthesizedAlarm {
  return alarmsOf(template).find((each) => each.id === id)!;
}

describe('an alarm', () => {
  test.each(alarmsOf(production))('like $id says what to do, goes to the topic and ignores silence', (each) => {
    expect(each.AlarmDescription).toMatch(/^[^#]{30,} What to do: docs\/runbook\.md#[a-z-]+$/);
    // AWS takes 1,024 characters.
    expect(each.AlarmDescription.length).toBeLessThan(1_000);
    expect(each.AlarmActions).toEqual([{ Ref: expect.stringMatching(/^MonitoringAlarmTopic/) }]);
    expect(each.OKActions).toBeUndefined();
    expect(each.TreatMissingData).toBe('notBreaching');
    // With nothing to count, the count is 0: no alarm goes off on an idle pipeline.
    expect(each.ComparisonOperator).toBe('GreaterThanOrEqualToThreshold');
    expect(each.Threshold).toBeGreaterThan(0);
    // CloudWatch takes alarms that look back for a day at most.
    expect(each.EvaluationPeriods * periodOf(each)!).toBeLessThanOrEqual(86_400);
  });

  test('is there for each thing that somebody must know', () => {
    expect(alarmsOf(production).map(({ id }) => id)).toEqual([
      'OrdersNotQueued',
      'OrdersWait',
      'SlowDrain',
      'FailuresRecorded',
      'FailuresNotRecorded',
      'BadOrdersWait',
      'Parked',
      'GenerateOrdersErrors',
      'GenerateOrdersThrottles',
      'ProcessOrdersErrors',
      'ProcessOrdersThrottles',
      'FailedOrdersErrors',
      'FailedOrdersThrottles',
    ]);
  });

  test('of failures looks at what failed-orders itself counts', () => {
    expect(alarm(production, 'FailuresRecorded')).toMatchObject({
      Namespace: 'OrderPipeline',
      MetricName: 'FailuresRecorded',
      Dimensions: [{ Name: 'FunctionName', Value: { Ref: expect.stringMatching(/^FailedOrdersFunction/) as unknown } }],
      Statistic: 'Sum',
      Threshold: 1,
    });
  });

  test('of parked messages goes off at the first one', () => {
    expect(alarm(production, 'Parked')).toMatchObject({
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [
        { Name: 'QueueName', Value: { 'Fn::GetAtt': [expect.stringMatching(/^QueuesParkedOrders/), 'QueueName'] } },
      ],
      Statistic: 'Maximum',
      Threshold: 1,
    });
  });

  test('of age follows from the timeout and the window', () => {
    expect(alarm(production, 'OrdersWait').Threshold).toBe(180);
    expect(alarm(lab, 'OrdersWait').Threshold).toBe(60);
    expect(alarm(production, 'BadOrdersWait').Threshold).toBe(300);
  });

  test('leads to the runbook where a team has it', () => {
    expect(alarm(told, 'Parked').AlarmDescription).toMatch(/What to do: https:\/\/git\/runbook#messages-are-parked$/);
  });
});

describe('the time to drain', () => {
  const { Metrics } = alarm(production, 'SlowDrain');
  const { Expression } = Metrics!.find((metric) => metric.Expression !== undefined)!;
  /** As CloudWatch computes it, from values of one minute; undefined where SQS publishes none. */
  const timeToDrain = (backlog: number, processed: number | undefined): number => {
    const given = { backlog, processed, IF: (is: boolean, a: number, b: number) => (is ? a : b) };
    const names = [...Object.keys(given), 'FILL'];
    const fill = (value: number | undefined, instead: number) => value ?? instead;
    // oxlint-disable-next-line no-new-func, typescript/no-implied-eval -- the expression is ours, and this is what it means.
    const evaluate = new globalThis.Function(...names, `return ${Expression}`) as (...values: unknown[]) => number;
    return evaluate(...Object.values(given), fill);
  };

  test.each([
    ['nothing for an idle queue', 0, 0, 0],
    ['nothing for a queue of which SQS says nothing but its depth', 0, undefined, 0],
    ['the backlog by the rate', 6_000, 600, 600],
    ['ten minutes for ten messages that nobody touches', 10, 0, 600],
  ])('is %s', (_what, backlog, processed, seconds) => {
    expect(timeToDrain(backlog, processed)).toBe(seconds);
  });

  test('is computed from what is visible and what is deleted, by the minute', () => {
    const names = Metrics!.flatMap(({ MetricStat }) => (MetricStat === undefined ? [] : [MetricStat]));
    expect(names.map(({ Period, Metric }) => [Metric.MetricName, Period])).toEqual([
      ['ApproximateNumberOfMessagesVisible', 60],
      ['NumberOfMessagesDeleted', 60],
    ]);
  });
});

describe('the topic of alarms', () => {
  const alarmsOfTheAccount = {
    StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
    ArnLike: {
      'aws:SourceArn': { 'Fn::Join': ['', Match.arrayWith([':cloudwatch:', ':alarm:*'])] },
    },
  };

  test('is encrypted with a key that this account’s alarms may use, which they may not of the one of AWS', () => {
    production.hasResourceProperties('AWS::SNS::Topic', {
      KmsMasterKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^MonitoringAlarmTopicKey'), 'Arn'] },
    });
    production.hasResourceProperties('AWS::KMS::Key', {
      EnableKeyRotation: true,
      KeyPolicy: Match.objectLike({
        Statement: Match.arrayWith([
          Match.objectLike({
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
            Condition: Match.objectLike({ StringEquals: alarmsOfTheAccount.StringEquals }),
          }),
        ]),
      }),
    });
  });

  test('takes nothing but this account’s alarms, and over TLS', () => {
    production.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: Match.objectLike({
        Statement: [
          Match.objectLike({
            Effect: 'Deny',
            Action: 'sns:Publish',
            Principal: '*',
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
          Match.objectLike({
            Effect: 'Allow',
            Action: 'sns:Publish',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Condition: Match.objectLike({ StringEquals: alarmsOfTheAccount.StringEquals }),
          }),
        ],
      }),
    });
  });

  test('tells the addresses that a deployment names, and nobody by itself', () => {
    production.resourceCountIs('AWS::SNS::Subscription', 0);
    for (const Endpoint of ['ada@example.com', 'bob@example.com']) {
      told.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint });
    }
  });
});

describe('the dashboard', () => {
  test('shows the pipeline from left to right, and what it costs', () => {
    const [[, dashboard]] = Object.entries(production.findResources('AWS::CloudWatch::Dashboard')) as [
      [string, { readonly Properties: { readonly DashboardName: string; readonly DashboardBody: unknown } }],
    ];
    expect(dashboard.Properties.DashboardName).toBe('OrderPipeline');
    const titles = [...JSON.stringify(dashboard.Properties.DashboardBody).matchAll(/\\"title\\":\\"(.*?)\\"/g)];
    expect(titles.map(([, title]) => title)).toEqual([
      'Alarms',
      'Sent',
      'Waiting, and being received',
      'Processed',
      'Failed, by cause',
      'Oldest message, and time to drain',
      'Concurrency, against its maximum',
      'Durations, and the timeout',
      'Cold starts',
      'Function errors and throttles',
      'What the event source mappings did with messages',
      'Parked',
      'Cost: computing',
      'Cost: queues and table',
      'Cost: logs',
    ]);
  });
});

describe('the event source mappings', () => {
  test('publish metrics of their own', () => {
    production.allResourcesProperties('AWS::Lambda::EventSourceMapping', {
      MetricsConfig: { Metrics: ['EventCount'] },
    });
  });
});

describe('tracing', () => {
  test('is off, and as an option on for every function, with what it needs and no more', () => {
    expect(JSON.stringify(production.toJSON())).not.toMatch(/xray|TracingConfig/);
    const traced = synthesize('production', { tracing: 'true' });
    traced.allResourcesProperties('AWS::Lambda::Function', { TracingConfig: { Mode: 'Active' } });
    const statements = Object.values(traced.findResources('AWS::IAM::Policy')).flatMap(
      (policy) =>
        (policy as { Properties: { PolicyDocument: { Statement: readonly { Action: unknown; Resource: unknown }[] } } })
          .Properties.PolicyDocument.Statement,
    );
    expect(statements.filter(({ Action }) => JSON.stringify(Action).includes('xray'))).toEqual(
      Array.from({ length: 3 }, () => ({
        Action: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
        Effect: 'Allow',
        Resource: '*',
      })),
    );
  });
});

describe('in a stack of somebody else', () => {
  function theirStack(id: string): Stack {
    const stack = new Stack(new App(), id);
    const queue = new Queue(stack, 'Queue');
    const worker = new Function(stack, 'Worker', {
      code: Code.fromInline('exports.handler = async () => {};'),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
    });
    new PipelineMonitoring(stack, 'Monitoring', {
      pipeline: {
        orders: {
          name: 'jobs',
          queue,
          receivesBefore: 0,
          maxReceiveCount: 3,
          consumer: {
            name: 'worker',
            function: worker,
            logGroup: new LogGroup(stack, 'Logs'),
            settings: {
              timeoutSeconds: 30,
              memoryMb: 128,
              batchSize: 10,
              windowSeconds: 0,
              maximumConcurrency: 2,
              partialBatchResponses: true,
            },
          },
        },
        lastStop: new Queue(stack, 'Dead'),
      },
    });
    return stack;
  }

  test('a queue and its consumer are enough', () => {
    const template = Template.fromStack(theirStack('Theirs'));
    expect(alarmsOf(template).map(({ id, Threshold }) => [id, Threshold])).toEqual([
      ['OrdersWait', 540],
      ['SlowDrain', 540],
      ['Parked', 1],
      ['WorkerErrors', 3],
      ['WorkerThrottles', 1],
    ]);
    template.resourceCountIs('AWS::Logs::QueryDefinition', 3);
  });

  test('two pipelines in one account are in nobody’s way', () => {
    const named = ['One', 'Two'].map((id) =>
      Object.values(Template.fromStack(theirStack(id)).toJSON()['Resources'] as Record<string, Resource>).flatMap(
        ({ Properties: { DashboardName, AlarmName, TopicName, Name } = {} }) =>
          [DashboardName, AlarmName, TopicName, Name].filter((name) => name !== undefined),
      ),
    );
    expect(named[0]!.length).toBeGreaterThan(0);
    expect(named[0]!.filter((name) => named[1]!.includes(name))).toEqual([]);
  });
});

interface Resource {
  readonly Properties?: {
    readonly DashboardName?: string;
    readonly AlarmName?: string;
    readonly TopicName?: string;
    readonly Name?: string;
  };
}
