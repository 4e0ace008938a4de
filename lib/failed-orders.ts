import { Duration } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { environmentNames } from '../shared/pipeline.ts';
import { failureMetricNames, logMessages, metricNames } from '../shared/telemetry.ts';
import { bundledCode } from './bundle-function.ts';
import type { Configuration } from './configuration/configuration.ts';
import { type AlarmDefinition, type Contribution, together } from './monitoring/contribution.ts';
import { ownCount, watchOwnTelemetry } from './monitoring/own-telemetry.ts';
import { watchDeadLetterQueue } from './monitoring/watch-queue.ts';
import { watchPublisher } from './monitoring/watch-topic.ts';
import type { EventPublishing } from './order-events.ts';
import type { CommonFunctionProps } from './pipeline-function.ts';
import { mayChangeVisibility, QueueConsumer } from './queue-consumer.ts';

export interface FailedOrdersProps extends CommonFunctionProps {
  readonly settings: Configuration['failedOrders'];
  readonly badOrders: IQueue;
  /** Receives that messages have behind them when they come from the orders queue. */
  readonly receivesBefore: number;
  /** The ledger: where failures are written down. */
  readonly table: Table;
  /** Whether logs may have customers' names, which are personal data. */
  readonly logCustomerNames: boolean;
  /** Failures recorded in five minutes that nobody is told of. Default: 0, because each is an order not delivered. */
  readonly toleratedFailures?: number;
  /** Where failures are told. Default: nowhere. */
  readonly events?: EventPublishing;
}

/** The consumer of bad-orders: writes down what became of each failed order. */
export class FailedOrders extends QueueConsumer {
  readonly monitored: Contribution;

  constructor(scope: Construct, id: string, props: FailedOrdersProps) {
    const { badOrders, receivesBefore, table, logCustomerNames, toleratedFailures = 0, events, ...common } = props;
    const { maxReceiveCount, retry } = props.settings;
    super(scope, id, {
      ...common,
      name: 'failed-orders',
      code: bundledCode(`lambdas/failed-orders/${events === undefined ? 'handler' : 'handler-with-events'}.ts`),
      description: 'Writes down what became of each failed order.',
      queue: badOrders,
      environment: {
        [environmentNames.badOrdersQueueUrl]: badOrders.queueUrl,
        [environmentNames.ordersTableName]: table.tableName,
        [environmentNames.retryBaseSeconds]: String(retry.baseSeconds),
        [environmentNames.retryCapSeconds]: String(retry.capSeconds),
        [environmentNames.logCustomerNames]: String(logCustomerNames),
        ...events?.environment,
      },
      permissions: [
        new PolicyStatement({ actions: ['dynamodb:GetItem', 'dynamodb:UpdateItem'], resources: [table.tableArn] }),
        mayChangeVisibility(badOrders),
        ...(events?.permissions ?? []),
      ],
      decrypts: [table.encryptionKey],
    });
    const failures = {
      name: 'bad-orders',
      item: 'an order',
      queue: badOrders,
      consumer: this,
      receivesBefore,
      maxReceiveCount,
      retry,
    };
    this.monitored = together([
      this.#recording(toleratedFailures),
      watchDeadLetterQueue(failures),
      watchOwnTelemetry(this),
      ...(events === undefined ? [] : [watchPublisher(this)]),
    ]);
  }

  #recording(tolerated: number): Contribution {
    return {
      alarms: [this.#failuresRecorded(tolerated), this.#failuresNotRecorded()],
      lines: {
        failed: {
          computed: [
            ...Object.entries(failureMetricNames).map(([kind, name]) => ownCount(this, name, { label: kind })),
            ownCount(this, metricNames.failuresNotRecorded, { label: 'could not be recorded' }),
          ],
        },
      },
      queries: [
        {
          id: 'FailuresByCause',
          name: 'failures by cause',
          query: {
            filterStatements: [`message.message = '${logMessages.failedOrder}'`],
            statsStatements: [
              'count(*) as failures, max(@timestamp) as last by message.cause, message.kind, message.reasons.0',
            ],
            sort: 'failures desc',
          },
          logGroups: [this.logGroup],
        },
      ],
    };
  }

  #failuresRecorded(tolerated: number): AlarmDefinition {
    return {
      id: 'FailuresRecorded',
      about: 'messages',
      message: `${tolerated === 0 ? 'Orders' : `More than ${tolerated} orders in five minutes`} failed, and ${this.name} wrote them down: each waits for somebody to mend or replay it.`,
      section: 'failures-were-recorded',
      metric: ownCount(this, metricNames.failuresRecorded, { period: Duration.minutes(5) }),
      threshold: tolerated + 1,
      periods: 1,
    };
  }

  #failuresNotRecorded(): AlarmDefinition {
    return {
      id: 'FailuresNotRecorded',
      about: 'messages',
      message: `${this.name} fails to write failures down. Three times in a quarter of an hour is no passing fault; the messages stay in bad-orders meanwhile.`,
      section: 'failures-cannot-be-recorded',
      // The depth of the queue would not do: what failed is hidden in it until its next try.
      metric: ownCount(this, metricNames.failuresNotRecorded, { period: Duration.minutes(15) }),
      threshold: 3,
      periods: 1,
    };
  }
}
