import { describe, expect, test } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { SubscriptionFilter } from 'aws-cdk-lib/aws-sns';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { EncryptionKey } from '../../lib/encryption-key.ts';
import { failuresOnly, OrderEvents, type OrderEventsProps } from '../../lib/order-events.ts';
import { newOutputFolder, synthesize } from './synthesize.ts';

const role = (id: string) => ({ 'Fn::GetAtt': [Match.stringLikeRegexp(`^${id}Role`), 'Arn'] });
const failures = { type: ['order.failed'] };

function stackWith(props: OrderEventsProps = {}) {
  const stack = new Stack(new App({ outdir: newOutputFolder() }), 'Shop');
  return { stack, events: new OrderEvents(stack, 'OrderEvents', props) };
}

const mails = (of: Template) =>
  Object.values(of.findResources('AWS::SNS::Subscription', { Properties: { Protocol: 'email' } })).map(
    ({ Properties }) => Properties as { readonly Endpoint: string; readonly FilterPolicy?: object },
  );

describe('the stack with events', () => {
  const template = synthesize('production', { events: 'true', notifyEmail: 'ada@example.org,bob@example.org' });

  test('has a topic that is encrypted, takes TLS only, and takes events of the two functions only', () => {
    expect(() =>
      template.hasResourceProperties('AWS::SNS::Topic', {
        TopicName: 'OrderPipeline-order-events',
        KmsMasterKeyId: Match.objectLike({ 'Fn::Join': ['', Match.arrayWith([':alias/aws/sns'])] }),
      }),
    ).not.toThrow();
    expect(() =>
      template.hasResourceProperties('AWS::SNS::TopicPolicy', {
        PolicyDocument: {
          Statement: [
            Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
            Match.objectLike({
              Sid: 'OtherPublishers',
              Effect: 'Deny',
              Action: 'sns:Publish',
              Condition: { ArnNotLike: { 'aws:PrincipalArn': [role('ProcessOrders'), role('FailedOrders')] } },
            }),
          ],
        },
      }),
    ).not.toThrow();
  });

  test('gives both functions the topic and the code that publishes, and names the topic in an output', () => {
    for (const name of ['BAD_ORDERS_QUEUE_URL', 'PARTIAL_BATCH_RESPONSES']) {
      expect(() =>
        template.hasResourceProperties('AWS::Lambda::Function', {
          Environment: {
            Variables: Match.objectLike({
              [name]: Match.anyValue() as unknown,
              ORDER_EVENTS_TOPIC_ARN: { Ref: Match.stringLikeRegexp('^OrderEventsTopic') },
              ALL_EVENT_REASONS: 'false',
            }),
          },
        }),
      ).not.toThrow();
    }
    expect(() =>
      template.hasOutput('OrderEventsTopicArn', { Value: { Ref: Match.stringLikeRegexp('^OrderEventsTopic') } }),
    ).not.toThrow();
  });

  test('mails failures to each address, and processed orders only where asked for', () => {
    expect(mails(template)).toMatchObject([
      { Endpoint: 'ada@example.org', FilterPolicy: failures },
      { Endpoint: 'bob@example.org', FilterPolicy: failures },
    ]);
    const all = synthesize('lab', { events: 'true', notifyEmail: 'ada@example.org', notifyProcessed: 'true' });
    expect(mails(all).map(({ FilterPolicy }) => FilterPolicy)).toEqual([undefined]);
  });

  test('is told when events cannot be published or delivered', () => {
    for (const [MetricName, Threshold] of [
      ['EventsNotPublished', 3],
      ['NumberOfNotificationsFailed', 1],
    ] as const) {
      expect(() =>
        template.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName, Threshold, EvaluationPeriods: 1 }),
      ).not.toThrow();
    }
  });

  test('without them is what it was: nobody may publish, and nothing is there to publish to', () => {
    const plain = JSON.stringify(synthesize('production').toJSON());
    expect(plain).not.toMatch(/OrderEvents|ORDER_EVENTS|EVENT_REASONS|sns:Publish"[^}]*ProcessOrders/);
  });
});

