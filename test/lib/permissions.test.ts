import { describe, expect, test } from '@jest/globals';
import type { Template } from 'aws-cdk-lib/assertions';
import { synthesize } from './synthesize.ts';

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
  readonly Principal?: unknown;
}

interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

const resourcesOf = (template: Template): (readonly [string, Resource])[] =>
  Object.entries(template.toJSON()['Resources'] as Record<string, Resource>);

/** By the role they are for: `effect actions on logical ids`, each without the hash at its end. */
function permissionsOf(template: Template): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    resourcesOf(template)
      .filter(([, { Type }]) => Type === 'AWS::IAM::Policy')
      .map(([id, { Properties }]) => {
        return [id.replace(/RoleDefaultPolicy[\dA-F]{8}$/, ''), statementsIn(Properties).map(text)] as const;
      }),
  );
}

function text({ Effect, Action, Resource, Condition }: Statement): string {
  const { 'Fn::GetAtt': target, Ref } = Resource as { 'Fn::GetAtt'?: readonly string[]; Ref?: string };
  // `Ref` of a topic is its ARN.
  const id = target?.[1] === 'Arn' ? target[0] : Ref;
  const named = id?.replace(/[\dA-F]{8}$/, '') ?? JSON.stringify(Resource);
  const condition = Condition === undefined ? '' : ` if ${JSON.stringify(Condition)}`;
  return `${Effect} ${[Action].flat().join(' ')} on ${named}${condition}`;
}

const writeLogs = (group: string) => `Allow logs:CreateLogStream logs:PutLogEvents on ${group}Logs`;

/** With the HTTP door, without its name before the names of its functions. */
function doorPermissionsOf(template: Template): Readonly<Record<string, readonly string[]>> {
  const all = Object.entries(permissionsOf(template));
  return Object.fromEntries(all.map(([name, permissions]) => [name.replace(/^Http/, ''), permissions]));
}

/** All that the functions of production may do. Why each needs it: test/acceptance/permissions.test.ts. */
const production = {
  GenerateOrders: [writeLogs('GenerateOrders'), 'Allow sqs:SendMessage on QueuesOrders'],
  ProcessOrders: [
    writeLogs('ProcessOrders'),
    'Allow sqs:ChangeMessageVisibility sqs:DeleteMessage sqs:GetQueueAttributes sqs:ReceiveMessage on QueuesOrders',
    'Allow dynamodb:UpdateItem on OrdersTable',
  ],
  FailedOrders: [
    writeLogs('FailedOrders'),
    'Allow sqs:ChangeMessageVisibility sqs:DeleteMessage sqs:GetQueueAttributes sqs:ReceiveMessage on QueuesBadOrders',
    'Allow dynamodb:GetItem dynamodb:UpdateItem on OrdersTable',
  ],
};

/** process-orders of the lab fails whole batches: it does not say when messages come back. */
const lab = {
  ...production,
  ProcessOrders: [
    writeLogs('ProcessOrders'),
    'Allow sqs:DeleteMessage sqs:GetQueueAttributes sqs:ReceiveMessage on QueuesOrders',
    'Allow dynamodb:UpdateItem on OrdersTable',
  ],
};

type Permissions = Readonly<Record<keyof typeof production, readonly string[]>>;

const withMore = (permissions: Permissions, more: Permissions): Permissions => ({
  GenerateOrders: [...permissions.GenerateOrders, ...more.GenerateOrders],
  ProcessOrders: [...permissions.ProcessOrders, ...more.ProcessOrders],
  FailedOrders: [...permissions.FailedOrders, ...more.FailedOrders],
});

