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
  const target = (Resource as { 'Fn::GetAtt'?: readonly string[] })['Fn::GetAtt'];
  const named = target?.[1] === 'Arn' ? target[0]?.replace(/[\dA-F]{8}$/, '') : JSON.stringify(Resource);
  const condition = Condition === undefined ? '' : ` if ${JSON.stringify(Condition)}`;
  return `${Effect} ${[Action].flat().join(' ')} on ${named}${condition}`;
}

const writeLogs = (group: string) => `Allow logs:CreateLogStream logs:PutLogEvents on ${group}Logs`;

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
  ])('may with the options %j do only this beside', (options, more) => {
    expect(permissionsOf(synthesize(preset, { ...options }))).toEqual(withMore(permissions, more));
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
