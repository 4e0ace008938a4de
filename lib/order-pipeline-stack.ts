import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { environmentNames } from '../shared/environment.ts';
import type { Configuration } from './configuration.ts';
import { PipelineFunction } from './pipeline-function.ts';
import { QueueConsumer } from './queue-consumer.ts';
import { Queues } from './queues.ts';
import { refuseInvalid } from './validate-configuration.ts';

export interface OrderPipelineStackProps extends StackProps {
  readonly configuration: Configuration;
}

/**
 * generate-orders → orders → process-orders, and what cannot be processed: orders → bad-orders → failed-orders.
 *
 * @throws InvalidConfigurationError when AWS would refuse the configuration
 */
export class OrderPipelineStack extends Stack {
  readonly outputs: readonly CfnOutput[];

  constructor(scope: Construct, id: string, { configuration, ...props }: OrderPipelineStackProps) {
    super(scope, id, props);
    refuseInvalid(configuration);
    const { logRetention } = configuration;
    const logCustomerNames = String(configuration.logCustomerNames);
    const { orders, badOrders } = new Queues(this, 'Queues', configuration);

    const generateOrders = new PipelineFunction(this, 'GenerateOrders', {
      name: 'generate-orders',
      description: 'Fills the orders queue.',
      settings: configuration.generateOrders,
      logRetention,
      environment: { [environmentNames.ordersQueueUrl]: orders.queueUrl },
      // Not `grantSendMessages`, which would also let it look at the queue.
      permissions: [new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [orders.queueArn] })],
    });

    const processOrders = new QueueConsumer(this, 'ProcessOrders', {
      name: 'process-orders',
      description: 'Processes orders; bad ones go to bad-orders.',
      settings: configuration.processOrders,
      logRetention,
      queue: orders,
      environment: {
        [environmentNames.ordersQueueUrl]: orders.queueUrl,
        [environmentNames.partialBatchResponses]: String(configuration.processOrders.partialBatchResponses),
        [environmentNames.retryBaseSeconds]: String(configuration.processOrders.retry.baseSeconds),
        [environmentNames.retryCapSeconds]: String(configuration.processOrders.retry.capSeconds),
        [environmentNames.logCustomerNames]: logCustomerNames,
      },
      // Only with partial responses does it say when a failed message comes back.
      permissions: configuration.processOrders.partialBatchResponses
        ? [new PolicyStatement({ actions: ['sqs:ChangeMessageVisibility'], resources: [orders.queueArn] })]
        : [],
    });

    const failedOrders = new QueueConsumer(this, 'FailedOrders', {
      name: 'failed-orders',
      description: 'Says what became of each failed order.',
      settings: configuration.failedOrders,
      logRetention,
      queue: badOrders,
      environment: { [environmentNames.logCustomerNames]: logCustomerNames },
      permissions: [],
    });

    // What other programs look up: these names are part of the pipeline's interface.
    const outputs = {
      OrdersQueueUrl: orders.queueUrl,
      BadOrdersQueueUrl: badOrders.queueUrl,
      GenerateOrdersFunctionName: generateOrders.function.functionName,
      ProcessOrdersFunctionName: processOrders.function.functionName,
      FailedOrdersFunctionName: failedOrders.function.functionName,
      GenerateOrdersLogGroupName: generateOrders.logGroup.logGroupName,
      ProcessOrdersLogGroupName: processOrders.logGroup.logGroupName,
      FailedOrdersLogGroupName: failedOrders.logGroup.logGroupName,
    };
    this.outputs = Object.entries(outputs).map(([name, value]) => new CfnOutput(this, name, { value }));
  }
}
