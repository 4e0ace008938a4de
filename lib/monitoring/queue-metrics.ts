import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';

/** The step in which SQS and Lambda publish. */
const minute = Duration.minutes(1);

/**
 * Age of the oldest message, in seconds. A standard queue leaves out messages that were received three times and not
 * deleted (SQS Developer Guide, "Available CloudWatch metrics for Amazon SQS"). So the age of a queue that holds only
 * such messages is not known.
 */
export function oldestAge(queue: IQueue): Metric {
  return queue.metricApproximateAgeOfOldestMessage({ statistic: Stats.MAXIMUM, period: minute });
}

/**
 * Age of the oldest message, in seconds; or `standingSeconds` if that is more and messages stand in the queue: they can
 * be received, and none was deleted in this minute (`leftStanding`). So messages count that have no age for SQS.
 */
export function ageOrStanding(queue: IQueue, standingSeconds: number): MathExpression {
  const stands = `FILL(deleted, 0) < 1 && visible > 0 && FILL(age, 0) < ${standingSeconds}`;
  return new MathExpression({
    expression: `IF(${stands}, ${standingSeconds}, FILL(age, 0))`,
    usingMetrics: { age: oldestAge(queue), ...standing(queue) },
    period: minute,
  });
}

/** Messages that can be received: messages in flight or delayed are not among them. */
export function waiting(queue: IQueue, period = minute): Metric {
  return queue.metricApproximateNumberOfMessagesVisible({ statistic: Stats.MAXIMUM, period });
}

/**
 * Seconds until the backlog is worked off at the rate of the last minute. A minute in which nothing was processed counts
 * as one message, so that nothing is divided by zero: an empty queue has 0 s, a stuck queue of ten messages 600 s. SQS
 * publishes nothing for a queue that has been idle for hours: there is no value then.
 *
 * @param graphed name of the queue, for a line of a graph that may have such lines of other queues
 */
export function timeToDrain(queue: IQueue, graphed?: { readonly name: string }): MathExpression {
  // A graph has the expressions of several queues, and each id of a metric in it once.
  const suffix = graphed === undefined ? '' : `_${graphed.name.replaceAll(/\W/g, '_')}`;
  const [backlog, processed] = [`backlog${suffix}`, `processed${suffix}`];
  return new MathExpression({
    expression: `${backlog} * ${minute.toSeconds()} / IF(FILL(${processed}, 0) < 1, 1, FILL(${processed}, 0))`,
    usingMetrics: {
      [backlog]: waiting(queue),
      [processed]: queue.metricNumberOfMessagesDeleted({ statistic: Stats.SUM, period: minute }),
    },
    period: minute,
    ...(graphed !== undefined && { label: `${graphed.name}, time to drain` }),
  });
}

/**
 * Messages that can be received, in a minute in which none was deleted; otherwise 0. How often a message was received
 * makes no difference. The value is 0 for a queue that is being worked off, and for messages that are hidden until their
 * next try. SQS may publish the deletions of the last minute later than the depth; they count as none until then, so
 * one minute alone says nothing. A queue that has been idle for hours has no value.
 */
export function leftStanding(queue: IQueue): MathExpression {
  return new MathExpression({
    expression: 'IF(FILL(deleted, 0) < 1, visible, 0)',
    usingMetrics: standing(queue),
    period: minute,
  });
}

function standing(queue: IQueue): Readonly<Record<'visible' | 'deleted', Metric>> {
  return {
    visible: waiting(queue),
    deleted: queue.metricNumberOfMessagesDeleted({ statistic: Stats.SUM, period: minute }),
  };
}

/** Lambda Developer Guide, "Types of metrics for Lambda functions", event source mapping metrics. */
const mappingMetrics = {
  PolledEventCount: 'received',
  InvokedEventCount: 'invoked with',
  FailedInvokeEventCount: 'failed',
  DeletedEventCount: 'deleted',
};

/** What the event source mapping counts. Its `metricsConfig` switches these metrics on. */
export function mappingCounts(mappingId: string, queueName: string): readonly Metric[] {
  return Object.entries(mappingMetrics).map(
    ([metricName, what]) =>
      new Metric({
        namespace: 'AWS/Lambda',
        metricName,
        dimensionsMap: { EventSourceMappingUUID: mappingId },
        statistic: Stats.SUM,
        period: minute,
        label: `${queueName}: ${what}`,
      }),
  );
}
