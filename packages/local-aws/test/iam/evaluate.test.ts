import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Decision, evaluate } from '../../src/services/iam/evaluate.ts';
import type { PolicyDocument, PolicyStatement } from '../../src/services/iam/model.ts';
import { accessRequest } from '../../src/services/iam/request.ts';

const roleArn = 'arn:aws:iam::000000000000:role/path/sender';
const queueArn = 'arn:aws:sqs:us-east-1:000000000000:orders';

const policy = (...statements: PolicyStatement[]): PolicyDocument => ({ Statement: statements });
const allow = (rest: Partial<PolicyStatement>): PolicyDocument =>
  policy({ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: queueArn, ...rest });
const deny = (rest: Partial<PolicyStatement>): PolicyDocument =>
  policy({ Effect: 'Deny', Action: 'sqs:*', Resource: '*', ...rest });

function decide(identity: PolicyDocument[], resource: PolicyDocument[] = [], action = 'sqs:SendMessage'): Decision {
  const request = accessRequest({ roleArn, sessionName: 'generate' }, { action, resource: queueArn });
  return evaluate(request, identity, resource);
}

describe('an identity policy', () => {
  test('allows what it names, and nothing is allowed that none names', () => {
    expect(decide([])).toBe('implicit-deny');
    expect(decide([allow({})])).toBe('allowed');
    expect(decide([allow({})], [], 'sqs:PurgeQueue')).toBe('implicit-deny');
    expect(decide([allow({ Resource: `${queueArn}2` })])).toBe('implicit-deny');
  });

  test.each<[Partial<PolicyStatement>, Decision]>([
    [{ Action: '*' }, 'allowed'],
    [{ Action: 'sqs:*' }, 'allowed'],
    [{ Action: 'sqs:Send*' }, 'allowed'],
    [{ Action: 'SQS:sendmessage' }, 'allowed'],
    [{ Action: 'sqs:SendMessag?' }, 'allowed'],
    [{ Action: 'sqs:SendMessage?' }, 'implicit-deny'],
    [{ Action: ['sqs:ListQueues', 'sqs:SendMessage'] }, 'allowed'],
    [{ Resource: '*' }, 'allowed'],
    [{ Resource: 'arn:aws:sqs:*:*:ord*' }, 'allowed'],
    [{ Resource: 'arn:aws:sqs:us-east-1:000000000000:ORDERS' }, 'implicit-deny'],
    [{ Resource: [`${queueArn}.fifo`, queueArn] }, 'allowed'],
  ])('with %j gives %s', (rest, decision) => {
    expect(decide([allow(rest)])).toBe(decision);
  });

  test('with NotAction or NotResource covers everything else', () => {
    expect(decide([policy({ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' })])).toBe('allowed');
    expect(decide([policy({ Effect: 'Allow', NotAction: 'sqs:Send*', Resource: '*' })])).toBe('implicit-deny');
    expect(decide([policy({ Effect: 'Allow', Action: '*', NotResource: queueArn })])).toBe('implicit-deny');
  });

  test('that denies wins over every allow', () => {
    expect(decide([allow({}), deny({})])).toBe('identity-deny');
    expect(decide([deny({})], [allow({ Principal: '*' })])).toBe('identity-deny');
  });
});

describe('a queue policy', () => {
  test.each<[string, unknown, Decision]>([
    ['everybody', '*', 'allowed'],
    ['every AWS principal', { AWS: '*' }, 'allowed'],
    ['the role', { AWS: roleArn }, 'allowed'],
    ['the session', { AWS: ['arn:aws:sts::000000000000:assumed-role/sender/generate'] }, 'allowed'],
    ['another session', { AWS: 'arn:aws:sts::000000000000:assumed-role/sender/other' }, 'implicit-deny'],
    ['another role', { AWS: 'arn:aws:iam::000000000000:role/other' }, 'implicit-deny'],
    ['a service', { Service: 'sns.amazonaws.com' }, 'implicit-deny'],
    ['the account, which leaves it to identity policies', { AWS: 'arn:aws:iam::000000000000:root' }, 'implicit-deny'],
    ['the account by its number', { AWS: '000000000000' }, 'implicit-deny'],
  ])('that allows %s', (_, principal, decision) => {
    expect(decide([], [allow({ Principal: principal })])).toBe(decision);
  });

  test('that denies the account denies its roles', () => {
    const principal = { AWS: 'arn:aws:iam::000000000000:root' };
    expect(decide([allow({})], [deny({ Principal: principal })])).toBe('resource-deny');
    expect(decide([allow({})], [deny({ Principal: { AWS: '111122223333' } })])).toBe('allowed');
  });

  test('that denies plain HTTP does not concern calls on this machine', () => {
    const tlsOnly = deny({ Principal: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } });
    expect(decide([allow({})], [tlsOnly])).toBe('allowed');
  });
});

describe('a condition', () => {
  test.each<[Readonly<Record<string, Record<string, unknown>>>, boolean]>([
    [{ StringEquals: { 'aws:PrincipalAccount': '000000000000' } }, true],
    [{ StringEquals: { 'AWS:principalaccount': ['1', '000000000000'] } }, true],
    [{ StringNotEquals: { 'aws:PrincipalAccount': '000000000000' } }, false],
    [{ StringEqualsIgnoreCase: { 'aws:RequestedRegion': 'US-EAST-1' } }, true],
    [{ StringLike: { 'aws:RequestedRegion': 'us-*' } }, true],
    [{ StringNotLike: { 'aws:RequestedRegion': ['eu-*', 'ap-*'] } }, true],
    [{ ArnEquals: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/path/*' } }, true],
    [{ ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::000000000000:role/other' } }, false],
    [{ ArnNotLike: { 'aws:PrincipalArn': roleArn } }, false],
    [{ Bool: { 'aws:SecureTransport': true } }, true],
    [{ Bool: { 'aws:ViaAWSService': 'true' } }, false],
    [{ NumericLessThan: { 'aws:PrincipalAccount': 1 } }, true],
    [{ NumericGreaterThanEquals: { 'aws:PrincipalAccount': '1' } }, false],
    [{ Null: { 'aws:SourceArn': 'true' } }, true],
    [{ Null: { 'aws:PrincipalArn': true } }, false],
    [{ ArnEquals: { 'aws:SourceArn': 'arn:aws:sns:*:*:*' } }, false],
    [{ ArnNotEquals: { 'aws:SourceArn': 'arn:aws:sns:*:*:*' } }, true],
    [{ ArnEqualsIfExists: { 'aws:SourceArn': 'arn:aws:sns:*:*:*' } }, true],
    [{ 'ForAllValues:StringEquals': { 'aws:SourceAccount': '1' } }, true],
    [{ 'ForAnyValue:StringEquals': { 'aws:SourceAccount': '1' } }, false],
    [{ 'ForAnyValue:StringEquals': { 'aws:PrincipalAccount': '000000000000' } }, true],
    [{ Bool: { 'aws:SecureTransport': 'true' }, StringEquals: { 'aws:PrincipalType': 'User' } }, false],
    [{ StringEquals: { 'aws:PrincipalType': 'AssumedRole', 'aws:PrincipalAccount': '1' } }, false],
  ])('of %j holds: %s', (condition, holds) => {
    expect(decide([allow({ Condition: condition })])).toBe(holds ? 'allowed' : 'implicit-deny');
  });
});

describe('evaluation', () => {
  const statements = fc.array(
    fc.record({
      Effect: fc.constantFrom<'Allow' | 'Deny'>('Allow', 'Deny'),
      Action: fc.constantFrom('*', 'sqs:*', 'sqs:SendMessage', 'sqs:Purge*'),
      Resource: fc.constantFrom('*', queueArn, 'arn:aws:sqs:*:*:other'),
      Principal: fc.constantFrom<unknown>('*', { AWS: roleArn }, { Service: 's3.amazonaws.com' }),
    }),
  );

  test('never depends on the order of statements, and a deny for everybody always wins', () => {
    fc.assert(
      fc.property(statements, statements, (identity, resource) => {
        const decision = decide([policy(...identity)], [policy(...resource)]);
        expect(decide([policy(...identity.toReversed())], [policy(...resource.toReversed())])).toBe(decision);
        expect(decide([policy(...identity)], [policy(...resource), deny({ Principal: '*' })])).not.toBe('allowed');
      }),
    );
  });
});
