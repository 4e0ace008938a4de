import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { type Configuration, type QueueSettings, visibilityTimeoutSeconds } from './configuration.ts';

/** The orders queue, and bad-orders behind it, where messages go that used up their receives. */
export class Queues extends Construct {
  readonly orders: Queue;
  readonly badOrders: Queue;

  constructor(scope: Construct, id: string, configuration: Configuration) {
    super(scope, id);
    const ordersName = queueName(this, 'orders', configuration.orders);

    this.badOrders = new Queue(this, 'BadOrders', {
      ...propsOf(configuration.badOrders, visibilityTimeoutSeconds(configuration.failedOrders)),
      queueName: queueName(this, 'bad-orders', configuration.badOrders),
      // Nobody else's failures. The two queues name each other, which CloudFormation can only resolve because the
      // orders queue's name, and so its ARN, is known before it exists.
      redriveAllowPolicy: {
        sourceQueues: [
          Queue.fromQueueArn(this, 'Source', Stack.of(this).formatArn({ service: 'sqs', resource: ordersName })),
        ],
      },
    });
    this.orders = new Queue(this, 'Orders', {
      ...propsOf(configuration.orders, visibilityTimeoutSeconds(configuration.processOrders)),
      queueName: ordersName,
      deadLetterQueue: { queue: this.badOrders, maxReceiveCount: configuration.maxReceiveCount },
    });
  }
}

/** Begins with the stack's name, so that two stacks can stand side by side in one account. */
function queueName(scope: Construct, name: string, { fifo }: QueueSettings): string {
  return `${Stack.of(scope).stackName}-${name}${fifo ? '.fifo' : ''}`;
}

function propsOf(settings: QueueSettings, visibilitySeconds: number): QueueProps {
  return {
    visibilityTimeout: Duration.seconds(visibilitySeconds),
    retentionPeriod: Duration.seconds(settings.retentionSeconds),
    encryption: QueueEncryption.SQS_MANAGED,
    // A policy that denies every request without TLS.
    enforceSSL: true,
    // Messages in a queue are passing through; `cdk destroy` leaves nothing behind.
    removalPolicy: RemovalPolicy.DESTROY,
    ...(settings.fifo && { fifo: true }),
  };
}