/** X-Ray has no resources that one could name here. */
const sendTraces = ['Allow xray:PutTelemetryRecords xray:PutTraceSegments on "*"'];
const tracing = { GenerateOrders: sendTraces, ProcessOrders: sendTraces, FailedOrders: sendTraces };
const key = {
  GenerateOrders: ['Allow kms:Decrypt kms:GenerateDataKey on EncryptionKey'],
  ProcessOrders: ['Allow kms:Decrypt on EncryptionKey'],
  FailedOrders: ['Allow kms:Decrypt on EncryptionKey'],
};
/** Events come from the two functions that write what they tell. */
const publish = ['Allow sns:Publish on OrderEventsTopic'];
const events = { GenerateOrders: [], ProcessOrders: publish, FailedOrders: publish };
/** Beside the key: to encrypt what SNS keeps. */
const withKey = {
  GenerateOrders: key.GenerateOrders,
  ProcessOrders: [...publish, 'Allow kms:Decrypt kms:GenerateDataKey on EncryptionKey'],
  FailedOrders: [...publish, 'Allow kms:Decrypt kms:GenerateDataKey on EncryptionKey'],
};
const operators = { operators: 'arn:aws:iam::111122223333:role/operators', alarmEmail: 'team@example.org' };

describe.each([
  ['production', production],
  ['lab', lab],
] as const)('the functions of the preset %s', (preset, permissions) => {
  test('may do this, and nothing else', () => {
    expect(permissionsOf(synthesize(preset))).toEqual(permissions);
  });

  test.each<[object, Permissions]>([
    [{ tracing: 'true' }, tracing],
    [{ customerManagedKey: 'true' }, key],
    [
      { retainData: 'true', ...operators },
      { GenerateOrders: [], ProcessOrders: [], FailedOrders: [] },
    ],
    [{ customerManagedKey: 'true', tracing: 'true' }, withMore(key, tracing)],
    [{ events: 'true', notifyEmail: 'team@example.org' }, events],
    [{ events: 'true', customerManagedKey: 'true' }, withKey],
  ])('may with the options %j do only this beside', (options, more) => {
    expect(permissionsOf(synthesize(preset, { ...options }))).toEqual(withMore(permissions, more));
  });
});

test('the HTTP door has a function that can only send, and one that can only read the rows of an order', () => {
  const { AcceptOrders, TrackOrders, ...others } = doorPermissionsOf(synthesize('production', { http: 'true' }));
  expect(others).toEqual(production);
  expect(AcceptOrders).toEqual([writeLogs('HttpAcceptOrders'), 'Allow sqs:SendMessage on QueuesOrders']);
  expect(TrackOrders).toEqual([writeLogs('HttpTrackOrders'), 'Allow dynamodb:Query on OrdersTable']);
});

test('the functions of the HTTP door may use the key of the account only for that, and X-Ray', () => {
  const options = { http: 'true', customerManagedKey: 'true', tracing: 'true' };
  const { AcceptOrders, TrackOrders } = doorPermissionsOf(synthesize('production', options));
  expect(AcceptOrders).toEqual([
    writeLogs('HttpAcceptOrders'),
    'Allow sqs:SendMessage on QueuesOrders',
    ...key.GenerateOrders,
    ...sendTraces,
  ]);
  expect(TrackOrders).toEqual([
    writeLogs('HttpTrackOrders'),
    'Allow dynamodb:Query on OrdersTable',
    ...key.ProcessOrders,
    ...sendTraces,
  ]);
});

