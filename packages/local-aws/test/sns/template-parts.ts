export const arnOf = (logicalId: string) => ({ 'Fn::GetAtt': [logicalId, 'Arn'] });
/** `AWS::SNS::Topic`. */
export const topicWith = (properties: object = {}) => ({ Type: 'AWS::SNS::Topic', Properties: properties });
/** `AWS::SNS::Subscription` to the topic `News`. */
export const subscriptionWith = (properties: object) => ({
  Type: 'AWS::SNS::Subscription',
  Properties: { TopicArn: { Ref: 'News' }, ...properties },
});

/** As the CDK's `SqsSubscription` writes it. */
export const queuePolicyOf = (queue: string, topic = 'News') => ({
  Type: 'AWS::SQS::QueuePolicy',
  Properties: {
    Queues: [{ Ref: queue }],
    PolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Action: 'sqs:SendMessage',
          Condition: { ArnEquals: { 'aws:SourceArn': { Ref: topic } } },
          Effect: 'Allow',
          Principal: { Service: 'sns.amazonaws.com' },
          Resource: arnOf(queue),
        },
      ],
    },
  },
});

/** Lets the topic `News` invoke a function. */
export const permissionOf = (name: string) => ({
  Type: 'AWS::Lambda::Permission',
  Properties: {
    Action: 'lambda:InvokeFunction',
    FunctionName: arnOf(name),
    Principal: 'sns.amazonaws.com',
    SourceArn: { Ref: 'News' },
  },
});

export const keyFor = (statements: readonly object[]) => ({
  Type: 'AWS::KMS::Key',
  Properties: { KeyPolicy: { Statement: statements } },
});
/** What lets SNS send to queues with the key. */
export const forSns = {
  Effect: 'Allow',
  Principal: { Service: 'sns.amazonaws.com' },
  Action: ['kms:GenerateDataKey*', 'kms:Decrypt'],
  Resource: '*',
};
