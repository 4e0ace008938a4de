import { describe, expect, test } from '@jest/globals';
import { systemClock } from '../../src/clock.ts';
import { EventStream } from '../../src/events.ts';
import type { LocalModel } from '../../src/model.ts';
import { createAuthorizer } from '../../src/services/iam/authorizer.ts';
import type { PolicyStatement } from '../../src/services/iam/model.ts';
import { services } from '../../src/services/index.ts';
import { consumer, queueWith, readResources, refusalOf } from '../../src/testing/written-assembly.ts';

const root = { AWS: 'arn:aws:iam::000000000000:root' };
const throughQueues = {
  StringEquals: { 'kms:ViaService': 'sqs.us-east-1.amazonaws.com', 'kms:CallerAccount': '000000000000' },
};
const table = {
  AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  BillingMode: 'PAY_PER_REQUEST',
};

/** A role that may do these actions on everything, and an encrypted queue and table. */
function encrypted(actions: readonly string[], keyStatement?: Partial<PolicyStatement>): LocalModel {
  const statement = { Effect: 'Allow', Principal: root, Action: 'kms:*', Resource: '*', ...keyStatement };
  return readResources({
    ...consumer,
    Policy: {
      Type: 'AWS::IAM::Policy',
      Properties: {
        Roles: [{ Ref: 'Role' }],
        PolicyDocument: { Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] },
      },
    },
    Key: {
      Type: 'AWS::KMS::Key',
      Properties: keyStatement === undefined ? {} : { KeyPolicy: { Statement: [statement] } },
    },
    Orders: queueWith({ KmsMasterKeyId: { 'Fn::GetAtt': ['Key', 'Arn'] } }),
    Table: {
      Type: 'AWS::DynamoDB::Table',
      Properties: { ...table, SSESpecification: { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: { Ref: 'Key' } } },
    },
  });
}

/** What becomes of the role's call: the code of its refusal, or `allowed`. */
function call(model: LocalModel, action: string): string {
  const { code, message } = refusal(model, action) ?? { code: 'allowed', message: '' };
  return [code, ...(/perform: (\S+)/.exec(message)?.slice(1) ?? [])].join(' ');
}

function refusal(model: LocalModel, action: string): { code: string; message: string } | undefined {
  const authorize = createAuthorizer({
    ...model,
    services,
    mode: 'enforce',
    events: new EventStream(),
    clock: systemClock,
  });
  const { arn: queueArn } = model.queues[0]!;
  const { arn: tableArn } = model.tables[0]!;
  try {
    const resource = action.startsWith('sqs:') ? queueArn : tableArn;
    authorize({ accessKeyId: 'A', roleArn: model.roles[0]!.arn, sessionName: 's' }, { action, resource });
    return undefined;
  } catch (error) {
    return error as Error & { code: string };
  }
}

describe('a denial for a key', () => {
  test.each([
    ['sqs:SendMessage', ['sqs:SendMessage'], 'kms:GenerateDataKey'],
    ['sqs:SendMessage', ['sqs:SendMessage', 'kms:GenerateDataKey'], 'kms:Decrypt'],
    ['sqs:ReceiveMessage', ['sqs:ReceiveMessage'], 'kms:Decrypt'],
    ['dynamodb:GetItem', ['dynamodb:GetItem'], 'kms:Decrypt'],
    ['dynamodb:PutItem', ['dynamodb:PutItem'], 'kms:Decrypt'],
    ['dynamodb:ConditionCheckItem', ['dynamodb:ConditionCheckItem'], 'kms:Decrypt'],
  ])('of %s to who has %j names %s, the key and the session', (action, has, missing) => {
    const model = encrypted(has);
    const [key] = model.keys;
    const session = `arn:aws:sts::000000000000:assumed-role/${model.roles[0]?.name}/s`;
    expect(refusal(model, action)?.message).toBe(
      `User: ${session} is not authorized to perform: ${missing} on resource: ${key?.arn} because no identity-based policy allows the ${missing} action`,
    );
  });

  test('says when it is the policy of the key that allows nothing', () => {
    const model = encrypted(['sqs:*', 'kms:*'], { Action: 'kms:DescribeKey' });
    expect(refusal(model, 'sqs:ReceiveMessage')?.message).toMatch(
      /because no resource-based policy allows the kms:Decrypt action$/,
    );
  });
});

