import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { type MetricName, metricNamespace } from '../../shared/telemetry.ts';
import type { MonitoredFunction } from './monitored.ts';

/** The step in which SQS and Lambda publish. */
const minute = Duration.minutes(1);

/** What a function counts itself. */
export function ownCount({ function: fn }: MonitoredFunction, metricName: MetricName, period = minute): Metric {
  return new Metric({
    namespace: metricNamespace,
    metricName,
    dimensionsMap: { FunctionName: fn.functionName },
    statistic: Stats.SUM,
    period,
  });
}

/** Seconds. */
export function oldestAge(queue: IQueue): Metric {
  return queue.metricApproximateAgeOfOldestMessage({ statistic: Stats.MAXIMUM, period: minute });
}

/** Messages that can be received: those in flight or delayed are not among them. */
export function waiting(queue: IQueue, period = minute): Metric {
  return queue.metricApproximateNumberOfMessagesVisible({ statistic: Stats.MAXIMUM, period });
}

/**
 * Seconds until the backlog is worked off at the rate of the last minute. Where nothing was processed it counts as if
 * one message had been, so that nothing is ever divided by zero: an empty queue is 0, a stuck one of ten messages ten
 * minutes. SQS publishes nothing for a queue that has been idle for hours: then there is no value either.
 */
export function timeToDrain(queue: IQueue, label?: string): MathExpression {
  return new MathExpression({
    expression: `backlog * ${minute.toSeconds()} / IF(FILL(processed, 0) < 1, 1, FILL(processed, 0))`,
    usingMetrics: {
      backlog: waiting(queue),
      processed: queue.metricNumberOfMessagesDeleted({ statistic: Stats.SUM, period: minute }),
    },
    period: minute,
    ...(label !== undefined && { label }),
  });
}

/**
 * Messages that can be received, in a minute in which none was deleted, and otherwise 0: what is left standing. Unlike
 * the age of the oldest, it does not depend on how often messages were received. A queue that is being worked off and
 * one whose messages are hidden until their next try are 0. SQS may publish the deletions of the last minute later than
 * its depth; they count as none until then, so that a single minute says nothing. A queue that has been idle for hours
 * has no value.
 */
export function leftStanding(queue: IQueue): MathExpression {
  return new MathExpression({
    expression: 'IF(FILL(deleted, 0) < 1, visible, 0)',
    usingMetrics: {
      visible: waiting(queue),
      deleted: queue.metricNumberOfMessagesDeleted({ statistic: Stats.SUM, period: minute }),
    },
    period: minute,
  });
}

/** What Lambda bills: duration by memory. The time to start is billed, too, and not in this metric. */
export function gigabyteSeconds({ function: fn, name, settings }: MonitoredFunction): IMetric {
  // Ids in one graph must differ, begin with a small letter and have no hyphens.
  const duration = `ms_${name.replaceAll(/\W/g, '_')}`;
  return new MathExpression({
    expression: `${duration} / 1000 * ${settings.memoryMb / 1024}`,
    usingMetrics: { [duration]: fn.metricDuration({ statistic: Stats.SUM, period: minute }) },
    period: minute,
    label: name,
  });
}

/**
 * What the event source mapping counts, switched on by its `metricsConfig` (Lambda Developer Guide, "Types of metrics
 * for Lambda functions", event source mapping metrics).
 */
export function mappingCount(mappingId: string, metricName: MappingMetricName, label: string): Metric {
  return new Metric({
    namespace: 'AWS/Lambda',
    metricName,
    dimensionsMap: { EventSourceMappingUUID: mappingId },
    statistic: Stats.SUM,
    period: minute,
    label,
  });
}

export type MappingMetricName =
  'PolledEventCount' | 'InvokedEventCount' | 'FailedInvokeEventCount' | 'DeletedEventCount';

/** Bytes that CloudWatch Logs takes in, and is paid for. */
export function logBytes({ logGroup, name }: MonitoredFunction): Metric {
  return new Metric({
    namespace: 'AWS/Logs',
    metricName: 'IncomingBytes',
    dimensionsMap: { LogGroupName: logGroup.logGroupName },
    statistic: Stats.SUM,
    period: minute,
    label: name,
  });
}
