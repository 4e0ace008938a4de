import { CfnOutput, Stack } from 'aws-cdk-lib';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Queue } from 'aws-cdk-lib/aws-sqs';

const show = `
exports.handler = async ({ Records }) => {
  for (const { body, attributes } of Records) {
    const { Message } = JSON.parse(body);
    console.log('price', attributes.MessageGroupId, Message);
  }
};`;

/**
 * The public pattern "SNS FIFO to SQS FIFO": prices change in an order that counts for each product. A FIFO queue brings
 * them to the shop in this order; a standard queue is enough for the statistics.
 */
export function addSnsFifoToSqsFifo(stack: Stack): void {
  const prices = new Topic(stack, 'Prices', { topicName: 'prices.fifo', fifo: true, contentBasedDeduplication: true });
  const shop = new Queue(stack, 'Shop', { fifo: true });
  const statistics = new Queue(stack, 'Statistics');
  prices.addSubscription(new SqsSubscription(shop));
  prices.addSubscription(new SqsSubscription(statistics, { rawMessageDelivery: true }));

  const display = new LambdaFunction(stack, 'Display', {
    functionName: 'display',
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromInline(show),
  });
  display.addEventSource(new SqsEventSource(shop, { batchSize: 1 }));

  new CfnOutput(stack, 'PricesTopic', { value: prices.topicArn });
  new CfnOutput(stack, 'StatisticsQueue', { value: statistics.queueUrl });
}
