import { Annotations, Duration, Stack, Token, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { MetricType } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { type IQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { setSlowestRecordSeconds } from 'queue-doctor/cdk';
import { PipelineFunction, type PipelineFunctionProps } from './pipeline-function.ts';
import { type ConsumerSettings, InvalidConfigurationError } from './configuration/settings.ts';

export interface QueueConsumerProps extends PipelineFunctionProps {
  readonly settings: ConsumerSettings;
  /**
   * Any queue of the stack's account and region whose visibility timeout suits the settings; `QueuePair` computes the
   * timeout from them. An imported queue with a key of the account needs its `keyArn` (`Queue.fromQueueAttributes`).
   */
  readonly queue: IQueue;
}

/**
 * A function fed by a queue, of this or another stack. The function may receive from the queue, and decrypt its messages.
 *
 * @throws InvalidConfigurationError for a queue that is known to be in another region or account
 */
export class QueueConsumer extends PipelineFunction {
  declare readonly settings: ConsumerSettings;
  /** Id of the event source mapping, whose own metrics are switched on. */
  readonly mappingId: string;

  constructor(
    scope: Construct,
    id: string,
    { queue, settings, permissions = [], decrypts = [], ...props }: QueueConsumerProps,
  ) {
    refuseElsewhere(props.name, queue, Stack.of(scope));
    // What an event source mapping needs of its function's role (Lambda Developer Guide, "Using Lambda with SQS").
    const consume = new PolicyStatement({
      actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
      resources: [queue.queueArn],
    });
    super(scope, id, {
      ...props,
      settings,
      permissions: [consume, ...permissions],
      decrypts: [queue.encryptionMasterKey, ...decrypts],
    });
    if (!(queue instanceof Queue) && queue.encryptionMasterKey === undefined) {
      Annotations.of(this).addWarningV2(
        'queue-consumer:imported-queue',
        `${props.name} consumes a queue that was imported by its ARN. If a key of the account encrypts the queue, import it by Queue.fromQueueAttributes({ queueArn, keyArn }): without the key, ${props.name} receives nothing. The queue's visibility timeout must not be below ${settings.timeoutSeconds} s.`,
      );
    }

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

/**
 * A mapping's queue must be in the region of the function. It may be in another account, whose queue policy must allow
 * the function's role then (Lambda Developer Guide, "Using Lambda with Amazon SQS"), which no construct here can do.
 */
function refuseElsewhere(name: string, { env }: IQueue, { region, account }: Stack): void {
  const problems = [
    ...(areKnownToDiffer(env.region, region)
      ? [
          `${name} is deployed into ${region}, and its queue is in ${env.region}: Lambda polls only queues of its own region.`,
        ]
      : []),
    ...(areKnownToDiffer(env.account, account)
      ? [
          `${name} is deployed into the account ${account}, and its queue is in ${env.account}: the queue's policy must allow the role of ${name}, which this stack cannot see to. Deploy ${name} into the account of the queue.`,
        ]
      : []),
  ];
  if (problems.length > 0) throw new InvalidConfigurationError(problems);
}

function areKnownToDiffer(one: string, other: string): boolean {
  return !Token.isUnresolved(one) && !Token.isUnresolved(other) && one !== other;
}
