import { Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { ConsumerSettings } from './configuration.ts';
import { PipelineFunction, type PipelineFunctionProps } from './pipeline-function.ts';

export interface QueueConsumerProps extends PipelineFunctionProps {
  readonly settings: ConsumerSettings;
  readonly queue: Queue;
}

/** A function fed by a queue. */
export class QueueConsumer extends PipelineFunction {
  constructor(scope: Construct, id: string, { queue, settings, permissions, ...props }: QueueConsumerProps) {
    // What an event source mapping needs of its function's role (Lambda Developer Guide, "Using Lambda with SQS").
    const consume = new PolicyStatement({
      actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
      resources: [queue.queueArn],
    });
    super(scope, id, { ...props, settings, permissions: [consume, ...permissions] });

    // It would also grant sqs:GetQueueUrl and sqs:ChangeMessageVisibility, but the role takes no grants.
    this.function.addEventSource(
      new SqsEventSource(queue, {
        batchSize: settings.batchSize,
        maxBatchingWindow: Duration.seconds(settings.windowSeconds),
        maxConcurrency: settings.maximumConcurrency,
        reportBatchItemFailures: settings.partialBatchResponses,
      }),
    );
  }
}
