import type { Clock } from '../../clock.ts';
import { AwsError, type JsonObject, type Operation } from '../../endpoint/api.ts';
import { isObject } from '../../endpoint/json.ts';
import { notImplemented } from '../../endpoint/unserved.ts';
import type { Queue } from '../sqs/queue.ts';

/** What the metrics are read from. */
export interface MetricSources {
  readonly clock: Clock;
  /** All queues that there are now. */
  readonly queues: () => readonly Queue[];
}

/** A metric that a queue has at every moment. */
interface Gauge {
  readonly unit: 'Seconds' | 'Count';
  /** Undefined where there is nothing to measure. */
  readonly valueOf: (queue: Queue, nowMs: number) => number | undefined;
}

const namespace = 'AWS/SQS';

/**
 * SQS Developer Guide, "Available CloudWatch metrics for Amazon SQS": those that say how a queue is, not what was done
 * with it. Nothing is recorded, so a metric has one data point: that of the present minute, true at this moment.
 */
const gauges: Readonly<Record<string, Gauge>> = {
  ApproximateAgeOfOldestMessage: {
    unit: 'Seconds',
    valueOf: ({ oldestArrivalAtMs: sinceMs }, nowMs) =>
      sinceMs === undefined ? undefined : Math.floor((nowMs - sinceMs) / 1000),
  },
  ApproximateNumberOfMessagesDelayed: { unit: 'Count', valueOf: ({ counts }) => counts.delayed },
  ApproximateNumberOfMessagesNotVisible: { unit: 'Count', valueOf: ({ counts }) => counts['in-flight'] },
  ApproximateNumberOfMessagesVisible: { unit: 'Count', valueOf: ({ counts }) => counts.available },
};

/** A data point; none for a queue that does not exist, or outside of the time that is asked for. */
interface Point {
  readonly atSeconds: number;
  readonly value: number;
  readonly unit: string;
}

/** A metric, and the time and the period for which it is asked, in milliseconds. */
interface Wanted {
  readonly metric: JsonObject;
  readonly startMs: number;
  readonly endMs: number;
  readonly periodMs: number;
}

/** @throws {AwsError} `NotImplemented`, which names a metric that is not here */
function pointOf({ clock, queues }: MetricSources, { metric, startMs, endMs, periodMs }: Wanted): Point | undefined {
  const [space, name] = [required(metric, 'Namespace'), required(metric, 'MetricName')];
  const gauge = space === namespace && Object.hasOwn(gauges, String(name)) ? gauges[String(name)] : undefined;
  if (gauge === undefined) throw notImplemented('the metric', `${String(space)} ${String(name)}`);
  const nowMs = clock.now();
  const atMs = nowMs - (nowMs % periodMs);
  if (atMs + periodMs <= startMs || atMs >= endMs) return undefined;
  const queue = queues().find((candidate) => candidate.name === queueName(metric));
  const value = queue === undefined ? undefined : gauge.valueOf(queue, nowMs);
  return value === undefined ? undefined : { atSeconds: atMs / 1000, value, unit: gauge.unit };
}

const statistics = ['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum'];

/** What a statistic is of a single data point: the value itself, whatever percentile is asked for. */
function statisticOf(statistic: string, { value }: Point): number {
  return statistic === 'SampleCount' ? 1 : value;
}

/** GetMetricStatistics: one metric, and the statistics of it by their names. */
export function getMetricStatistics(sources: MetricSources): Operation {
  return {
    permissions: () => [{ action: 'cloudwatch:GetMetricStatistics', resource: '*' }],
    run(input) {
      const period = timeAsked(input);
      const point = pointOf(sources, { metric: input, ...period, periodMs: periodOf(input) });
      const given = listOf(input, 'Statistics');
      const values = statistics
        .filter((statistic) => given.includes(statistic))
        .map((statistic): [string, number] => [statistic, point === undefined ? 0 : statisticOf(statistic, point)]);
      return {
        Label: required(input, 'MetricName'),
        Datapoints:
          point === undefined
            ? []
            : [{ Timestamp: point.atSeconds, Unit: point.unit, ...Object.fromEntries(values) } as JsonObject],
      };
    },
  };
}

/** Whether a query of GetMetricData is answered. Query parameters are text. */
function isShown(query: JsonObject | undefined): boolean {
  const given = query?.['ReturnData'];
  return given !== false && given !== 'false';
}

