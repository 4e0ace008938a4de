import { Duration, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { Grouping } from '../shared/message-group.ts';
import { environmentNames } from '../shared/pipeline.ts';
import { metricNames } from '../shared/telemetry.ts';
import { bundledCode } from './bundle-function.ts';
import type { FunctionSettings } from './configuration/settings.ts';
import { mayEncrypt } from './encryption-key.ts';
import { type Contribution, together } from './monitoring/contribution.ts';
import { ownCount, watchOwnTelemetry } from './monitoring/own-telemetry.ts';
import { watchFunction } from './monitoring/watch-function.ts';
import { type CommonFunctionProps, PipelineFunction } from './pipeline-function.ts';

/** What a function that sends is told of message groups: nothing, where an order is a group. */
export function groupedBy(groupBy: Grouping = 'order'): Readonly<Record<string, string>> {
  return groupBy === 'order' ? {} : { [environmentNames.groupBy]: groupBy };
}

export interface GenerateOrdersProps extends CommonFunctionProps {
  readonly settings: FunctionSettings;
  /** Where the orders go. */
  readonly orders: IQueue;
  /** What a message group is, if the queue is a FIFO queue. Default: an order. */
  readonly groupBy?: Grouping;
}

/** The producer: makes orders up and sends them to the orders queue. */
export class GenerateOrders extends PipelineFunction {
  readonly monitored: Contribution;

  constructor(scope: Construct, id: string, { orders, groupBy, ...props }: GenerateOrdersProps) {
    super(scope, id, {
      ...props,
      name: 'generate-orders',
      code: bundledCode('lambdas/generate-orders/handler.ts'),
      description: 'Fills the orders queue.',
      environment: { [environmentNames.ordersQueueUrl]: orders.queueUrl, ...groupedBy(groupBy) },
      // `grantSendMessages` would also let the function read the queue's attributes.
      permissions: [
        new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [orders.queueArn] }),
        ...(orders.encryptionMasterKey === undefined ? [] : [mayEncrypt(orders.encryptionMasterKey)]),
      ],
    });
    // A second attempt would make up other orders, beside those that the first attempt had sent before it timed out.
    this.function.configureAsyncInvoke({ retryAttempts: 0 });
    const noOrderIsLost = 'Its event is a number of orders to make up: its answer and its log say which were not sent.';
    Validations.of(this.function).acknowledge(
      { id: 'Serverless-LambdaDLQ', reason: noOrderIsLost },
      { id: 'Serverless-LambdaAsyncFailureDestination', reason: noOrderIsLost },
    );
    this.monitored = together([this.#sending(), watchFunction(this), watchOwnTelemetry(this)]);
  }

  #sending(): Contribution {
    return {
      alarms: [
        {
          id: 'OrdersNotQueued',
          about: 'messages',
          message: `${this.name} could not queue orders: nobody else knows of them.`,
          section: 'orders-could-not-be-queued',
          metric: ownCount(this, metricNames.ordersNotQueued, { period: Duration.minutes(5) }),
          threshold: 1,
          periods: 1,
        },
      ],
      lines: {
        sent: {
          computed: [
            ownCount(this, metricNames.ordersQueued, { label: `by ${this.name}` }),
            ownCount(this, metricNames.ordersNotQueued, { label: 'could not be queued' }),
          ],
        },
      },
    };
  }
}
