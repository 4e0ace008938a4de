import { describe, expect, test } from '@jest/globals';
import { AwsError } from '../../src/endpoint/api.ts';
import { EventStream, type RuntimeEvent } from '../../src/events.ts';
import { type Authorizer, createAuthorizer, type IamMode } from '../../src/services/iam/authorizer.ts';
import type { PolicyDocument, PolicyStatement, RoleModel } from '../../src/services/iam/model.ts';
import { services } from '../../src/services/index.ts';
import type { QueueModel } from '../../src/services/sqs/model.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { queueModel } from '../sqs/queue-model.ts';

const roleArn = 'arn:aws:iam::000000000000:role/sender';
const queueArn = 'arn:aws:sqs:us-east-1:000000000000:orders';
const caller = { accessKeyId: 'ASIA', roleArn, sessionName: 'generate' };
const send = { action: 'sqs:SendMessage', resource: queueArn };

const document = (...statements: PolicyStatement[]): PolicyDocument => ({ Statement: statements });
const allowSend = document({ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: queueArn });

const statement = (rest: Partial<PolicyStatement>): PolicyDocument =>
  document({ Effect: 'Allow', Action: 'sqs:*', Resource: '*', ...rest });

function role(policies: readonly PolicyDocument[], managedPolicyArns: readonly string[] = []): RoleModel {
  return { stack: 'Shop', logicalId: 'Role', name: 'sender', arn: roleArn, policies, managedPolicyArns };
}

function queue(policies: readonly PolicyDocument[]): QueueModel {
  return queueModel('orders', { stack: 'Shop', logicalId: 'Orders', arn: queueArn, policies });
}

function authorizer(
  roles: readonly RoleModel[],
  options: { queues?: readonly QueueModel[]; mode?: IamMode } = {},
): { authorize: Authorizer; notices: string[] } {
  const events = new EventStream();
  const notices: string[] = [];
  events.subscribe((event: RuntimeEvent) => {
    if (event.type === 'notice') notices.push(event.message);
  });
  const { queues = [queue([])], mode = 'enforce' } = options;
  return { authorize: createAuthorizer({ roles, queues, services, mode, events, clock: new ManualClock() }), notices };
}

function denialOf(authorize: Authorizer, permission = send): AwsError | undefined {
  try {
    authorize(caller, permission);
  } catch (error) {
    if (error instanceof AwsError) return error;
    throw error;
  }
  return undefined;
}

describe('enforcing', () => {
  test('lets a role do what its policies allow, and the developer everything', () => {
    const { authorize } = authorizer([role([allowSend])]);
    expect(denialOf(authorize)).toBeUndefined();
    expect(() => authorize({ accessKeyId: 'test' }, { action: 'sqs:DeleteQueue', resource: queueArn })).not.toThrow();
  });

  test('denies the rest in the words of SQS, naming session, action and resource', () => {
    const { authorize } = authorizer([role([])]);
    expect(denialOf(authorize)).toMatchObject({
      code: 'AccessDeniedException',
      queryCode: 'AccessDenied',
      httpStatus: 403,
      message:
        'User: arn:aws:sts::000000000000:assumed-role/sender/generate is not authorized to perform: sqs:sendmessage on resource: arn:aws:sqs:us-east-1:000000000000:orders because no identity-based policy allows the sqs:sendmessage action',
    });
  });

  test('writes actions of other services as they are', () => {
    const permission = {
      action: 'lambda:InvokeFunction',
      resource: 'arn:aws:lambda:us-east-1:000000000000:function:f',
    };
    expect(denialOf(authorizer([role([])]).authorize, permission)?.message).toMatch(
      /perform: lambda:InvokeFunction on resource: .* allows the lambda:InvokeFunction action$/,
    );
  });

  test('says which kind of policy denies explicitly', () => {
    const deny: PolicyStatement = { Effect: 'Deny', Action: 'sqs:*', Resource: '*', Principal: '*' };
    const byRole = authorizer([role([allowSend, document(deny)])]);
    expect(denialOf(byRole.authorize)?.message).toMatch(/orders with an explicit deny in an identity-based policy$/);
    const byQueue = authorizer([role([allowSend])], { queues: [queue([document(deny)])] });
    expect(denialOf(byQueue.authorize)?.message).toMatch(/orders with an explicit deny in a resource-based policy$/);
  });

  test('knows the documents of managed policies', () => {
    const arn = 'arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole';
    const { authorize } = authorizer([role([], [arn])]);
    expect(denialOf(authorize, { action: 'sqs:ReceiveMessage', resource: queueArn })).toBeUndefined();
    expect(denialOf(authorize)).toBeDefined();
  });

  test('lets a role through that is in no stack, and says so once', () => {
    const { authorize, notices } = authorizer([]);
    expect(denialOf(authorize)).toBeUndefined();
    expect(denialOf(authorize)).toBeUndefined();
    expect(notices).toEqual([expect.stringContaining(roleArn)]);
  });

  test('answers what a role lacks, for callers that are not at the endpoint', () => {
    const { authorize } = authorizer([role([allowSend])]);
    expect(authorize.lacks({ roleArn }, send)).toBeUndefined();
    const receive = { action: 'sqs:ReceiveMessage', resource: queueArn };
    expect(authorize.lacks({ roleArn }, receive)).toMatchObject({ ...receive, decision: 'implicit-deny' });
  });

  test('follows a new model, and keeps the old one when the new one cannot be evaluated', () => {
    const { authorize } = authorizer([role([])]);
    expect(denialOf(authorize)).toBeDefined();
    authorize.load({ roles: [role([allowSend])], queues: [] });
    expect(denialOf(authorize)).toBeUndefined();
    expect(() => authorize.load({ roles: [role([], ['arn:aws:iam::aws:policy/Unheard'])], queues: [] })).toThrow(
      'Unheard',
    );
    expect(denialOf(authorize)).toBeUndefined();
  });
});