describe('an encrypted queue', () => {
  test('is sent to by who may make data keys and decrypt them', () => {
    expect(call(encrypted(['sqs:SendMessage']), 'sqs:SendMessage')).toBe('KmsAccessDenied kms:GenerateDataKey');
    const making = ['sqs:SendMessage', 'kms:GenerateDataKey'];
    expect(call(encrypted(making), 'sqs:SendMessage')).toBe('KmsAccessDenied kms:Decrypt');
    expect(call(encrypted([...making, 'kms:Decrypt']), 'sqs:SendMessage')).toBe('allowed');
  });

  test('is received from by who may decrypt, and looked at by anybody who may', () => {
    expect(call(encrypted(['sqs:*']), 'sqs:ReceiveMessage')).toBe('KmsAccessDenied kms:Decrypt');
    expect(call(encrypted(['sqs:*', 'kms:Decrypt']), 'sqs:ReceiveMessage')).toBe('allowed');
    expect(call(encrypted(['sqs:*']), 'sqs:DeleteMessage')).toBe('allowed');
  });
});

describe('an encrypted table', () => {
  test.each(['GetItem', 'PutItem', 'UpdateItem', 'Query'])('is used by who may decrypt: %s', (operation) => {
    const action = `dynamodb:${operation}`;
    expect(call(encrypted([action]), action)).toBe('AccessDeniedException kms:Decrypt');
    expect(call(encrypted([action, 'kms:Decrypt']), action)).toBe('allowed');
    expect(call(encrypted(['dynamodb:*']), 'dynamodb:DescribeTable')).toBe('allowed');
  });
});

describe('the policy of a key', () => {
  const all = ['sqs:*', 'dynamodb:*', 'kms:*'];

  test('decides alone: what it does not allow the account, no identity policy allows', () => {
    expect(call(encrypted(all, { Action: 'kms:DescribeKey' }), 'sqs:ReceiveMessage')).toContain('KmsAccessDenied');
    const other = { Principal: { AWS: 'arn:aws:iam::111122223333:root' } };
    expect(call(encrypted(all, other), 'sqs:ReceiveMessage')).toContain('KmsAccessDenied');
    expect(call(encrypted(['sqs:*'], { Principal: '*' }), 'sqs:ReceiveMessage')).toBe('allowed');
  });

  test('allows by the service through which the key is used', () => {
    expect(call(encrypted(all, { Condition: throughQueues }), 'sqs:ReceiveMessage')).toBe('allowed');
    expect(call(encrypted(all, { Condition: throughQueues }), 'dynamodb:GetItem')).toContain('kms:Decrypt');
  });

  test('may say to services of AWS what is not evaluated here, but not to callers', () => {
    const Condition = { StringEquals: { 'kms:EncryptionContext:aws:logs:arn': 'x' } };
    const forLogs = { Principal: { Service: 'logs.us-east-1.amazonaws.com' }, Condition };
    expect(call(encrypted(['sqs:*'], forLogs), 'sqs:DeleteMessage')).toBe('allowed');
    expect(() => call(encrypted(['sqs:*'], { Condition }), 'sqs:DeleteMessage')).toThrow('kms:EncryptionContext');
  });
});

test('a key that is switched off is refused: nothing could use what it encrypts', () => {
  expect(refusalOf({ Key: { Type: 'AWS::KMS::Key', Properties: { Enabled: false } } })).toMatchObject({
    code: 'PROPERTY_INVALID',
  });
});

