import { Arn, ArnFormat, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';

export interface AlarmTopicProps {
  /** Who is told. AWS asks each address for its consent first. */
  readonly emailAddresses: readonly string[];
  /**
   * Key of the topic. Its policy must be open to additions; the policy of an imported key is not. Default: a key that is
   * made for the topic.
   */
  readonly encryptionKey?: IKey;
}

/**
 * Where alarms are published: encrypted, over TLS only, and only by CloudWatch alarms of this account.
 *
 * The key is a customer-managed key, which costs a dollar a month. Alarms cannot use `alias/aws/sns`: its policy does
 * not let CloudWatch generate data keys and cannot be changed, and every notification would fail unseen (AWS Knowledge
 * Center, "How do I configure a CloudWatch alarm with an encrypted SNS topic?").
 */
export class AlarmTopic extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { emailAddresses, encryptionKey }: AlarmTopicProps) {
    super(scope, id);
    const masterKey = encryptionKey ?? this.#key();
    masterKey.addToResourcePolicy(this.#forAlarms(['kms:Decrypt', 'kms:GenerateDataKey*'], '*'));

    this.topic = new Topic(this, 'Topic', { masterKey, enforceSSL: true });
    // This policy replaces the default policy of SNS, which would let the account's alarms publish.
    this.topic.addToResourcePolicy(this.#forAlarms(['sns:Publish'], this.topic.topicArn));
    for (const address of new Set(emailAddresses)) {
      const subscription = this.topic.addSubscription(new EmailSubscription(address));
      Validations.of(subscription).acknowledge({
        id: 'Serverless-SNSRedrivePolicy',
        reason: 'A letter that cannot be delivered is of no use later: the alarm itself stays to be seen.',
      });
    }
  }

  #key(): Key {
    return new Key(this, 'Key', {
      description: 'Encrypts alarms on their way to those who are told.',
      enableKeyRotation: true,
      // No data are kept under this key: messages only pass through the topic.
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }

  /** For this account's alarms only (SNS Developer Guide, "Key management", event sources of AWS services). */
  #forAlarms(actions: string[], resource: string): PolicyStatement {
    const { account } = Stack.of(this);
    const alarms = Arn.format(
      { service: 'cloudwatch', resource: 'alarm', resourceName: '*', arnFormat: ArnFormat.COLON_RESOURCE_NAME },
      Stack.of(this),
    );
    return new PolicyStatement({
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions,
      resources: [resource],
      conditions: { StringEquals: { 'aws:SourceAccount': account }, ArnLike: { 'aws:SourceArn': alarms } },
    });
  }
}
