import { describe, expect, test } from '@jest/globals';
import { consumer, readStacks, refusalOf } from '../../../src/testing/written-assembly.ts';

const document = (action: string): object => ({ Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }] });

describe('a role', () => {
  test('gathers inline, attached and managed policies, across stacks', () => {
    const trust = consumer.Role.Properties.AssumeRolePolicyDocument;
    const first = {
      Own: { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: document('sqs:ListQueues') } },
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: {
          RoleName: 'worker',
          AssumeRolePolicyDocument: trust,
          Policies: [{ PolicyName: 'p', PolicyDocument: document('sqs:SendMessage') }],
          ManagedPolicyArns: [{ Ref: 'Own' }, 'arn:aws:iam::aws:policy/AmazonSQSFullAccess'],
        },
      },
    };
    const second = {
      Attached: {
        Type: 'AWS::IAM::Policy',
        Properties: { PolicyName: 'q', Roles: ['worker'], PolicyDocument: document('sqs:PurgeQueue') },
      },
    };
    const model = readStacks({
      First: { template: { Resources: first } },
      Second: { template: { Resources: second } },
    });
    expect(model.roles[0]?.policies.flatMap(({ Statement }) => Statement.map(({ Action }) => Action))).toEqual([
      'sqs:SendMessage',
      'sqs:ListQueues',
      'sqs:PurgeQueue',
    ]);
    expect(model.roles[0]?.managedPolicyArns).toEqual(['arn:aws:iam::aws:policy/AmazonSQSFullAccess']);
  });

  test('with a permissions boundary is refused', () => {
    const role = { ...consumer.Role, Properties: { ...consumer.Role.Properties, PermissionsBoundary: 'arn' } };
    expect(refusalOf({ Role: role }).code).toBe('PROPERTY_UNSUPPORTED');
  });
});
