import { expect, test } from '@jest/globals';
import { instructions } from '../../src/command/serve.ts';
import type { Runtime } from '../../src/runtime.ts';

test('say what to export, and name every function, queue, topic, table and API', () => {
  const runtime = {
    endpoint: { url: 'http://127.0.0.1:4566' },
    model: {
      accountId: '000000000000',
      region: 'eu-west-1',
      functions: [{ name: 'Process' }],
      queues: [{ name: 'orders' }],
      topics: [{ arn: 'arn:aws:sns:eu-west-1:000000000000:events' }],
      tables: [{ name: 'Orders' }],
      restApis: [],
      functionUrls: [{ functionName: 'Process', url: 'http://127.0.0.1:4567/0123456789/' }],
      httpApis: [{ name: 'orders-api', url: 'http://127.0.0.1:4567/a1b2c3d4e5' }],
      limited: [
        { logicalId: 'Orders', type: 'AWS::DynamoDB::Table', limit: 'Items do not expire here.' },
        { logicalId: 'Ledger', type: 'AWS::DynamoDB::Table', limit: 'Items do not expire here.' },
      ],
      leftOut: [
        { logicalId: 'Uploads', type: 'AWS::S3::Bucket', meaning: 'Nothing comes from S3.' },
        { logicalId: 'Orders', property: 'StreamSpecification', type: 'AWS::DynamoDB::Table', meaning: 'No stream.' },
      ],
      skipped: [
        { type: 'AWS::CloudWatch::Alarm' },
        { type: 'AWS::CloudWatch::Alarm' },
        {
          logicalId: 'Front',
          type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
          madeUp: 'DNSName leads nowhere.',
        },
      ],
    },
  } as unknown as Runtime;
  expect(instructions(runtime).split('\n')).toEqual([
    'For the AWS CLI and SDKs, in another terminal:',
    '  export AWS_ENDPOINT_URL=http://127.0.0.1:4566 AWS_REGION=eu-west-1 AWS_DEFAULT_REGION=eu-west-1',
    '  export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local',
    '  function  Process',
    '  queue     http://127.0.0.1:4566/000000000000/orders',
    '  topic     arn:aws:sns:eu-west-1:000000000000:events',
    '  table     Orders',
    '  api       http://127.0.0.1:4567/a1b2c3d4e5  orders-api',
    '  url       http://127.0.0.1:4567/0123456789/  Process',
    '  served with a limit: Orders, Ledger, AWS::DynamoDB::Table: Items do not expire here.',
    '  without meaning here, skipped: AWS::CloudWatch::Alarm, AWS::ElasticLoadBalancingV2::LoadBalancer',
    '  made up: Front, DNSName leads nowhere.',
    '  left out by choice: Uploads, AWS::S3::Bucket: Nothing comes from S3.',
    '  left out by choice: Orders.StreamSpecification, AWS::DynamoDB::Table: No stream.',
    'Ctrl-C stops it.',
  ]);
});
