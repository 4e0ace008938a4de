// oxlint-disable jest/expect-expect -- the CDK's assertions throw by themselves.
import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { synthesize } from './synthesize.ts';

const plain = synthesize();
const encrypted = synthesize('production', { customerManagedKey: 'true' });
const key = { 'Fn::GetAtt': [Match.stringLikeRegexp('^EncryptionKey'), 'Arn'] };

describe('a key of the account', () => {
  test('encrypts queues, table and logs when asked for, and nothing otherwise', () => {
    encrypted.allResourcesProperties('AWS::SQS::Queue', { KmsMasterKeyId: key, KmsDataKeyReusePeriodSeconds: 300 });
    encrypted.allResourcesProperties('AWS::Logs::LogGroup', { KmsKeyId: key });
    encrypted.hasResourceProperties('AWS::DynamoDB::Table', {
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: key },
    });
    expect(Object.keys(plain.findResources('AWS::KMS::Key')).filter((id) => id.startsWith('EncryptionKey'))).toEqual(
      [],
    );
    expect(JSON.stringify(plain.findResources('AWS::IAM::Policy'))).not.toContain('kms:');
  });

  test('is rotated, and outlives the stack with the data that it encrypts', () => {
    encrypted.hasResource('AWS::KMS::Key', {
      DeletionPolicy: 'RetainExceptOnCreate',
      Properties: { EnableKeyRotation: true, PendingWindowInDays: 30, Description: Match.stringLikeRegexp('the data') },
    });
    const gone = synthesize('lab', { customerManagedKey: 'true' });
    gone.hasResource('AWS::KMS::Key', {
      DeletionPolicy: 'Delete',
      Properties: { PendingWindowInDays: 7, Description: Match.stringLikeRegexp('the data') },
    });
  });

  test('is used through SQS and DynamoDB only, and by CloudWatch for this stack’s log groups', () => {
    encrypted.hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: {
        Statement: [
          // Nothing with which data could be read.
          { Sid: 'Administration', Action: Match.not(Match.arrayWith(['kms:Decrypt'])) },
          { Sid: 'Queues', Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Condition: via('sqs') },
          { Sid: 'Table', Condition: via('dynamodb') },
          {
            Sid: 'Logs',
            Principal: { Service: { 'Fn::Join': ['', ['logs.', { Ref: 'AWS::Region' }, '.amazonaws.com']] } },
            Condition: {
              ArnLike: {
                'kms:EncryptionContext:aws:logs:arn': {
                  'Fn::Join': ['', Match.arrayWith([':log-group:OrderPipeline-*'])],
                },
              },
            },
          },
        ].map((statement) => Match.objectLike(statement)),
      },
    });
  });
});

const via = (service: string) => ({
  StringEquals: {
    'kms:CallerAccount': { Ref: 'AWS::AccountId' },
    'kms:ViaService': { 'Fn::Join': ['', [`${service}.`, { Ref: 'AWS::Region' }, '.amazonaws.com']] },
  },
});
