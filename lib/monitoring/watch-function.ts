import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { constructId } from '../names.ts';
import type { FunctionSettings } from '../configuration/settings.ts';
import type { AlarmDefinition, Contribution, SavedQuery } from './contribution.ts';
import { attemptsOf, type ConsumedQueue, errorLimit, throttleLimitSeconds } from './thresholds.ts';

/** A function to watch: a `PipelineFunction`, or what is known of any other. */
export interface MonitoredFunction {
  /** What alarms and graphs call the function, in kebab case. */
  readonly name: string;
  readonly function: IFunction;
  readonly logGroup: ILogGroup;
  readonly settings: Pick<FunctionSettings, 'memoryMb'>;
}

/** The queue that feeds a function. The thresholds of the function's alarms follow from it. */
export interface FeedingQueue extends ConsumedQueue {
  /** What one message is, with its article, as in `an order`. Default: `a message`. */
  readonly item?: string;
}

/** The step in which Lambda publishes its metrics. */
const minute = Duration.minutes(1);

/**
 * Throttles in so many minutes in a row are no burst. Who invokes a function is told of each, and Lambda tries
 * asynchronous invocations again for six hours (Lambda Developer Guide, "How Lambda handles errors and retries with
 * asynchronous invocation").
 */
const lastingMinutes = 5;

/**
 * Errors and throttles of a function as alarms and graphs, its concurrency, its cost and its cold starts.
 *
 * @param queue with a queue, AWS tries failed and throttled batches again: alarms go off when this may use up the
 *   receives of messages. Without a queue they go off at the first error, and at throttles that last
 */
export function watchFunction(fn: MonitoredFunction, queue?: FeedingQueue): Contribution {
  const { name, function: lambda } = fn;
  return {
    alarms: [failing(fn, queue), throttled(fn, queue)],
    lines: {
      concurrency: {
        measured: [lambda.metric('ConcurrentExecutions', { statistic: Stats.MAXIMUM, period: minute, label: name })],
      },
      troubles: {
        measured: [
          lambda.metricErrors({ statistic: Stats.SUM, period: minute, label: `${name} errors` }),
          lambda.metricThrottles({ statistic: Stats.SUM, period: minute, label: `${name} throttles` }),
        ],
      },
      computing: {
        computed: [gigabyteSeconds(fn)],
        right: [lambda.metricInvocations({ statistic: Stats.SUM, period: minute, label: `${name} invocations` })],
      },
      logs: { measured: [logBytes(fn)] },
    },
    queries: [coldStarts(fn)],
  };
}

function failing(fn: MonitoredFunction, queue?: FeedingQueue): AlarmDefinition {
  const limit = queue === undefined ? { count: 1, periodSeconds: 300 } : errorLimit(queue);
  const usesUpAll = queue !== undefined && limit.count === attemptsOf(queue);
  const why = usesUpAll ? `, enough to use up the receives of ${queue.item ?? 'a message'}` : '';
  return {
    id: `${constructId(fn.name)}Errors`,
    about: 'function',
    message: `${fn.name} crashed, threw or ran out of time ${times(limit.count)} in ${limit.periodSeconds} s${why}.`,
    section: 'a-function-fails',
    metric: fn.function.metricErrors({ statistic: Stats.SUM, period: Duration.seconds(limit.periodSeconds) }),
    threshold: limit.count,
    periods: 1,
  };
}

function throttled(fn: MonitoredFunction, queue?: FeedingQueue): AlarmDefinition {
  const minutes = queue === undefined ? lastingMinutes : throttleLimitSeconds(queue) / 60;
  const howLong = minutes === 1 ? 'within a minute' : `in each of ${minutes} minutes`;
  const why =
    queue === undefined
      ? ''
      : `. A batch that is refused for all of its visibility timeout costs ${queue.item ?? 'a message'} a receive`;
  return {
    id: `${constructId(fn.name)}Throttles`,
    about: 'function',
    message: `Lambda refused to run ${fn.name} ${howLong}${why}.`,
    section: 'a-function-is-throttled',
    metric: fn.function.metricThrottles({ statistic: Stats.SUM, period: minute }),
    threshold: 1,
    periods: minutes,
  };
}

/** What Lambda bills: duration times memory. The time to start is billed, too, and is not in this metric. */
function gigabyteSeconds({ function: fn, name, settings }: MonitoredFunction): IMetric {
  // Ids in one graph must differ, begin with a small letter and have no hyphens.
  const duration = `ms_${name.replaceAll(/\W/g, '_')}`;
  return new MathExpression({
    expression: `${duration} / 1000 * ${settings.memoryMb / 1024}`,
    usingMetrics: { [duration]: fn.metricDuration({ statistic: Stats.SUM, period: minute }) },
    period: minute,
    label: name,
  });
}

/** Bytes that CloudWatch Logs takes in and bills. */
function logBytes({ logGroup, name }: MonitoredFunction): Metric {
  return new Metric({
    namespace: 'AWS/Logs',
    metricName: 'IncomingBytes',
    dimensionsMap: { LogGroupName: logGroup.logGroupName },
    statistic: Stats.SUM,
    period: minute,
    label: name,
  });
}

/** Lambda's own lines of the JSON log format have a `type` and a `record`. */
function coldStarts({ logGroup }: MonitoredFunction): SavedQuery {
  return {
    id: 'ColdStarts',
    name: 'cold starts',
    query: {
      filterStatements: ["type = 'platform.report' and ispresent(record.metrics.initDurationMs)"],
      statsStatements: [
        'count(*) as starts, avg(record.metrics.initDurationMs) as average, pct(record.metrics.initDurationMs, 99) as p99, max(record.metrics.initDurationMs) as longest by @log, bin(1h)',
      ],
      sort: 'starts desc',
    },
    logGroups: [logGroup],
  };
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}
