import { describe, expect, test } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Role } from 'aws-cdk-lib/aws-iam';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import type { PolicyDocument } from 'local-aws';
import { accessRequest, evaluate } from 'local-aws/testing';
import { denyOthers, type QueueAccess } from '../../lib/queue-access.ts';
import { newOutputFolder } from './synthesize.ts';

const account = '111122223333';
const queueArn = `arn:aws:sqs:us-east-1:${account}:orders`;
const roleArn = (name: string, of = account): string => `arn:aws:iam::${of}:role/${name}`;
const everything: PolicyDocument = { Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };

/** The policy that a queue gets, with the queue's ARN filled in. */
function queuePolicy(
  access: Partial<Omit<QueueAccess, 'consumer' | 'movedBy'>> & { consumer?: string; movedBy?: string },
) {
  const stack = new Stack(new App({ outdir: newOutputFolder() }), 'Stack', { env: { account, region: 'us-east-1' } });
  const role = (name: string) => Role.fromRoleArn(stack, name, roleArn(name));
  denyOthers(new Queue(stack, 'Queue', { enforceSSL: true }), {
    operators: access.operators ?? [],
    ...(access.consumer !== undefined && { consumer: role(access.consumer) }),
    ...(access.movedBy !== undefined && { movedBy: role(access.movedBy) }),
  });
  const [policy] = Object.values(Template.fromStack(stack).findResources('AWS::SQS::QueuePolicy'));
  const document = JSON.stringify((policy as { Properties: { PolicyDocument: object } }).Properties.PolicyDocument)
    .replaceAll(/\{"Fn::GetAtt":\["Queue\w+","Arn"\]\}/g, JSON.stringify(queueArn))
    .replaceAll('{"Ref":"AWS::AccountId"}', JSON.stringify(account));
  return JSON.parse(document) as PolicyDocument;
}

/** Which of a queue's actions an all-powerful role of the account, or of another, is denied. */
function denied(policy: PolicyDocument, role: string): string[] {
  const actions = ['SendMessage', 'ReceiveMessage', 'DeleteMessage', 'ChangeMessageVisibility', 'PurgeQueue'];
  return [...actions, 'GetQueueAttributes', 'SetQueueAttributes', 'DeleteQueue', 'AddPermission'].filter((action) => {
    const request = accessRequest({ roleArn: role, sessionName: 's' }, { action: `sqs:${action}`, resource: queueArn });
    return evaluate(request, [everything], [policy]) !== 'allowed';
  });
}

const consuming = ['ReceiveMessage', 'DeleteMessage', 'ChangeMessageVisibility', 'PurgeQueue'];

describe('a queue with a consumer', () => {
  const policy = queuePolicy({ consumer: 'process-orders', operators: [roleArn('ops/*')] });

  test('is consumed by it and by operators, whatever the IAM policies of others allow', () => {
    expect(denied(policy, roleArn('process-orders'))).toEqual([]);
    expect(denied(policy, roleArn('ops/on-call'))).toEqual([]);
    expect(denied(policy, roleArn('admin'))).toEqual(consuming);
    expect(denied(policy, roleArn('process-orders-2'))).toEqual(consuming);
  });

  test('is sent to by whom the account lets, and mended by its administrators', () => {
    expect(denied(policy, roleArn('admin'))).not.toContain('SendMessage');
    expect(denied(policy, roleArn('admin'))).not.toContain('SetQueueAttributes');
  });

  test('is closed to other accounts, operators of the same name included', () => {
    for (const name of ['process-orders', 'ops/on-call', 'admin']) {
      expect(denied(policy, roleArn(name, '444455556666'))).toHaveLength(9);
    }
  });
});

describe('a queue to which SQS moves messages', () => {
  const policy = queuePolicy({ consumer: 'failed-orders', movedBy: 'process-orders', operators: [roleArn('ops')] });

  test('is sent to by operators only', () => {
    expect(denied(policy, roleArn('ops'))).toEqual([]);
    expect(denied(policy, roleArn('admin'))).toEqual(['SendMessage', ...consuming]);
    expect(denied(policy, roleArn('failed-orders'))).toEqual(['SendMessage']);
  });

  test('without a consumer is received from by whom the account lets, until there are operators', () => {
    expect(denied(queuePolicy({ movedBy: 'failed-orders' }), roleArn('admin'))).toEqual(['SendMessage']);
    const operated = queuePolicy({ movedBy: 'failed-orders', operators: [roleArn('ops')] });
    expect(denied(operated, roleArn('admin'))).toEqual(['SendMessage', ...consuming]);
    expect(denied(operated, roleArn('ops'))).toEqual([]);
  });
});

test('every denial spares services of AWS, and none spares a request that nobody signed', () => {
  const { Statement } = queuePolicy({ consumer: 'c', movedBy: 'm', operators: [] });
  const denials = Statement.filter(({ Sid }) => Sid?.startsWith('Other'));
  expect(denials).toHaveLength(3);
  for (const { Effect, Condition, Principal } of denials) {
    expect([Effect, Principal]).toEqual(['Deny', { AWS: '*' }]);
    expect(Condition).toMatchObject({ BoolIfExists: { 'aws:PrincipalIsAWSService': 'false' } });
    // The other condition is negated: it holds when the key is missing.
    expect(Object.keys(Condition ?? {}).filter((operator) => operator.includes('Not'))).toHaveLength(1);
  }
});