/** The role, and a queue that names its key so. */
const withKeyNamed = (name: unknown) => {
  const orders = queueWith({ KmsMasterKeyId: name });
  const alias = { Type: 'AWS::KMS::Alias', Properties: { AliasName: 'alias/orders', TargetKeyId: { Ref: 'Key' } } };
  const { queues, keys } = readResources({
    Key: { Type: 'AWS::KMS::Key', Properties: {} },
    Alias: alias,
    Orders: orders,
  });
  return { ...encrypted(['sqs:*']), queues, keys };
};

describe('a key that is named by an alias', () => {
  test.each([
    ['its name', 'alias/orders'],
    ['a reference', { Ref: 'Alias' }],
    ['its ARN', { 'Fn::Sub': 'arn:aws:kms:${AWS::Region}:${AWS::AccountId}:alias/orders' }],
  ])('asks for the same permissions: %s', (_what, name) => {
    const model = withKeyNamed(name);
    expect(refusal(model, 'sqs:ReceiveMessage')?.message).toContain(`kms:Decrypt on resource: ${model.keys[0]?.arn}`);
    expect(call(withKeyNamed('alias/aws/sqs'), 'sqs:ReceiveMessage')).toBe('allowed');
  });
});

const logGroupUnder = (statements: readonly object[]) => ({
  Key: { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: { Statement: statements } } },
  Log: {
    Type: 'AWS::Logs::LogGroup',
    Properties: { LogGroupName: '/orders', KmsKeyId: { 'Fn::GetAtt': ['Key', 'Arn'] } },
  },
});
const account = { Effect: 'Allow', Principal: root, Action: 'kms:*', Resource: '*' };
const forLogs = (more: object = {}) => ({
  Effect: 'Allow',
  Principal: { Service: 'logs.us-east-1.amazonaws.com' },
  Action: ['kms:Encrypt*', 'kms:Decrypt*', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'],
  Resource: '*',
  ...more,
});
const forGroup = (name: string) => ({
  ArnLike: { 'kms:EncryptionContext:aws:logs:arn': `arn:aws:logs:us-east-1:000000000000:log-group:${name}` },
});

describe('an encrypted log group', () => {
  test('needs a key whose policy lets CloudWatch Logs use it', () => {
    const refused = refusalOf(logGroupUnder([account]));
    expect(refused).toMatchObject({
      code: 'REFUSED_BY_AWS',
      message: expect.stringContaining(
        "The specified KMS key does not exist or is not allowed to be used with Arn 'arn:aws:logs:us-east-1:000000000000:log-group:/orders'",
      ),
      remedy: expect.stringMatching(
        /^Let the policy of the key Key \(arn:\S+\) allow kms:Encrypt to the service logs\./,
      ),
    });
    expect(refusalOf(logGroupUnder([forLogs({ Action: ['kms:Encrypt', 'kms:Decrypt'] })])).remedy).toContain(
      'kms:ReEncryptFrom',
    );
    expect(refusalOf(logGroupUnder([account, forLogs({ Condition: forGroup('/other*') })])).code).toBe(
      'REFUSED_BY_AWS',
    );
  });

  test.each([
    ['for all log groups', forLogs()],
    ['for this log group', forLogs({ Condition: forGroup('/ord*') })],
    ['on a condition that is not known here', forLogs({ Condition: { StringEquals: { 'aws:SourceAccount': '1' } } })],
  ])('is served with such a key: %s', (_what, statement) => {
    expect(readResources(logGroupUnder([account, statement])).logGroups).toHaveLength(1);
  });
});

test('a key that is in no stack asks for nothing', () => {
  const queue = queueWith({ KmsMasterKeyId: 'alias/aws/sqs' });
  const model = { ...encrypted(['sqs:*']), queues: readResources({ Orders: queue }).queues };
  expect(call(model, 'sqs:ReceiveMessage')).toBe('allowed');
});
