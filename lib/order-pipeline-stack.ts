import { Aspects, CfnOutput, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { environmentNames, stackOutputNames } from '../shared/pipeline.ts';
import { bundledCode } from './bundle-function.ts';
import type { Configuration } from './configuration/configuration.ts';
import { refuseInvalid } from './configuration/validate.ts';
import { EncryptionKey, mayDecrypt, mayEncrypt } from './encryption-key.ts';
import { PipelineMonitoring } from './monitoring/pipeline-monitoring.ts';
import { OrdersTable } from './orders-table.ts';
import { PipelineFunction } from './pipeline-function.ts';
import { denyOthers } from './queue-access.ts';
import { QueueConsumer } from './queue-consumer.ts';
import { QueueDoctor, warningId } from 'queue-doctor/cdk';
import { QueuePair } from './queue-pair.ts';

export interface OrderPipelineStackProps extends StackProps {
  readonly configuration: Configuration;
}

/**
 * generate-orders → orders → process-orders → orders table; what cannot be processed: orders → bad-orders →
 * failed-orders → orders table; what cannot even be written down: bad-orders → parked-orders.
 *
 * @throws InvalidConfigurationError when AWS would refuse the configuration
 */
export class OrderPipelineStack extends Stack {
  readonly outputs: readonly CfnOutput[];

  constructor(scope: Construct, id: string, { configuration, ...props }: OrderPipelineStackProps) {
    super(scope, id, props);
    refuseInvalid(configuration);
    Aspects.of(this).add(new QueueDoctor());
    for (const { code, reason } of configuration.acknowledged) {
      Validations.of(this).acknowledge({ id: warningId(code), reason });
    }
    const { logRetention, operators, retainData, tracing } = configuration;
    const key = configuration.customerManagedKey
      ? new EncryptionKey(this, 'EncryptionKey', { retainData }).key
      : undefined;
    const data = { retainData, ...(key !== undefined && { encryptionKey: key }) };
    const logCustomerNames = String(configuration.logCustomerNames);
    const {
      queue: orders,
      deadLetterQueue: badOrders,
      lastStop: parkedOrders,
    } = new QueuePair(this, 'Queues', {
      queue: { name: 'orders', ...configuration.orders, consumer: configuration.processOrders },
      deadLetterQueue: {
        name: 'bad-orders',
        ...configuration.badOrders,
        consumer: configuration.failedOrders,
        maxReceiveCount: configuration.maxReceiveCount,
      },
      parkingQueue: {
        name: 'parked-orders',
        ...configuration.parkedOrders,
        maxReceiveCount: configuration.failedOrders.maxReceiveCount,
      },
      maximumMessageBytes: configuration.maximumMessageBytes,
      fifo: configuration.fifo,
      ...data,
    });
    const { table } = new OrdersTable(this, 'OrdersTable', data);

    const generateOrders = new PipelineFunction(this, 'GenerateOrders', {
      name: 'generate-orders',
      code: bundledCode('lambdas/generate-orders/handler.ts'),
      description: 'Fills the orders queue.',
      settings: configuration.generateOrders,
      logRetention,
      ...data,
      tracing,
      environment: { [environmentNames.ordersQueueUrl]: orders.queueUrl },
      // Not `grantSendMessages`, which would also let it look at the queue.
      permissions: [
        new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [orders.queueArn] }),
        ...(key === undefined ? [] : [mayEncrypt(key)]),
      ],
    });
    // A second attempt would make up other orders than the one that timed out, beside those that it had sent.
    generateOrders.function.configureAsyncInvoke({ retryAttempts: 0 });
    const noOrderIsLost = 'Its event is a number of orders to make up: its answer and its log say which were not sent.';
    Validations.of(generateOrders.function).acknowledge(
      { id: 'Serverless-LambdaDLQ', reason: noOrderIsLost },
      { id: 'Serverless-LambdaAsyncFailureDestination', reason: noOrderIsLost },
    );

    const processOrders = new QueueConsumer(this, 'ProcessOrders', {
      name: 'process-orders',
      code: bundledCode('lambdas/process-orders/handler.ts'),
      description: 'Processes orders; bad ones go to bad-orders.',
      settings: configuration.processOrders,
      logRetention,
      ...data,
      tracing,
      queue: orders,
      environment: {
        [environmentNames.ordersQueueUrl]: orders.queueUrl,
        [environmentNames.ordersTableName]: table.tableName,
        [environmentNames.partialBatchResponses]: String(configuration.processOrders.partialBatchResponses),
        [environmentNames.retryBaseSeconds]: String(configuration.processOrders.retry.baseSeconds),
        [environmentNames.retryCapSeconds]: String(configuration.processOrders.retry.capSeconds),
        [environmentNames.logCustomerNames]: logCustomerNames,
      },
      permissions: [
        // It writes without reading.
        new PolicyStatement({ actions: ['dynamodb:UpdateItem'], resources: [table.tableArn] }),
        // Only with partial responses does it say when a failed message comes back.
        ...(configuration.processOrders.partialBatchResponses ? [mayChangeVisibility(orders)] : []),
        ...(key === undefined ? [] : [mayDecrypt(key)]),
      ],
    });

    const failedOrders = new QueueConsumer(this, 'FailedOrders', {
      name: 'failed-orders',
      code: bundledCode('lambdas/failed-orders/handler.ts'),
      description: 'Writes down what became of each failed order.',
      settings: configuration.failedOrders,
      logRetention,
      ...data,
      tracing,
      queue: badOrders,
      environment: {
        [environmentNames.badOrdersQueueUrl]: badOrders.queueUrl,
        [environmentNames.ordersTableName]: table.tableName,
        [environmentNames.retryBaseSeconds]: String(configuration.failedOrders.retry.baseSeconds),
        [environmentNames.retryCapSeconds]: String(configuration.failedOrders.retry.capSeconds),
        [environmentNames.logCustomerNames]: logCustomerNames,
      },
      permissions: [
        new PolicyStatement({
          actions: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
          resources: [table.tableArn],
        }),
        mayChangeVisibility(badOrders),
        ...(key === undefined ? [] : [mayDecrypt(key)]),
      ],
    });

    denyOthers(orders, { consumer: processOrders.role, operators });
    denyOthers(badOrders, { consumer: failedOrders.role, movedBy: processOrders.role, operators });
    denyOthers(parkedOrders, { movedBy: failedOrders.role, operators });

    const monitoring = new PipelineMonitoring(this, 'Monitoring', {
      pipeline: {
        producer: generateOrders,
        orders: {
          name: 'orders',
          queue: orders,
          consumer: processOrders,
          receivesBefore: 0,
          maxReceiveCount: configuration.maxReceiveCount,
          retry: configuration.processOrders.retry,
        },
        badOrders: {
          name: 'bad-orders',
          queue: badOrders,
          consumer: failedOrders,
          receivesBefore: configuration.maxReceiveCount,
          maxReceiveCount: configuration.failedOrders.maxReceiveCount,
          retry: configuration.failedOrders.retry,
        },
        lastStop: parkedOrders,
        table,
      },
      emailAddresses: configuration.alarmEmail,
      runbook: configuration.runbook,
    });

    // What other programs look up: these names are part of the pipeline's interface.
    const outputs = {
      [stackOutputNames.ordersQueueUrl]: orders.queueUrl,
      [stackOutputNames.badOrdersQueueUrl]: badOrders.queueUrl,
      [stackOutputNames.parkedOrdersQueueUrl]: parkedOrders.queueUrl,
      [stackOutputNames.ordersTableName]: table.tableName,
      [stackOutputNames.generateOrdersFunctionName]: generateOrders.function.functionName,
      [stackOutputNames.processOrdersFunctionName]: processOrders.function.functionName,
      [stackOutputNames.failedOrdersFunctionName]: failedOrders.function.functionName,
      [stackOutputNames.generateOrdersLogGroupName]: generateOrders.logGroup.logGroupName,
      [stackOutputNames.processOrdersLogGroupName]: processOrders.logGroup.logGroupName,
      [stackOutputNames.failedOrdersLogGroupName]: failedOrders.logGroup.logGroupName,
      [stackOutputNames.alarmTopicArn]: monitoring.topic.topicArn,
    };
    this.outputs = Object.entries(outputs).map(([name, value]) => new CfnOutput(this, name, { value }));
  }
}

function mayChangeVisibility(queue: Queue): PolicyStatement {
  return new PolicyStatement({ actions: ['sqs:ChangeMessageVisibility'], resources: [queue.queueArn] });
}
