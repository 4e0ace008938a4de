import { Duration, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { MetricType } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { setSlowestRecordSeconds } from 'queue-doctor/cdk';
import { PipelineFunction, type PipelineFunctionProps } from './pipeline-function.ts';
import type { ConsumerSettings } from './configuration/settings.ts';

export interface QueueConsumerProps extends PipelineFunctionProps {
  readonly settings: ConsumerSettings;
  /** Any queue whose visibility timeout suits the settings; `QueuePair` computes the timeout from them. */
  readonly queue: IQueue;
}

/** A function fed by a queue. */
export class QueueConsumer extends PipelineFunction {
  declare readonly settings: ConsumerSettings;
  /** Id of the event source mapping, whose own metrics are switched on. */
  readonly mappingId: string;

  constructor(scope: Construct, id: string, { queue, settings, permissions = [], ...props }: QueueConsumerProps) {
    // What an event source mapping needs of its function's role (Lambda Developer Guide, "Using Lambda with SQS").
    const consume = new PolicyStatement({
      actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
      resources: [queue.queueArn],
    });
    super(scope, id, { ...props, settings, permissions: [consume, ...permissions] });

    if (settings.slowestRecordSeconds !== undefined) setSlowestRecordSeconds(this, settings.slowestRecordSeconds);

    // The event source also grants sqs:GetQueueUrl and sqs:ChangeMessageVisibility; the role takes no grants.
    const source = new SqsEventSource(queue, {
      batchSize: settings.batchSize,
      // For a FIFO queue the CDK refuses a window, even one of 0 s.
      ...(!queue.fifo && { maxBatchingWindow: Duration.seconds(settings.windowSeconds) }),
      maxConcurrency: settings.maximumConcurrency,
      reportBatchItemFailures: settings.partialBatchResponses,
      // How many messages the mapping received, handed on and deleted: off by default.
      metricsConfig: { metrics: [MetricType.EVENT_COUNT] },
    });
    this.function.addEventSource(source);
    this.mappingId = source.eventSourceMappingId;
    Validations.of(this.function).acknowledge(
      {
        id: 'Serverless-LambdaEventSourceMappingDestination',
        reason: 'A mapping of SQS takes no destination: what fails goes to the dead-letter queue of its queue.',
      },
      {
        id: 'Serverless-LambdaDLQ',
        reason: 'For asynchronous invocations, and a mapping invokes synchronously: it would never be used.',
      },
    );
  }
}

/** For a function that says itself when a failed message comes back. */
export function mayChangeVisibility(queue: IQueue): PolicyStatement {
  return new PolicyStatement({ actions: ['sqs:ChangeMessageVisibility'], resources: [queue.queueArn] });
}
