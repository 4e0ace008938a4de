import { describe, expect, test } from '@jest/globals';
import { EventStream } from '../../src/events.ts';
import { createAuthorizer } from '../../src/services/iam/authorizer.ts';
import { services } from '../../src/services/index.ts';
import { checkMappingRoles } from '../../src/services/lambda/service.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { consumer, mappingWith, queueWith, readResources } from '../../src/testing/written-assembly.ts';

function check(actions: readonly string[], mode: 'enforce' | 'off' = 'enforce', queue: object = {}): void {
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
  const key = { Type: 'AWS::KMS::Key', Properties: {} };
  const resources = { ...consumer, Orders: queueWith(queue), Mapping: mappingWith({}), Grant: grant, Key: key };
  const model = readResources(resources);
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

  test('of an encrypted queue needs its role to decrypt, and the refusal names just this grant', () => {
    const consume = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];
    const refusal = /is not authorized to perform: kms:Decrypt on resource: (\S+:key\/\S+) because/;
    let thrown: unknown;
    try {
      check(consume, 'enforce', { KmsMasterKeyId: { 'Fn::GetAtt': ['Key', 'Arn'] } });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code: 'MAPPING_ROLE', message: expect.stringMatching(refusal) });
    const { message, remedy } = thrown as { message: string; remedy: string };
    expect(message).not.toContain('ReceiveMessage on SQS');
    expect(remedy).toMatch(
      /^Grant kms:Decrypt on arn:aws:kms:\S+ to the role Shop-Role-\w+, as key\.grantDecrypt\(fn\)/,
    );
    expect(remedy).toContain(refusal.exec(message)?.[1]);
  });

  test('needs nothing when policies are not looked at', () => {
    expect(() => check(['sqs:ListQueues'], 'off')).not.toThrow();
  });
});
