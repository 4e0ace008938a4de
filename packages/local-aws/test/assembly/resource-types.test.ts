import { describe, expect, test } from '@jest/globals';
import {
  consumer,
  functionWith,
  queueWith,
  readResources,
  readStacks,
  refusalOf,
} from '../../src/testing/written-assembly.ts';

const table = {
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
};

describe('a resource', () => {
  test.each([
    ['RESOURCE_UNSUPPORTED', 'AWS::Lambda::LayerVersion'],
    ['RESOURCE_UNSUPPORTED', 'AWS::Pipes::Pipe'],
    ['RESOURCE_UNSUPPORTED', 'AWS::Scheduler::Schedule'],
    ['RESOURCE_UNSUPPORTED', 'AWS::S3::Bucket'],
    ['RESOURCE_UNSUPPORTED', 'AWS::SecretsManager::Secret'],
    ['RESOURCE_UNSUPPORTED', 'Custom::Seed'],
    ['RESOURCE_TYPE_UNKNOWN', 'AWS::QLDB::Ledger'],
  ])('is an error of %s when it is a %s', (code, type) => {
    expect(refusalOf({ It: { Type: type } })).toMatchObject({ code, place: { stack: 'Shop', logicalId: 'It' } });
  });

  test.each([
    ['AWS::CloudWatch::Alarm', { AlarmName: 'a', AlarmActions: [{ Ref: 'Topic' }] }],
    ['AWS::CDK::Metadata', { Analytics: 'v2' }],
    ['AWS::Backup::BackupPlan', {}],
    ['AWS::EC2::FlowLog', {}],
    ['AWS::EC2::NetworkAclEntry', {}],
    ['AWS::EventSchemas::Discoverer', {}],
    ['AWS::IAM::ServiceLinkedRole', { AWSServiceName: 'autoscaling.amazonaws.com' }],
    ['AWS::ServiceCatalogAppRegistry::Application', { Name: 'shop' }],
    ['AWS::Logs::MetricFilter', {}],
    ['AWS::ElasticLoadBalancingV2::TargetGroup', { TargetType: 'ip' }],
    ['AWS::SNS::Subscription', { Protocol: 'sms', TopicArn: { Ref: 'Topic' }, Endpoint: '+15550100' }],
    ['AWS::SNS::Subscription', { Protocol: 'email', TopicArn: 'arn:aws:sns:us-east-1:1:far', Endpoint: 'a@b.example' }],
    ['AWS::Events::Archive', { SourceArn: 'arn:aws:events:us-east-1:000000000000:event-bus/default' }],
    ['AWS::Lambda::Permission', { Principal: 's3.amazonaws.com', Action: 'a', FunctionName: 'f' }],
  ])('of %s is listed as skipped', (type, properties) => {
    const model = readResources({ Topic: { Type: 'AWS::SNS::Topic' }, It: { Type: type, Properties: properties } });
    expect(model.skipped.find(({ logicalId }) => logicalId === 'It')?.reason).toMatch(/\.$/);
  });

  test.each([
    ['AWS::DynamoDB::Table', { ...table, TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true } }],
    ['AWS::Lambda::Version', { FunctionName: 'f' }],
    [
      'AWS::Events::Rule',
      {
        EventPattern: { source: ['shop'] },
        Targets: [{ Id: 't', Arn: 'arn:aws:states:us-east-1:000000000000:stateMachine:checkout', RoleArn: 'r' }],
      },
    ],
    ['AWS::Lambda::Alias', { FunctionName: 'f', Name: 'live', FunctionVersion: '1' }],
  ])('of %s that is served is not listed as skipped, and its limit is', (type, properties) => {
    const model = readResources({ It: { Type: type, Properties: properties } });
    expect(model.skipped).toEqual([]);
    expect(model.limited).toEqual([
      { stack: 'Shop', logicalId: 'It', type, limit: expect.stringMatching(/\.$/) as unknown },
    ]);
  });

  test('that is a load balancer has a name that leads nowhere, and says so', () => {
    const { stacks, skipped } = readResources(
      { Front: { Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer' } },
      { Outputs: { Url: { Value: { 'Fn::Sub': 'http://${Front.DNSName}' } } } },
    );
    expect(stacks[0]?.outputs[0]?.value).toMatch(/^http:\/\/shop-front-\w+\.us-east-1\.elb\.invalid$/);
    const madeUp = expect.stringContaining('DNSName is made up and leads nowhere') as unknown;
    expect(skipped).toMatchObject([{ logicalId: 'Front', madeUp }]);
  });

  test('that is a target group of functions is refused, and can be left out', () => {
    const type = 'AWS::ElasticLoadBalancingV2::TargetGroup';
    const resources = { Functions: { Type: type, Properties: { TargetType: 'lambda' } } };
    expect(refusalOf(resources)).toMatchObject({
      code: 'RESOURCE_UNSUPPORTED',
      reason: `${type}: No load balancer runs here, so that no request would reach the function.`,
      place: { stack: 'Shop', logicalId: 'Functions' },
    });
    const { leftOut } = readStacks({ Shop: { template: { Resources: resources } } }, { skip: [type] });
    expect(leftOut).toMatchObject([{ logicalId: 'Functions', type }]);
  });

  test('that is a function with a wrapper outside of its code says that the wrapper does not run', () => {
    const wrapped = functionWith({ Environment: { Variables: { AWS_LAMBDA_EXEC_WRAPPER: '/opt/wrap' } } });
    expect(readResources({ ...consumer, Consumer: wrapped }).limited).toMatchObject([
      {
        logicalId: 'Consumer',
        limit: expect.stringContaining('without its wrapper (AWS_LAMBDA_EXEC_WRAPPER, /opt/wrap)') as unknown,
      },
    ]);
  });

  test.each([
    ['AWS::Logs::SubscriptionFilter', { DestinationArn: { 'Fn::GetAtt': ['Consumer', 'Arn'] }, LogGroupName: 'g' }],
    ['AWS::Lambda::Permission', { Principal: 'arn:aws:iam::000000000000:role/x', Action: 'a', FunctionName: 'f' }],
  ])('of %s that would feed a queue or a function is an error', (type, properties) => {
    const resources = { ...consumer, Orders: queueWith({}), It: { Type: type, Properties: properties } };
    expect(refusalOf(resources).code).toBe('RESOURCE_UNSUPPORTED');
  });
});
