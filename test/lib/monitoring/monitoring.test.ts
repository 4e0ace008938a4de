// oxlint-disable jest/expect-expect -- the CDK's assertions throw by themselves.
import { describe, expect, test } from '@jest/globals';
import { Match, type Template } from 'aws-cdk-lib/assertions';
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

/** `PrintLabel`, of the function's id in the template: `LabelsPrintLabelFunction4B1C…`. */
function functionOf(id: string): string {
  const alarms = alarmsOf(production).flatMap(({ id: alarmId }) => /^(\w+)Errors$/.exec(alarmId)?.[1] ?? []);
  const path = id.replace(/Function[\dA-F]{8}$/, '');
  return alarms.find((name) => path.endsWith(name)) ?? path;
}

const withRunbook = (length: number) => synthesize('production', { runbook: 'https://git/'.padEnd(length, 'x') });

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
    const ofOrders = ['OrdersNotQueued', 'OrdersWait', 'SlowDrain', 'BadOrdersWait', 'Parked'];
    const ofFailures = ['FailuresRecorded', 'FailuresNotRecorded'];
    const names = Object.keys(production.findResources('AWS::Lambda::Function')).map((id) => functionOf(id));
    expect(names).toEqual(expect.arrayContaining(['GenerateOrders', 'ProcessOrders', 'FailedOrders']));
    const ofFunctions = names.flatMap((name) => [`${name}Errors`, `${name}Throttles`]);
    const ids = alarmsOf(production).map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining([...ofOrders, ...ofFailures, ...ofFunctions]));
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
  });

  test('leads to the runbook where a team has it', () => {
    expect(alarm(told, 'Parked').AlarmDescription).toMatch(/What to do: https:\/\/git\/runbook#messages-are-parked$/);
  });

  test('refuses an address of the runbook that is too long for its description, and says by how much', () => {
    const longest = Math.max(...alarmsOf(production).map(({ AlarmDescription }) => AlarmDescription.length));
    const fitting = 1_024 - longest + 'docs/runbook.md'.length;
    expect(() => withRunbook(fitting)).not.toThrow();
    expect(() => withRunbook(fitting + 7)).toThrow(
      new RegExp(
        `^The configuration cannot be deployed:\\n- runbook is ${fitting + 7} characters long, .* shorter by 7\\.$`,
      ),
    );
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

/** A line of a graph: namespace, name and dimensions of a metric, or an expression. */
type Line = readonly (string | { readonly label?: string; readonly id?: string; readonly expression?: string })[];

/** The lines of a graph of the dashboard, by its title; what only CloudFormation knows is a text. */
function linesOf(template: Template, title: string): readonly Line[] {
  const [dashboard] = Object.values(template.findResources('AWS::CloudWatch::Dashboard')) as {
    readonly Properties: { readonly DashboardBody: { readonly 'Fn::Join': readonly [string, readonly unknown[]] } };
  }[];
  const [, parts] = dashboard!.Properties.DashboardBody['Fn::Join'];
  const body = parts.map((part) => (typeof part === 'string' ? part : Object.values(part as object).join())).join('');
  const { widgets } = JSON.parse(body) as {
    readonly widgets: readonly {
      readonly properties: { readonly title: string; readonly metrics?: readonly Line[] };
    }[];
  };
  return widgets.find(({ properties }) => properties.title === title)!.properties.metrics!;
}

describe('the dashboard', () => {
  // A table's own metric leaves its indexes out (DynamoDB Developer Guide, "DynamoDB metrics and dimensions").
  test.each(['Write', 'Read'])('counts the %s units of the table and of each index as the cost', (kind) => {
    const lines = linesOf(production, 'Cost: queues and table');
    const expressions = lines.flatMap(([first]) => (typeof first === 'object' ? [first] : []));
    const { expression = '' } = expressions.find(({ label }) => label === `${kind.toLowerCase()} units`)!;
    const ids = [...expression.matchAll(/FILL\((\w+), 0\)/g)].map(([, id]) => id);
    expect(expression).toBe(`SUM([${ids.map((id) => `FILL(${id}, 0)`).join(', ')}])`);
    const summed = lines.filter((line) => line.some((part) => typeof part === 'object' && ids.includes(part.id)));
    const metric = ['AWS/DynamoDB', `Consumed${kind}CapacityUnits`];
    const table = ['TableName', expect.stringMatching(/^OrdersTable/)];
    expect(summed.map((line) => line.slice(0, -1))).toEqual([
      [...metric, ...table],
      [...metric, 'GlobalSecondaryIndexName', 'failures-by-status', ...table],
      [...metric, 'GlobalSecondaryIndexName', 'failures-by-cause', ...table],
    ]);
  });

  test('shows the pipeline from left to right, and what it costs', () => {
    const [[, dashboard]] = Object.entries(production.findResources('AWS::CloudWatch::Dashboard')) as [
      [string, { readonly Properties: { readonly DashboardName: unknown; readonly DashboardBody: unknown } }],
    ];
    // Dashboards of an account share their names over all regions.
    expect(dashboard.Properties.DashboardName).toEqual({
      'Fn::Join': ['', ['OrderPipeline-', { Ref: 'AWS::Region' }]],
    });
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
    const functions = Object.keys(traced.findResources('AWS::Lambda::Function'));
    const statements = Object.values(traced.findResources('AWS::IAM::Policy')).flatMap(
      (policy) =>
        (policy as { Properties: { PolicyDocument: { Statement: readonly { Action: unknown; Resource: unknown }[] } } })
          .Properties.PolicyDocument.Statement,
    );
    expect(statements.filter(({ Action }) => JSON.stringify(Action).includes('xray'))).toEqual(
      functions.map(() => ({
        Action: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
        Effect: 'Allow',
        Resource: '*',
      })),
    );
  });
});