/** GetMetricData: several metrics at once. Metric math (`Expression`) is refused by name. */
export function getMetricData(sources: MetricSources): Operation {
  return {
    permissions: () => [{ action: 'cloudwatch:GetMetricData', resource: '*' }],
    run(input) {
      const period = timeAsked(input);
      required(input, 'MetricDataQueries');
      const queries = listOf(input, 'MetricDataQueries').filter(isObject);
      const results = queries.map((query) => {
        if (query['Expression'] !== undefined) throw notImplemented('monitoring', 'GetMetricData with Expression');
        const stat = structure(query, 'MetricStat');
        const metric = structure(stat, 'Metric');
        const statistic = String(required(stat, 'Stat'));
        if (!statistics.includes(statistic) && !/^p\d+(\.\d+)?$/.test(statistic)) {
          throw notImplemented('the statistic', statistic);
        }
        const point = pointOf(sources, { metric, ...period, periodMs: periodOf(stat) });
        return {
          Id: required(query, 'Id'),
          Label: query['Label'] ?? required(metric, 'MetricName'),
          Timestamps: point === undefined ? [] : [point.atSeconds],
          Values: point === undefined ? [] : [statisticOf(statistic, point)],
          StatusCode: 'Complete',
        };
      });
      const isReturned = (_result: unknown, index: number) => isShown(queries[index]);
      return { MetricDataResults: results.filter(isReturned), Messages: [] };
    },
  };
}

interface ListMetricsInput {
  readonly Namespace?: string;
  readonly MetricName?: string;
  readonly Dimensions?: readonly { readonly Name?: string; readonly Value?: string }[];
  readonly NextToken?: string;
}

/** ListMetrics answers at most 500 metrics a page (CloudWatch API reference). */
const pageLimit = 500;

/** ListMetrics: the metrics that can be asked for here, of every queue. */
export function listMetrics(sources: MetricSources): Operation {
  return {
    input: {
      members: {
        Namespace: 'string',
        MetricName: 'string',
        Dimensions: { list: { members: { Name: 'string', Value: 'string' } } },
        NextToken: 'string',
      },
    },
    permissions: () => [{ action: 'cloudwatch:ListMetrics', resource: '*' }],
    run({
      Namespace: space = namespace,
      MetricName: wanted,
      Dimensions: dimensions = [],
      NextToken: token = 'm0',
    }: ListMetricsInput) {
      const all = sources
        .queues()
        .map(({ name }) => name)
        .toSorted((a, b) => (a < b ? -1 : 1))
        .filter((name) => dimensions.every(({ Name, Value }) => Name === 'QueueName' && (Value ?? name) === name))
        .flatMap((name) => Object.keys(gauges).map((metric) => ({ name, metric })))
        .filter(({ metric }) => space === namespace && (wanted ?? metric) === metric);
      const start = Number(/^m(\d{1,9})$/.exec(token)?.[1] ?? Number.NaN);
      if (Number.isNaN(start)) throw new AwsError('InvalidParameterValue', 'The value of NextToken is not valid.');
      return {
        Metrics: all.slice(start, start + pageLimit).map(({ name, metric }) => ({
          Namespace: namespace,
          MetricName: metric,
          Dimensions: [{ Name: 'QueueName', Value: name }],
        })),
        ...(all.length > start + pageLimit && { NextToken: `m${start + pageLimit}` }),
      };
    },
  };
}

/** SQS's metrics have one dimension, the queue's name (SQS Developer Guide, "Dimensions for Amazon SQS metrics"). */
function queueName(metric: JsonObject): unknown {
  const dimensions = listOf(metric, 'Dimensions').filter(isObject);
  return dimensions.length === 1 && dimensions[0]?.['Name'] === 'QueueName' ? dimensions[0]['Value'] : undefined;
}

function timeAsked(input: JsonObject): Pick<Wanted, 'startMs' | 'endMs'> {
  return { startMs: time(input, 'StartTime'), endMs: time(input, 'EndTime') };
}

/** Seconds since the epoch in JSON, ISO 8601 in Query. */
function time(input: JsonObject, parameter: string): number {
  const given = required(input, parameter);
  return typeof given === 'number' ? given * 1000 : Date.parse(String(given));
}

function periodOf(input: JsonObject): number {
  return Number(required(input, 'Period')) * 1000;
}

function listOf(input: JsonObject, parameter: string): readonly unknown[] {
  const value = input[parameter];
  return Array.isArray(value) ? value : [];
}

function structure(input: JsonObject, parameter: string): JsonObject {
  const value = required(input, parameter);
  return isObject(value) ? value : {};
}

function required(input: JsonObject, parameter: string): unknown {
  const value = input[parameter];
  if (value !== undefined && value !== null) return value;
  throw new AwsError('MissingRequiredParameterException', `The parameter ${parameter} is required.`, {
    queryCode: 'MissingParameter',
  });
}
