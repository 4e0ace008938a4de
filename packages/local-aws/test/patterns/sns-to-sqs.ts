import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { SubscriptionFilter, Topic } from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';

const ship = `
exports.handler = async ({ Records }) => {
  for (const { body, messageAttributes } of Records) {
    console.log('shipping', body, 'worth', messageAttributes.total.stringValue);
  }
};`;

/**
 * The public pattern "SNS to SQS with a filter and a dead-letter queue": one topic tells all that happens to orders. The
 * shipping queue gets what was paid and is worth something, with a dead-letter queue for what cannot be delivered and
 * another one for what cannot be processed. The audit queue gets everything.
 */
export function addSnsToSqs(stack: Stack): void {
  const orders = new Topic(stack, 'Orders', { displayName: 'Orders' });

  const undelivered = new Queue(stack, 'Undelivered', { retentionPeriod: Duration.days(14) });
  const shipping = new Queue(stack, 'Shipping', {
    encryption: QueueEncryption.KMS,
    visibilityTimeout: Duration.seconds(30),
    deadLetterQueue: { queue: new Queue(stack, 'Unshipped'), maxReceiveCount: 3 },
  });
  orders.addSubscription(
    new SqsSubscription(shipping, {
      deadLetterQueue: undelivered,
      rawMessageDelivery: true,
      filterPolicy: {
        status: SubscriptionFilter.stringFilter({ allowlist: ['paid'] }),
        total: SubscriptionFilter.numericFilter({ greaterThan: 0 }),
      },
    }),
  );

  const audit = new Queue(stack, 'Audit', { enforceSSL: true });
  orders.addSubscription(new SqsSubscription(audit));

  const shipper = new LambdaFunction(stack, 'Shipper', {
    functionName: 'shipper',
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromInline(ship),
  });
  shipper.addEventSource(new SqsEventSource(shipping, { batchSize: 10, reportBatchItemFailures: true }));

  new CfnOutput(stack, 'OrdersTopic', { value: orders.topicArn });
  new CfnOutput(stack, 'ShippingQueue', { value: shipping.queueUrl });
  new CfnOutput(stack, 'UndeliveredQueue', { value: undelivered.queueUrl });
  new CfnOutput(stack, 'AuditQueue', { value: audit.queueUrl });
}
