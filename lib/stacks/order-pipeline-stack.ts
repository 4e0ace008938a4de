import { Aspects, CfnOutput, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { QueueDoctor, warningId } from 'queue-doctor/cdk';
import { stackOutputNames } from '../../shared/pipeline.ts';
import type { Configuration } from '../configuration/configuration.ts';
import { warnOfOperators } from '../configuration/operators.ts';
import { refuseInvalid } from '../configuration/validate.ts';
import { EncryptionKey } from '../encryption-key.ts';
import { FailedOrders } from '../failed-orders.ts';
import { GenerateOrders } from '../generate-orders.ts';
import { Monitoring } from '../monitoring/monitoring.ts';
import { watchLastStop } from '../monitoring/watch-queue.ts';
import { OrdersTable } from '../orders-table.ts';
import { ProcessOrders } from '../process-orders.ts';
import { denyOthers } from '../queue-access.ts';
import { QueuePair, type QueuePairProps } from '../queue-pair.ts';
import { openDoors, orderEventsOf } from './doors.ts';

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
    this.#callTheDoctor(configuration);
    const { logCustomerNames, logRetention, maxReceiveCount, operators, retainData, tracing } = configuration;
    const key = configuration.customerManagedKey
      ? new EncryptionKey(this, 'EncryptionKey', { retainData }).key
      : undefined;
    const data = { retainData, ...(key !== undefined && { encryptionKey: key }) };

    const queues = new QueuePair(this, 'Queues', queuesOf(configuration, data));
    const { queue: orders, deadLetterQueue: badOrders, lastStop: parkedOrders } = queues;
    const { warmWritesPerSecond } = configuration;
    const ordersTable = new OrdersTable(this, 'OrdersTable', { ...data, warmWritesPerSecond });
    const { table } = ordersTable;

    const events = orderEventsOf(this, configuration, data);
    const telling = events === undefined ? {} : { events: events.publishing };

    const common = { ...data, logRetention, tracing };
    const generateOrders = new GenerateOrders(this, 'GenerateOrders', {
      ...common,
      settings: configuration.generateOrders,
      orders,
      groupBy: configuration.groupBy,
    });
    const processOrders = new ProcessOrders(this, 'ProcessOrders', {
      ...common,
      settings: configuration.processOrders,
      orders,
      maxReceiveCount,
      table,
      logCustomerNames,
      ...telling,
    });
    const failedOrders = new FailedOrders(this, 'FailedOrders', {
      ...common,
      settings: configuration.failedOrders,
      badOrders,
      receivesBefore: maxReceiveCount,
      table,
      logCustomerNames,
      ...telling,
    });
    const doors = openDoors(this, { configuration, common, orders, table, events });

    warnOfOperators(this, operators);
    denyOthers(orders, { consumer: processOrders.role, operators });
    denyOthers(badOrders, { consumer: failedOrders.role, movedBy: processOrders.role, operators });
    denyOthers(parkedOrders, { movedBy: failedOrders.role, operators });
    events?.onlyFrom([processOrders.role, failedOrders.role]);

    const monitoring = new Monitoring(this, 'Monitoring', {
      parts: [
        generateOrders.monitored,
        ...doors.monitored,
        processOrders.monitored,
        failedOrders.monitored,
        watchLastStop(parkedOrders),
        ordersTable.monitored,
      ],
      emailAddresses: configuration.alarmEmail,
      runbook: configuration.runbook,
    });

    // Other programs look these values up.
    const outputs: Readonly<Record<keyof typeof stackOutputNames, string>> = {
      ordersQueueUrl: orders.queueUrl,
      badOrdersQueueUrl: badOrders.queueUrl,
      parkedOrdersQueueUrl: parkedOrders.queueUrl,
      ordersTableName: table.tableName,
      generateOrdersFunctionName: generateOrders.function.functionName,
      processOrdersFunctionName: processOrders.function.functionName,
      failedOrdersFunctionName: failedOrders.function.functionName,
      generateOrdersLogGroupName: generateOrders.logGroup.logGroupName,
      processOrdersLogGroupName: processOrders.logGroup.logGroupName,
      failedOrdersLogGroupName: failedOrders.logGroup.logGroupName,
      alarmTopicArn: monitoring.topic.topicArn,
    };
    const named = Object.entries(stackOutputNames).map(
      ([output, name]) => [name, outputs[output as keyof typeof outputs]] as const,
    );
    this.outputs = [...named, ...Object.entries(doors.outputs)].map(
      ([name, value]) => new CfnOutput(this, name, { value }),
    );
  }

  /** Mistakes that AWS would take stop the synthesis, or are warnings: docs/doctor.md. */
  #callTheDoctor({ acknowledged }: Configuration): void {
    Aspects.of(this).add(new QueueDoctor());
    for (const { code, reason } of acknowledged) {
      Validations.of(this).acknowledge({ id: warningId(code), reason });
    }
  }
}

function queuesOf(
  configuration: Configuration,
  data: { readonly retainData: boolean; readonly encryptionKey?: IKey },
): QueuePairProps {
  const { orders, badOrders, parkedOrders, processOrders, failedOrders } = configuration;
  return {
    ...data,
    queue: { name: 'orders', ...orders, consumer: processOrders },
    deadLetterQueue: {
      name: 'bad-orders',
      ...badOrders,
      consumer: failedOrders,
      maxReceiveCount: configuration.maxReceiveCount,
    },
    parkingQueue: { name: 'parked-orders', ...parkedOrders, maxReceiveCount: failedOrders.maxReceiveCount },
    maximumMessageBytes: configuration.maximumMessageBytes,
    fifo: configuration.fifo,
  };
}