describe('a queue that subscribes', () => {
  test('gets raw events of its filter, and has a dead-letter queue with an alarm of its own', () => {
    const { stack, events } = stackWith();
    const notifications = new Queue(stack, 'Notifications', { enforceSSL: true });
    const undelivered = events.subscribeQueue('notifications', notifications, {
      kind: SubscriptionFilter.stringFilter({ allowlist: ['refused'] }),
    });
    const template = Template.fromStack(stack);
    expect(() =>
      template.hasResourceProperties('AWS::SNS::Subscription', {
        Protocol: 'sqs',
        RawMessageDelivery: true,
        FilterPolicy: { kind: ['refused'] },
        Endpoint: stack.resolve(notifications.queueArn) as unknown,
        RedrivePolicy: { deadLetterTargetArn: stack.resolve(undelivered.queueArn) as unknown },
      }),
    ).not.toThrow();
    expect(() =>
      template.hasResourceProperties('AWS::SQS::Queue', {
        QueueName: 'Shop-notifications-undelivered',
        MessageRetentionPeriod: 1_209_600,
        SqsManagedSseEnabled: true,
      }),
    ).not.toThrow();
    expect(events.monitored.alarms?.map(({ id }) => id)).toEqual([
      'OrderEventsNotDelivered',
      'NotificationsUndelivered',
    ]);
  });

  test('may be encrypted with the key of the topic: SNS may use it, and nothing is a circle', () => {
    const stack = new Stack(new App({ outdir: newOutputFolder() }), 'Shop');
    const { key } = new EncryptionKey(stack, 'Key', {});
    const events = new OrderEvents(stack, 'OrderEvents', { encryptionKey: key });
    events.subscribeQueue('notifications', new Queue(stack, 'Notifications', { encryptionMasterKey: key }));
    const template = Template.fromStack(stack);
    const arn = stack.resolve(stack.formatArn({ service: 'sns', resource: 'Shop-order-events' })) as unknown;
    expect(() =>
      template.hasResourceProperties('AWS::KMS::Key', {
        KeyPolicy: {
          Statement: Match.arrayWith([
            Match.objectLike({ Sid: 'Topics', Action: ['kms:Decrypt', 'kms:GenerateDataKey'] }),
            Match.objectLike({
              Sid: 'Deliveries',
              Principal: { Service: 'sns.amazonaws.com' },
              Condition: { ArnEquals: { 'aws:SourceArn': arn } },
            }),
          ]),
        },
      }),
    ).not.toThrow();
    expect(() =>
      template.hasResource('AWS::SNS::Subscription', {
        Properties: { TopicArn: arn },
        DependsOn: Match.arrayWith([Match.stringLikeRegexp('^OrderEventsTopic')]),
      }),
    ).not.toThrow();
  });

  test('cannot be a FIFO queue, and an imported one has a warning, because its policy is not the app’s', () => {
    const { stack, events } = stackWith();
    expect(() => events.subscribeQueue('in-turn', new Queue(stack, 'InTurn', { fifo: true }))).toThrow(
      'The subscriber in-turn is a FIFO queue, and order-events is a standard topic',
    );
    const imported = Queue.fromQueueArn(stack, 'Imported', 'arn:aws:sqs:eu-central-1:111122223333:elsewhere');
    events.subscribeQueue('elsewhere', imported);
    expect(() =>
      Annotations.fromStack(stack).hasWarning(
        '*',
        Match.stringLikeRegexp('The queue of the subscriber elsewhere was imported'),
      ),
    ).not.toThrow();
  });
});

test('a function that subscribes may be invoked by the topic alone, and has a dead-letter queue of its own', () => {
  const { stack, events } = stackWith({ name: 'parcels' });
  const fn = new Function(stack, 'Report', {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromInline('exports.handler = async () => {};'),
  });
  events.subscribeFunction('report', fn, failuresOnly);
  const template = Template.fromStack(stack);
  const topic = { Ref: Match.stringLikeRegexp('^OrderEventsTopic') };
  expect(() =>
    template.hasResourceProperties('AWS::Lambda::Permission', { Principal: 'sns.amazonaws.com', SourceArn: topic }),
  ).not.toThrow();
  expect(() =>
    template.hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'lambda',
      TopicArn: topic,
      FilterPolicy: failures,
      RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('ReportUndelivered'), 'Arn'] } },
    }),
  ).not.toThrow();
  expect(events.monitored.alarms?.map(({ id }) => id)).toEqual(['ParcelsNotDelivered', 'ReportUndelivered']);
});

test('a topic with subscribers of all kinds is what cdk-nag asks for', () => {
  const { stack, events } = stackWith();
  const dead = new Queue(stack, 'Dead', { enforceSSL: true });
  const queue = new Queue(stack, 'Notifications', {
    enforceSSL: true,
    deadLetterQueue: { queue: dead, maxReceiveCount: 5 },
  });
  events.subscribeQueue('notifications', queue);
  events.subscribeEmail('ada@example.org');
  const found = [new AwsSolutionsChecks(), new ServerlessChecks()]
    .flatMap((pack) => pack.validateScope(stack).violations)
    .flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(({ constructPath }) => `${ruleName} at ${constructPath}`),
    )
    .filter((finding) => finding.includes('OrderEvents'));
  expect(found).toEqual([]);
});

describe('a configuration', () => {
  test.each([
    [{ notifyEmail: 'ada@example.org' }, 'notifyEmail would do nothing without events: add -c events=true.'],
    [{ allEventReasons: 'true', notifyProcessed: 'true' }, 'notifyProcessed and allEventReasons would do nothing'],
    [{ events: 'true', notifyProcessed: 'true' }, 'notifyProcessed would tell nobody: name addresses'],
    [{ events: 'true', notifyEmail: 'a@example.org,A@example.org' }, 'notifyEmail has A@example.org twice'],
  ])('%j is refused', (options, message) => {
    expect(() => synthesize('production', { ...options })).toThrow(message);
  });
});
