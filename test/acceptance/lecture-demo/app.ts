// An app of the lecture demo's shape, synthesized as `cdk synth` does it, bundling included.
// Context: windowSeconds and visibilityTimeoutSeconds, by default the demo's own 10 and SQS's 30.
import { App, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { Architecture, Runtime } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { Queue } from 'aws-cdk-lib/aws-sqs';

const app = new App();
const seconds = (key: string, byDefault: number) => Duration.seconds(Number(app.node.tryGetContext(key) ?? byDefault));
const stack = new Stack(app, 'LectureDemo');

const badOrders = new Queue(stack, 'BadOrders');
const orders = new Queue(stack, 'Orders', {
  visibilityTimeout: seconds('visibilityTimeoutSeconds', 30),
  deadLetterQueue: { queue: badOrders, maxReceiveCount: 1 },
});

const lambda = (id: string, file: string, environment: Record<string, string> = {}) =>
  new NodejsFunction(stack, id, {
    entry: `${import.meta.dirname}/${file}`,
    runtime: Runtime.NODEJS_16_X,
    architecture: Architecture.ARM_64,
    environment,
  });

const generateOrders = lambda('GenerateOrders', 'generate-orders.cjs', { ORDERS_QUEUE_URL: orders.queueUrl });
orders.grantSendMessages(generateOrders);
const consumer = { maxConcurrency: 2, maxBatchingWindow: seconds('windowSeconds', 10), reportBatchItemFailures: false };
lambda('ProcessOrders', 'process-orders.cjs').addEventSource(new SqsEventSource(orders, consumer));
lambda('FailedOrders', 'failed-orders.cjs').addEventSource(new SqsEventSource(badOrders, consumer));

const producerName = new CfnOutput(stack, 'ProducerName', { value: generateOrders.functionName });
producerName.description = 'Whom to invoke.';
app.synth();
