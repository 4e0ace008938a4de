// oxlint-disable jest/expect-expect -- the CDK's assertions throw by themselves.
import { describe, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { synthesize } from './synthesize.ts';

const production = synthesize();
const lab = synthesize('lab');

function sparseIndex(IndexName: string, partitionKey: string) {
  return {
    IndexName,
    KeySchema: [
      { AttributeName: partitionKey, KeyType: 'HASH' },
      { AttributeName: 'failedAt', KeyType: 'RANGE' },
    ],
    Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: Match.not(Match.arrayWith(['body'])) },
  };
}

describe('the orders table', () => {
  test('is paid by the request, encrypted, and restorable to any second', () => {
    for (const template of [production, lab]) {
      template.resourceCountIs('AWS::DynamoDB::Table', 1);
      template.hasResourceProperties('AWS::DynamoDB::Table', {
        BillingMode: 'PAY_PER_REQUEST',
        // With a key of DynamoDB's own, as every table is; true would ask for one of KMS.
        SSESpecification: { SSEEnabled: false },
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        TableName: Match.absent(),
      });
    }
  });

  test('is as warm as AWS makes a new one, unless a deployment asks for more', () => {
    production.hasResourceProperties('AWS::DynamoDB::Table', { WarmThroughput: Match.absent() });
    synthesize('production', { warmWritesPerSecond: '20000' }).hasResourceProperties('AWS::DynamoDB::Table', {
      WarmThroughput: { WriteUnitsPerSecond: 20_000, ReadUnitsPerSecond: Match.absent() },
    });
  });

  test('finds failures by status and by cause, in the order of time, without their bodies', () => {
    production.hasResourceProperties('AWS::DynamoDB::Table', {
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        sparseIndex('failures-by-status', 'statusShard'),
        sparseIndex('failures-by-cause', 'causeShard'),
      ],
    });
  });
});