describe('auditing', () => {
  test('lets everything through and says once what AWS would deny', () => {
    const { authorize, notices } = authorizer([role([])], { mode: 'audit' });
    expect(denialOf(authorize)).toBeUndefined();
    expect(denialOf(authorize)).toBeUndefined();
    expect(authorize.lacks({ roleArn }, { action: 'sqs:ReceiveMessage', resource: queueArn })).toBeUndefined();
    expect(notices).toEqual([
      expect.stringContaining('sqs:sendmessage'),
      expect.stringContaining('sqs:receivemessage'),
    ]);
  });
});

describe('switched off', () => {
  test('nothing is looked at, not even what could not be evaluated', () => {
    const { authorize, notices } = authorizer([role([], ['arn:aws:iam::aws:policy/Unheard'])], { mode: 'off' });
    expect(denialOf(authorize)).toBeUndefined();
    expect(authorize.lacks({ roleArn }, send)).toBeUndefined();
    expect(notices).toEqual([]);
  });
});

describe('policies that cannot be evaluated are refused when they are loaded', () => {
  test.each<[string, PolicyDocument]>([
    [
      'CONDITION_UNSUPPORTED',
      statement({ Condition: { DateLessThan: { 'aws:CurrentTime': '2027-01-01T00:00:00Z' } } }),
    ],
    ['CONDITION_UNSUPPORTED', statement({ Condition: { StringEquals: { 'aws:PrincipalTag/team': 'a' } } })],
    ['CONDITION_UNSUPPORTED', statement({ Condition: { Sounds: { 'aws:PrincipalArn': 'a' } } })],
    ['POLICY_ELEMENT_UNSUPPORTED', statement({ Resource: 'arn:aws:sqs:*:*:${aws:username}' })],
    ['POLICY_ELEMENT_UNSUPPORTED', statement({ NotPrincipal: { AWS: roleArn } })],
  ])('%s', (code, policy) => {
    const place = { stack: 'Shop' };
    expect(() => authorizer([role([policy])])).toThrow(
      expect.objectContaining({ code, place: { ...place, logicalId: 'Role' } }),
    );
    expect(() => authorizer([], { queues: [queue([policy])] })).toThrow(expect.objectContaining({ code }));
  });

  test('but not statements about services that are not here', () => {
    const viaService = { StringEquals: { 'kms:ViaService': 'sqs.us-east-1.amazonaws.com' } };
    const policy = document({ Effect: 'Allow', Action: 'kms:Decrypt', Resource: '*', Condition: viaService });
    expect(() => authorizer([role([policy])])).not.toThrow();
  });

  test('an unknown managed policy, with what to do', () => {
    expect(() => authorizer([role([], ['arn:aws:iam::aws:policy/Unheard'])])).toThrow(
      expect.objectContaining({ code: 'MANAGED_POLICY_UNKNOWN', remedy: expect.stringContaining('grantSendMessages') }),
    );
  });

  test.each(['AmazonS3ReadOnlyAccess', 'service-role/AWSLambdaDynamoDBExecutionRole'])(
    'but not %s, which is about what is not here',
    (name) => {
      const { authorize } = authorizer([role([], [`arn:aws:iam::aws:policy/${name}`])]);
      expect(denialOf(authorize)?.code).toBe('AccessDeniedException');
    },
  );

  test('but not what a role may do that only another service of AWS assumes', () => {
    const condition = {
      Effect: 'Allow',
      Action: 'sqs:SendMessage',
      Resource: '*',
      Condition: { Odd: { a: 'b' } },
    } as const;
    const trustedBy = (Service: string) => ({
      ...role([document(condition)], ['arn:aws:iam::aws:policy/Unheard']),
      trustPolicy: document({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service } }),
    });
    expect(() => authorizer([trustedBy('lambda.amazonaws.com')])).toThrow('CONDITION_UNSUPPORTED');
    expect(() => authorizer([trustedBy('states.amazonaws.com')])).not.toThrow();
  });
});
