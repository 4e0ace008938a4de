import { Duration } from 'aws-cdk-lib';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { constructId } from '../names.ts';
import type { ConsumerSettings } from '../configuration/settings.ts';
import { type AlarmDefinition, type Contribution, type SavedQuery, together } from './contribution.ts';
import { ageOrStanding, leftStanding, mappingCounts, oldestAge, timeToDrain, waiting } from './queue-metrics.ts';
import { oldestAgeLimitSeconds } from './thresholds.ts';
import { type FeedingQueue, type MonitoredFunction, watchFunction } from './watch-function.ts';

/** A function that a queue feeds: a `QueueConsumer`, or what is known of any other. */
export interface MonitoredConsumer extends MonitoredFunction {
  readonly settings: Pick<ConsumerSettings, 'memoryMb' | 'timeoutSeconds' | 'windowSeconds' | 'maximumConcurrency'>;
  /** Id of the event source mapping, if its own metrics are switched on. Without it the dashboard lacks a graph. */
  readonly mappingId?: string;
}

/** A queue to watch, and its consumer. */
export interface MonitoredQueue extends FeedingQueue {
  /** What alarms and graphs call the queue, in kebab case. The ids of its alarms begin with this, in Pascal case. */
  readonly name: string;
  readonly queue: IQueue;
  readonly consumer: MonitoredConsumer;
  /** Id of the alarm about a backlog that grows. Default: the name and `SlowDrain`. */
  readonly slowDrainId?: string;
}

/** The step in which SQS publishes its metrics. */
const minute = Duration.minutes(1);

/** An alarm about messages that wait needs so many minutes in a row: a burst that is worked off wakes nobody. */
const minutesOfWaiting = 5;

/** A queue from which work is taken, with its consumer: is the work done in time? */
export function watchQueue(queue: MonitoredQueue): Contribution {
  const { name, queue: source } = queue;
  const limitSeconds = oldestAgeLimitSeconds({ ...queue, fifo: source.fifo });
  return together([
    {
      alarms: [waitsTooLong(queue, limitSeconds), drainsSlowly(queue, limitSeconds)],
      lines: {
        sent: { measured: [source.metricNumberOfMessagesSent({ statistic: Stats.SUM, period: minute, label: name })] },
        processed: {
          measured: [
            source.metricNumberOfMessagesDeleted({ statistic: Stats.SUM, period: minute, label: `out of ${name}` }),
          ],
        },
        age: {
          computed: [timeToDrain(source, { name })],
          limits: [{ value: limitSeconds, label: `alarm: ${name}` }],
        },
      },
      queries: [slowestBatches(queue.consumer)],
    },
    depthAndConsumer(queue),
  ]);
}

/** A dead-letter queue with a consumer: is what has failed dealt with? */
export function watchDeadLetterQueue(queue: MonitoredQueue): Contribution {
  return together([{ alarms: [standsStill(queue)] }, depthAndConsumer(queue)]);
}

/**
 * Where messages end that nobody could handle: `lastStop` of a `QueuePair`.
 *
 * @param name of the queue in kebab case, for a stack that has several last stops. The id of the alarm begins with it
 */
export function watchLastStop(queue: IQueue, name?: string): Contribution {
  return {
    alarms: [
      {
        id: `${constructId(name ?? '')}Parked`,
        about: 'messages',
        message: 'Messages are where nothing consumes them, and are gone when their retention ends.',
        section: 'messages-are-parked',
        metric: waiting(queue, Duration.minutes(5)),
        threshold: 1,
        periods: 1,
      },
    ],
    lines: { parked: { measured: [waiting(queue).with({ label: name ?? 'waiting for somebody' })] } },
  };
}

/** What every queue with a consumer has. */
function depthAndConsumer(queue: MonitoredQueue): Contribution {
  const { name, queue: source, consumer } = queue;
  const { function: fn, settings } = consumer;
  const received = source.metricApproximateNumberOfMessagesNotVisible({
    statistic: Stats.MAXIMUM,
    period: minute,
    label: `${name}, being received`,
  });
  const lines = {
    waiting: { measured: [waiting(source).with({ label: name }), received] },
    age: { measured: [oldestAge(source).with({ label: `${name}${source.fifo ? '' : ', received up to twice'}` })] },
    concurrency: { limits: [{ value: settings.maximumConcurrency, label: `maximum: ${consumer.name}` }] },
    durations: {
      measured: [50, 99].map((percentile) =>
        fn.metricDuration({
          statistic: Stats.percentile(percentile),
          period: minute,
          label: `${consumer.name} p${percentile}`,
        }),
      ),
      limits: [{ value: settings.timeoutSeconds * 1_000, label: 'timeout' }],
    },
    mappings: { measured: consumer.mappingId === undefined ? [] : mappingCounts(consumer.mappingId, name) },
    requests: {
      measured: [
        source.metricNumberOfEmptyReceives({
          statistic: Stats.SUM,
          period: minute,
          label: `${name}, receives of nothing`,
        }),
      ],
    },
  };
  return together([{ lines }, watchFunction(consumer, queue)]);
}

function waitsTooLong({ name, queue }: MonitoredQueue, limitSeconds: number): AlarmDefinition {
  return {
    id: `${constructId(name)}Wait`,
    about: 'messages',
    message: `The oldest message of ${name} has been there for ${limitSeconds} s, longer than retries explain; or messages stand there, and none was worked off.`,
    section: 'orders-wait-too-long',
    metric: ageOrStanding(queue, limitSeconds),
    threshold: limitSeconds,
    periods: minutesOfWaiting,
  };
}

function drainsSlowly({ name, queue, item, slowDrainId }: MonitoredQueue, limitSeconds: number): AlarmDefinition {
  return {
    id: slowDrainId ?? `${constructId(name)}SlowDrain`,
    about: 'messages',
    message: `At the rate of the last minutes ${name} takes ${limitSeconds} s and more to work off: ${item ?? 'a message'} sent now will wait too long.`,
    section: 'orders-come-faster-than-they-are-processed',
    metric: timeToDrain(queue),
    threshold: limitSeconds,
    periods: minutesOfWaiting,
  };
}

function standsStill({ name, queue, consumer }: MonitoredQueue): AlarmDefinition {
  return {
    id: `${constructId(name)}Wait`,
    about: 'messages',
    message: `Messages stand in ${name}, and in ${minutesOfWaiting} minutes none was worked off: ${consumer.name} does not run, or fails at all of them. What stays there is gone when its retention ends.`,
    section: 'failed-orders-wait-too-long',
    // The age of the oldest message would not do. A message may bring its receives from the first queue, and after
    // three receives SQS no longer counts its age (Developer Guide, "Available CloudWatch metrics for Amazon SQS").
    metric: leftStanding(queue),
    threshold: 1,
    periods: minutesOfWaiting,
  };
}

function slowestBatches({ logGroup }: MonitoredConsumer): SavedQuery {
  return {
    id: 'SlowestBatches',
    name: 'slowest batches',
    query: {
      fields: [
        '@timestamp',
        'record.metrics.durationMs',
        'record.metrics.initDurationMs',
        'record.metrics.maxMemoryUsedMB',
        'record.status',
        'record.requestId',
      ],
      filterStatements: ["type = 'platform.report'"],
      sort: 'record.metrics.durationMs desc',
      limit: 25,
    },
    logGroups: [logGroup],
  };
}