test('only the API, and only by its three routes, may invoke the functions of the HTTP door', () => {
  const permissions = resourcesOf(synthesize('production', { http: 'true' }))
    .filter(([, { Type }]) => Type === 'AWS::Lambda::Permission')
    .map(([, { Properties }]) => Properties!);
  expect(permissions.map(({ Action, Principal }) => `${String(Action)} by ${String(Principal)}`)).toEqual(
    Array.from({ length: 3 }, () => 'lambda:InvokeFunction by apigateway.amazonaws.com'),
  );
  const sources = permissions.map(({ SourceArn }) => JSON.stringify(SourceArn));
  expect(sources.map((source) => /\/\*\/\*(\/[^"]*)"/.exec(source)![1]!).toSorted()).toEqual([
    '/orders',
    '/orders/batch',
    '/orders/{id}',
  ]);
});

const identity = (name: string) => ({
  'Fn::Join': [
    '',
    [
      'arn:',
      { Ref: 'AWS::Partition' },
      ':ses:',
      { Ref: 'AWS::Region' },
      ':',
      { Ref: 'AWS::AccountId' },
      `:identity/${name}`,
    ],
  ],
});

describe('the function that sends mails', () => {
  const mail = { events: 'true', mail: 'true', mailFrom: 'orders@example.com' };
  const may = [
    writeLogs('MailNotifyCustomers'),
    'Allow sqs:ChangeMessageVisibility sqs:DeleteMessage sqs:GetQueueAttributes sqs:ReceiveMessage on MailQueuesNotifications',
    'Allow dynamodb:GetItem dynamodb:UpdateItem on OrdersTable',
    `Allow ses:SendEmail on ${JSON.stringify([identity('example.com'), identity('orders@example.com')])} if ` +
      '{"StringEquals":{"ses:FromAddress":"orders@example.com"}}',
  ];

  test('may read and write the rows of orders, and send from one address, and nothing else', () => {
    const { MailNotifyCustomers, ...others } = permissionsOf(synthesize('production', mail));
    expect(MailNotifyCustomers).toEqual(may);
    expect(others).toEqual(permissionsOf(synthesize('production', { events: 'true' })));
  });

  test('may use the key of the account only to decrypt', () => {
    const { MailNotifyCustomers } = permissionsOf(synthesize('production', { ...mail, customerManagedKey: 'true' }));
    expect(MailNotifyCustomers).toEqual([...may, ...key.ProcessOrders]);
  });
});

test('nobody else is given a permission, but CloudWatch’s alarms and its logs', () => {
  const template = synthesize('production', { customerManagedKey: 'true', tracing: 'true', ...operators });
  const roles = resourcesOf(template).filter(([, { Type }]) => Type === 'AWS::IAM::Role');
  expect(roles).toHaveLength(Object.keys(template.findResources('AWS::Lambda::Function')).length);
  for (const [, { Properties }] of roles) {
    expect(Object.keys(Properties ?? {}).toSorted()).toEqual(['AssumeRolePolicyDocument', 'Description']);
  }
  const types = new Set(resourcesOf(template).map(([, { Type }]) => Type));
  expect([...types].filter((type) => /Policy|Permission|Role|IAM/.test(type)).toSorted()).toEqual([
    'AWS::IAM::Policy',
    'AWS::IAM::Role',
    'AWS::SNS::TopicPolicy',
    'AWS::SQS::QueuePolicy',
  ]);
  const allowed = resourcesOf(template)
    .filter(([, { Type }]) => Type !== 'AWS::IAM::Policy' && Type !== 'AWS::IAM::Role')
    .flatMap(([, { Type, Properties }]) => statementsIn(Properties).map((statement) => ({ Type, ...statement })))
    .filter(({ Effect }) => Effect === 'Allow')
    .map(({ Type, Principal }) => `${Type}: ${JSON.stringify(Principal)}`);
  const root = '{"AWS":{"Fn::Join":["",["arn:",{"Ref":"AWS::Partition"},":iam::",{"Ref":"AWS::AccountId"},":root"]]}}';
  expect([...new Set(allowed)].toSorted()).toEqual([
    `AWS::KMS::Key: ${root}`,
    'AWS::KMS::Key: {"Service":"cloudwatch.amazonaws.com"}',
    'AWS::KMS::Key: {"Service":{"Fn::Join":["",["logs.",{"Ref":"AWS::Region"},".amazonaws.com"]]}}',
    'AWS::SNS::TopicPolicy: {"Service":"cloudwatch.amazonaws.com"}',
  ]);
});

/** The statements of the policy among these properties, if there is one. */
function statementsIn(properties: Readonly<Record<string, unknown>> = {}): readonly Statement[] {
  const document = properties['PolicyDocument'] ?? properties['KeyPolicy'];
  return (document as { Statement: Statement[] } | undefined)?.Statement ?? [];
}
