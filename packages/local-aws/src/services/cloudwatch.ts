import type { Clock } from '../clock.ts';
import { AwsError, type JsonObject, type Operation, type RpcService } from '../endpoint/api.ts';
import { notImplemented } from '../endpoint/unserved.ts';
import type { RunningService, Service } from '../service.ts';
import type { Queue } from './sqs/queue.ts';
import { SqsService } from './sqs/service.ts';

/** CloudWatch, for the one metric that no other API tells: how long the oldest message of a queue has waited. */
export class CloudWatchService implements RunningService {
  readonly rpc: RpcService;

  constructor(sources: MetricSources) {
    this.rpc = {
      signingName: 'monitoring',
      targetPrefix: 'GraniteServiceVersion20100801',
      xmlNamespace: 'http://monitoring.amazonaws.com/doc/2010-08-01/',
      operations: { GetMetricStatistics: getMetricStatistics(sources) },
    };
  }
}

export const cloudWatch: Service = {
  start: (_model, { clock, running }) => new CloudWatchService({ clock, queues: () => running(SqsService).queues() }),
};

/** What the metric is read from. */
interface MetricSources {
  readonly clock: Clock;
  /** All queues that there are now. */
  readonly queues: () => readonly Queue[];
}

const metric = { namespace: 'AWS/SQS', name: 'ApproximateAgeOfOldestMessage' };
const statistics = ['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum'];

/**
 * The age of a queue's oldest message. Nothing is recorded: what is answered is one data point of the present minute,
 * true at this moment, and none for a queue without messages, as for one that does not exist.
 */
function getMetricStatistics({ clock, queues }: MetricSources): Operation {
  return {
    permissions: () => [{ action: 'cloudwatch:GetMetricStatistics', resource: '*' }],
    run(input) {
      const [namespace, name] = [required(input, 'Namespace'), required(input, 'MetricName')];
      const [startMs, endMs] = [time(input, 'StartTime'), time(input, 'EndTime')];
      const periodMs = Number(required(input, 'Period')) * 1000;
      if (namespace !== metric.namespace || name !== metric.name) {
        throw notImplemented('the metric', `${String(namespace)} ${String(name)}`);
      }
      const arrivedAtMs = queues().find((queue) => queue.name === queueName(input))?.oldestArrivalAtMs;
      const now = clock.now();
      const periodStartMs = now - (now % periodMs);
      if (arrivedAtMs === undefined || periodStartMs + periodMs <= startMs || periodStartMs >= endMs) {
        return { Label: name, Datapoints: [] };
      }
      const ageSeconds = Math.floor((now - arrivedAtMs) / 1000);
      const { Statistics: given } = input;
      const wanted = statistics.filter((statistic) => Array.isArray(given) && given.includes(statistic));
      const values = wanted.map((statistic) => [statistic, statistic === 'SampleCount' ? 1 : ageSeconds]);
      const point = { Timestamp: periodStartMs / 1000, Unit: 'Seconds', ...Object.fromEntries(values) } as JsonObject;
      return { Label: name, Datapoints: [point] };
    },
  };
}

/** SQS's metrics have one dimension, the queue's name (SQS Developer Guide, "Dimensions for Amazon SQS metrics"). */
function queueName({ Dimensions: dimensions }: JsonObject): unknown {
  if (!Array.isArray(dimensions) || dimensions.length !== 1) return undefined;
  const { Name: name, Value: value } = (dimensions[0] ?? {}) as JsonObject;
  return name === 'QueueName' ? value : undefined;
}

/** Seconds since the epoch in JSON, ISO 8601 in Query. */
function time(input: JsonObject, parameter: string): number {
  const given = required(input, parameter);
  return typeof given === 'number' ? given * 1000 : Date.parse(String(given));
}

function required(input: JsonObject, parameter: string): unknown {
  const value = input[parameter];
  if (value !== undefined && value !== null) return value;
  throw new AwsError('MissingRequiredParameterException', `The parameter ${parameter} is required.`, {
    queryCode: 'MissingParameter',
  });
}
