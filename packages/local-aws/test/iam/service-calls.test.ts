import { describe, expect, test } from '@jest/globals';
import { EventStream } from '../../src/events.ts';
import { type Authorizer, createAuthorizer, type IamMode } from '../../src/services/iam/authorizer.ts';
import type { PolicyDocument, PolicyStatement } from '../../src/services/iam/model.ts';
import { readablePolicy } from '../../src/services/iam/policies.ts';
import { services } from '../../src/services/index.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { accountId, arnOf, queueModel } from '../sqs/queue-model.ts';

const topicArn = `arn:aws:sns:eu-central-1:${accountId}:news`;
const caller = { service: 'sns.amazonaws.com', sourceArn: topicArn };
const send = { action: 'sqs:SendMessage', resource: arnOf('q') };
const roleArn = `arn:aws:iam::${accountId}:role/sender`;
const role = { stack: 'Shop', logicalId: 'Role', name: 'sender', arn: roleArn, policies: [], managedPolicyArns: [] };

const allow = (more: Partial<PolicyStatement> = {}): PolicyStatement => ({
  Effect: 'Allow',
  Principal: { Service: 'sns.amazonaws.com' },
  Action: 'sqs:SendMessage',
  Resource: '*',
  ...more,
});
const condition = (operator: string, key: string, value: string) => ({ Condition: { [operator]: { [key]: value } } });

function authorizer(statements: readonly PolicyStatement[], mode: IamMode = 'enforce'): [Authorizer, string[]] {
  const events = new EventStream();
  const notices: string[] = [];
  events.subscribe((event) => event.type === 'notice' && notices.push(event.message));
  const queues = [queueModel('q', { policies: statements.length === 0 ? [] : [{ Statement: statements }] })];
  return [createAuthorizer({ roles: [role], queues, services, mode, events, clock: new ManualClock() }), notices];
}

const decisionOn = (...statements: readonly PolicyStatement[]) =>
  authorizer(statements)[0].lacksAsService(caller, send)?.decision ?? 'allowed';

describe('a service that calls for a resource', () => {
  test.each<[string, PolicyStatement[], string]>([
    ['nothing', [], 'resource-implicit-deny'],
    ['its name', [allow()], 'allowed'],
    ['another name', [allow({ Principal: { Service: 's3.amazonaws.com' } })], 'resource-implicit-deny'],
    ['several names', [allow({ Principal: { Service: ['s3.amazonaws.com', 'sns.amazonaws.com'] } })], 'allowed'],
    ['everybody', [allow({ Principal: '*' })], 'allowed'],
    ['every AWS principal', [allow({ Principal: { AWS: '*' } })], 'allowed'],
    ['the account', [allow({ Principal: { AWS: `arn:aws:iam::${accountId}:root` } })], 'resource-implicit-deny'],
    ['the source', [allow(condition('ArnLike', 'aws:SourceArn', topicArn))], 'allowed'],
    ['another source', [allow(condition('ArnLike', 'aws:SourceArn', `${topicArn}x`))], 'resource-implicit-deny'],
    ['the account of the source', [allow(condition('StringEquals', 'AWS:SourceAccount', accountId))], 'allowed'],
    [
      'services only',
      [allow({ Principal: '*', ...condition('Bool', 'aws:PrincipalIsAWSService', 'true') })],
      'allowed',
    ],
    ['a role', [allow({ Principal: '*', ...condition('ArnLike', 'aws:PrincipalArn', '*') })], 'resource-implicit-deny'],
    ['its name, and a denial', [allow(), allow({ Effect: 'Deny', Principal: '*' })], 'resource-deny'],
    [
      'its name, and a denial without TLS',
      [allow(), allow({ Effect: 'Deny', Principal: '*', ...condition('Bool', 'aws:SecureTransport', 'false') })],
      'allowed',
    ],
  ])('is decided on by the policy of the resource: %s', (_what, statements, decision) => {
    expect(decisionOn(...statements)).toBe(decision);
  });

  test('is named in the denial, and let through where nothing is enforced', () => {
    expect(authorizer([])[0].lacksAsService(caller, send)?.error.message).toBe(
      `User: sns.amazonaws.com is not authorized to perform: sqs:sendmessage on resource: ${arnOf('q')} because no resource-based policy allows the sqs:sendmessage action`,
    );
    const [audited, notices] = authorizer([], 'audit');
    expect(audited.lacksAsService(caller, send)).toBeUndefined();
    expect(notices).toEqual([expect.stringMatching(/^IAM would deny this call: User: sns\.amazonaws\.com/)]);
    expect(authorizer([], 'off')[0].lacksAsService(caller, send)).toBeUndefined();
  });

  test('has the statements about it checked, and no others about services', () => {
    const odd = condition('StringEquals', 'aws:PrincipalOrgID', 'o');
    expect(() => authorizer([allow(odd)])).toThrow('CONDITION_UNSUPPORTED');
    expect(() => authorizer([allow({ Principal: { Service: 's3.amazonaws.com' }, ...odd })])).not.toThrow();
  });
});

describe('a policy that a client has set', () => {
  const forRole = allow({ Principal: { AWS: roleArn } });

  test('decides at once in place of that of the template, for services and roles', () => {
    const [authorize] = authorizer([]);
    let policy: PolicyDocument | null | undefined = { Statement: [allow(), forRole] };
    authorize.consult((arn) => (arn === arnOf('q') ? policy : undefined));
    const decisions = () => [authorize.lacksAsService(caller, send), authorize.lacks({ roleArn }, send)];
    expect(decisions()).toEqual([undefined, undefined]);
    policy = null;
    expect(decisions()).not.toContain(undefined);
    policy = { Statement: [forRole] };
    expect(decisions()[1]).toBeUndefined();
    policy = undefined;
    expect(decisions()).not.toContain(undefined);
  });

  test('is read as far as it has the form of a policy', () => {
    const broken = [null, 5, {}, { Effect: 'Allow', Condition: { StringEquals: null } }, { ...forRole, Action: 7 }];
    const policy = { Statement: [...broken, forRole] as PolicyStatement[] };
    expect(readablePolicy(policy).Statement).toEqual([forRole]);
    expect(readablePolicy(policy)).toBe(readablePolicy(policy));
  });
});
