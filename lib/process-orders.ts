import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { type IQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { environmentNames } from '../shared/pipeline.ts';
import { metricNames } from '../shared/telemetry.ts';
import { bundledCode } from './bundle-function.ts';
import type { Configuration } from './configuration/configuration.ts';
import { type Contribution, together } from './monitoring/contribution.ts';
import { ownCount, watchOwnTelemetry } from './monitoring/own-telemetry.ts';
import { watchQueue } from './monitoring/watch-queue.ts';
import { watchPublisher } from './monitoring/watch-topic.ts';
import type { EventPublishing } from './order-events.ts';
import type { CommonFunctionProps } from './pipeline-function.ts';
import { mayChangeVisibility, QueueConsumer } from './queue-consumer.ts';

export interface ProcessOrdersProps extends CommonFunctionProps {
  readonly settings: Configuration['processOrders'];
  readonly orders: IQueue;
  /** Receives of an order before it goes to bad-orders. */
  readonly maxReceiveCount: number;
  /** Where processed orders are written. */
  readonly table: Table;
  /** Whether logs may have customers' names, which are personal data. */
  readonly logCustomerNames: boolean;
  /** Where processed orders are told. Default: nowhere. */
  readonly events?: EventPublishing;
}

/** The consumer of the orders queue: writes each order into the orders table. */
export class ProcessOrders extends QueueConsumer {
  readonly monitored: Contribution;

  constructor(scope: Construct, id: string, props: ProcessOrdersProps) {
    const { orders, maxReceiveCount, table, logCustomerNames, events, ...common } = props;
    const { partialBatchResponses, retry } = props.settings;
    super(scope, id, {
      ...common,
      name: 'process-orders',
      code: bundledCode(`lambdas/process-orders/${events === undefined ? 'handler' : 'handler-with-events'}.ts`),
      description: 'Processes orders; bad ones go to bad-orders.',
      queue: orders,
      environment: {
        [environmentNames.ordersQueueUrl]: orders.queueUrl,
        [environmentNames.ordersTableName]: table.tableName,
        [environmentNames.partialBatchResponses]: String(partialBatchResponses),
        [environmentNames.maxReceiveCount]: String(movesAfter(orders, maxReceiveCount)),
        [environmentNames.retryBaseSeconds]: String(retry.baseSeconds),
        [environmentNames.retryCapSeconds]: String(retry.capSeconds),
        [environmentNames.logCustomerNames]: String(logCustomerNames),
        ...events?.environment,
      },
      permissions: [
        // The function writes without reading.
        new PolicyStatement({ actions: ['dynamodb:UpdateItem'], resources: [table.tableArn] }),
        // Only with partial responses does the function say when a failed message comes back.
        ...(partialBatchResponses ? [mayChangeVisibility(orders)] : []),
        ...(events?.permissions ?? []),
      ],
      decrypts: [table.encryptionKey],
    });
    const work = {
      name: 'orders',
      item: 'an order',
      queue: orders,
      consumer: this,
      receivesBefore: 0,
      maxReceiveCount,
      retry,
      // The id that is deployed.
      slowDrainId: 'SlowDrain',
    };
    const telling = events === undefined ? [] : [watchPublisher(this)];
    this.monitored = together([watchQueue(work), this.#processing(), watchOwnTelemetry(this), ...telling]);
  }

  #processing(): Contribution {
    return {
      lines: {
        processed: {
          computed: [
            ownCount(this, metricNames.ordersProcessed, { label: 'processed, by receive' }),
            ownCount(this, metricNames.duplicateOrders, { label: 'duplicates of other messages' }),
            ownCount(this, metricNames.badOrders, { label: 'bad, by receive' }),
            ownCount(this, metricNames.ordersNotProcessed, { label: 'to be tried again' }),
          ],
        },
      },
    };
  }
}

/** Receives after which a queue moves a message; 0 without a dead-letter queue. What an imported queue has is not seen. */
function movesAfter(queue: IQueue, otherwise: number): number {
  return queue instanceof Queue ? (queue.deadLetterQueue?.maxReceiveCount ?? 0) : otherwise;
}
