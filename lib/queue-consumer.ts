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
  /** Its visibility timeout must suit the settings: `QueuePair` computes it from them. */
  readonly queue: IQueue;
}

/** A function fed by a queue. */
export class QueueConsumer extends PipelineFunction {
  declare readonly settings: ConsumerSettings;
  /** Of its event source mapping. */
  readonly mappingId: string;

  constructor(scope: Construct, id: string, { queue, settings, permissions = [], ...props }: QueueConsumerProps) {
    // What an event source mapping needs of its function's role (Lambda Developer Guide, "Using Lambda with SQS").
    const consume = new PolicyStatement({
      actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
      resources: [queue.queueArn],
    });
    super(scope, id, { ...props, settings, permissions: [consume, ...permissions] });

    if (settings.slowestRecordSeconds !== undefined) setSlowestRecordSeconds(this, settings.slowestRecordSeconds);

    // It would also grant sqs:GetQueueUrl and sqs:ChangeMessageVisibility, but the role takes no grants.
    const source = new SqsEventSource(queue, {
      batchSize: settings.batchSize,
      // Not even a window of no seconds is taken for a FIFO queue.
      ...(!queue.fifo && { maxBatchingWindow: Duration.seconds(settings.windowSeconds) }),
      maxConcurrency: settings.maximumConcurrency,
      reportBatchItemFailures: settings.partialBatchResponses,
      // What it received, gave to the function and deleted: off unless asked for.
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
