import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { type DeadLetterQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { type Configuration, type QueueSettings, visibilityTimeoutSeconds } from './configuration.ts';

/**
 * The orders queue; bad-orders behind it, where messages go that used up their receives; and parked-orders behind
 * that, for what failed-orders cannot handle, so that no message goes round for two weeks.
 */
export class Queues extends Construct {
  readonly orders: Queue;
  readonly badOrders: Queue;
  readonly parkedOrders: Queue;

  constructor(scope: Construct, id: string, configuration: Configuration) {
    super(scope, id);
    const { orders, processOrders, badOrders, failedOrders, parkedOrders } = configuration;

    this.parkedOrders = this.#queue('ParkedOrders', 'parked-orders', { settings: parkedOrders, source: 'bad-orders' });
    this.badOrders = this.#queue('BadOrders', 'bad-orders', {
      settings: badOrders,
      visibilitySeconds: visibilityTimeoutSeconds(failedOrders),
      source: 'orders',
      deadLetterQueue: { queue: this.parkedOrders, maxReceiveCount: failedOrders.maxReceiveCount },
    });
    this.orders = this.#queue('Orders', 'orders', {
      settings: orders,
      visibilitySeconds: visibilityTimeoutSeconds(processOrders),
      deadLetterQueue: { queue: this.badOrders, maxReceiveCount: configuration.maxReceiveCount },
    });
  }

  #queue(id: string, name: string, { settings, source, ...props }: PipelineQueue): Queue {
    return new Queue(this, id, {
      queueName: this.#name(name, settings),
      retentionPeriod: Duration.seconds(settings.retentionSeconds),
      encryption: QueueEncryption.SQS_MANAGED,
      // A policy that denies every request without TLS.
      enforceSSL: true,
      // Messages in a queue are passing through; `cdk destroy` leaves nothing behind.
      removalPolicy: RemovalPolicy.DESTROY,
      ...(settings.fifo && { fifo: true }),
      ...(props.visibilitySeconds !== undefined && { visibilityTimeout: Duration.seconds(props.visibilitySeconds) }),
      ...(props.deadLetterQueue !== undefined && { deadLetterQueue: props.deadLetterQueue }),
      ...(source !== undefined && { redriveAllowPolicy: { sourceQueues: [this.#named(id, source, settings)] } }),
    });
  }

  /**
   * A queue by its name: nobody else's failures may come in. Two queues that name each other are more than
   * CloudFormation can resolve, unless the source's ARN is known before it exists.
   */
  #named(id: string, source: string, settings: QueueSettings) {
    const arn = Stack.of(this).formatArn({ service: 'sqs', resource: this.#name(source, settings) });
    return Queue.fromQueueArn(this, `${id}Source`, arn);
  }

  /** Begins with the stack's name, so that two stacks can stand side by side in one account. */
  #name(name: string, { fifo }: QueueSettings): string {
    return `${Stack.of(this).stackName}-${name}${fifo ? '.fifo' : ''}`;
  }
}

interface PipelineQueue {
  readonly settings: QueueSettings;
  readonly visibilitySeconds?: number;
  /** Name of the only queue that may use this one as its dead-letter queue. */
  readonly source?: string;
  readonly deadLetterQueue?: DeadLetterQueue;
}
