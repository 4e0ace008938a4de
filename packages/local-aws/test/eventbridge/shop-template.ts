import { functionWith, queueWith } from '../../src/testing/written-assembly.ts';

export const arnOf = (logicalId: string) => ({ 'Fn::GetAtt': [logicalId, 'Arn'] });
export const ruleWith = (properties: object) => ({ Type: 'AWS::Events::Rule', Properties: properties });

/** As the CDK's `SqsQueue` target writes it. */
const policyOf = (queue: string, rule: string) => ({
  Type: 'AWS::SQS::QueuePolicy',
  Properties: {
    Queues: [{ Ref: queue }],
    PolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Action: ['sqs:SendMessage', 'sqs:GetQueueAttributes', 'sqs:GetQueueUrl'],
          Condition: { ArnEquals: { 'aws:SourceArn': arnOf(rule) } },
          Effect: 'Allow',
          Principal: { Service: 'events.amazonaws.com' },
          Resource: arnOf(queue),
        },
      ],
    },
  },
});

const trust = (service: string) => ({
  AssumeRolePolicyDocument: {
    Statement: [{ Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: service } }],
  },
});

const listens = 'exports.handler = async (event) => console.log(JSON.stringify(event));';
/** Puts an event onto the bus of its environment, and answers the error's name and message. */
const puts = `
const { EventBridgeClient, PutEventsCommand } = require('@aws-sdk/client-eventbridge');
exports.handler = async () => {
  const entry = { Source: 'shop', DetailType: 'OrderPlaced', Detail: '{}', EventBusName: process.env.BUS };
  try {
    return await new EventBridgeClient({}).send(new PutEventsCommand({ Entries: [entry] }));
  } catch (error) {
    return error.name + ': ' + error.message;
  }
};`;

/** Public patterns, written anew: a bus with a rule to a queue, and a schedule that invokes a function. */
export const shopResources = {
  Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'shop' } },
  Orders: queueWith({ QueueName: 'orders' }),
  Letters: queueWith({ QueueName: 'letters' }),
  Placed: ruleWith({
    EventBusName: { Ref: 'Bus' },
    EventPattern: {
      source: ['shop'],
      'detail-type': [{ prefix: 'Order' }],
      detail: { total: [{ numeric: ['>', 10] }] },
    },
    State: 'ENABLED',
    Targets: [
      {
        Id: 'Target0',
        Arn: arnOf('Orders'),
        DeadLetterConfig: { Arn: arnOf('Letters') },
        InputTransformer: {
          InputPathsMap: { id: '$.detail.id', total: '$.detail.total' },
          InputTemplate: '{"order":<id>,"total":<total>,"says":"Order <id> by <aws.events.rule-name>"}',
        },
        RetryPolicy: { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 3600 },
      },
      {
        Id: 'Target1',
        Arn: { 'Fn::Sub': 'arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:missing' },
        DeadLetterConfig: { Arn: arnOf('Letters') },
      },
    ],
  }),
  OrdersPolicy: policyOf('Orders', 'Placed'),
  LettersPolicy: policyOf('Letters', 'Placed'),

  Role: { Type: 'AWS::IAM::Role', Properties: trust('lambda.amazonaws.com') },
  Nightly: functionWith({ FunctionName: 'nightly', Code: { ZipFile: listens } }),
  Night: ruleWith({
    Name: 'night',
    ScheduleExpression: 'cron(0 2 * * ? *)',
    State: 'ENABLED',
    Targets: [{ Id: 'Target0', Arn: arnOf('Nightly'), Input: '{"task":"sweep"}' }],
  }),
  NightPermission: {
    Type: 'AWS::Lambda::Permission',
    Properties: {
      Action: 'lambda:InvokeFunction',
      FunctionName: arnOf('Nightly'),
      Principal: 'events.amazonaws.com',
      SourceArn: arnOf('Night'),
    },
  },

  Copy: { Type: 'AWS::Events::EventBus', Properties: { Name: 'copy' } },
  CopyRole: {
    Type: 'AWS::IAM::Role',
    Properties: {
      ...trust('events.amazonaws.com'),
      Policies: [
        {
          PolicyName: 'put',
          PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'events:PutEvents', Resource: arnOf('Copy') }] },
        },
      ],
    },
  },
  Copies: ruleWith({
    EventBusName: { Ref: 'Bus' },
    EventPattern: { 'detail-type': ['Copied'] },
    Targets: [{ Id: 'Target0', Arn: arnOf('Copy'), RoleArn: arnOf('CopyRole') }],
  }),
  Copied: queueWith({ QueueName: 'copied' }),
  CopiedRule: ruleWith({
    EventBusName: { Ref: 'Copy' },
    EventPattern: { source: ['shop'] },
    Targets: [{ Id: 'Target0', Arn: arnOf('Copied') }],
  }),
  CopiedPolicy: policyOf('Copied', 'CopiedRule'),

  News: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'news' } },
  NewsPolicy: {
    Type: 'AWS::SNS::TopicPolicy',
    Properties: {
      Topics: [{ Ref: 'News' }],
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: 'events.amazonaws.com' },
            Action: 'sns:Publish',
            Resource: { Ref: 'News' },
          },
        ],
      },
    },
  },
  Listener: {
    Type: 'AWS::SNS::Subscription',
    Properties: { TopicArn: { Ref: 'News' }, Protocol: 'email', Endpoint: 'a@shop.example' },
  },
  Told: ruleWith({
    EventPattern: { 'detail-type': ['Told'] },
    Targets: [{ Id: 'Target0', Arn: { Ref: 'News' }, InputPath: '$.detail' }],
  }),

  PutterRole: {
    Type: 'AWS::IAM::Role',
    Properties: {
      ...trust('lambda.amazonaws.com'),
      Policies: [
        {
          PolicyName: 'put',
          PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'events:PutEvents', Resource: arnOf('Bus') }] },
        },
      ],
    },
  },
};

/** A function that may put events onto the bus `Bus`, and puts one onto the bus that is given. */
export const putterTo = (BUS: object) =>
  functionWith({ Role: arnOf('PutterRole'), Code: { ZipFile: puts }, Environment: { Variables: { BUS } } });
