import { describe, expect, test } from '@jest/globals';
import { EventStream } from '../../src/events.ts';
import { createAuthorizer } from '../../src/services/iam/authorizer.ts';
import { services } from '../../src/services/index.ts';
import { checkMappingRoles } from '../../src/services/lambda/service.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { consumer, mappingWith, queueWith, readResources } from '../../src/testing/written-assembly.ts';

function check(actions: readonly string[], mode: 'enforce' | 'off' = 'enforce'): void {
  const grant = {
    Type: 'AWS::IAM::Policy',
    Properties: {
      PolicyName: 'grant',
      Roles: [{ Ref: 'Role' }],
      PolicyDocument: {
        Statement: [{ Effect: 'Allow', Action: actions, Resource: { 'Fn::GetAtt': ['Orders', 'Arn'] } }],
      },
    },
  };
  const model = readResources({ ...consumer, Orders: queueWith({}), Mapping: mappingWith({}), Grant: grant });
  const events = new EventStream();
  checkMappingRoles(model, createAuthorizer({ ...model, services, mode, events, clock: new ManualClock() }));
}

describe('a mapping', () => {
  test('needs its role to receive, delete and describe', () => {
    expect(() => check(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'])).not.toThrow();
    expect(() => check(['sqs:DeleteMessage', 'sqs:GetQueueAttributes'])).toThrow(
      'The function execution role does not have permissions to call ReceiveMessage on SQS',
    );
    expect(() => check(['sqs:ReceiveMessage', 'sqs:GetQueueAttributes'])).toThrow(
      'does not have permissions to call DeleteMessage on SQS',
    );
  });

  test('needs nothing when policies are not looked at', () => {
    expect(() => check(['sqs:ListQueues'], 'off')).not.toThrow();
  });
});
