import { Duration } from 'aws-cdk-lib';
import { type IMetric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { metricNames } from '../../shared/telemetry.ts';
import { leftStanding, oldestAge, ownCount, timeToDrain, waiting } from './metrics.ts';
import { type MonitoredFunction, type MonitoredPipeline, type MonitoredQueue, queuesOf } from './monitored.ts';
import { attemptsOf, errorLimit, oldestAgeLimitSeconds, throttleLimitSeconds } from './thresholds.ts';

/** When somebody is told, and of what. */
export interface AlarmDefinition {
  /** Of the construct, in Pascal case. */
  readonly id: string;
  /** What has happened, and why it is told from this point on. */
  readonly message: string;
  readonly section: RunbookSection;
  readonly metric: IMetric;
  /** The alarm goes off where the metric reaches this … */
  readonly threshold: number;
  /** … for so many of its periods, one after the other. */
  readonly periods: number;
}

export interface AlarmTolerances {
  /** Failures recorded in five minutes that nobody need be told of. Default: none, each is an order not delivered. */
  readonly failures?: number;
}

const fiveMinutes = Duration.minutes(5);

/** A burst that is worked off in five minutes wakes nobody: what the metrics of SQS say must be so for that long. */
const periodsOfWaiting = 5;

/** Every alarm of a pipeline, with a threshold that follows from how its parts are set up. */
export function alarmDefinitions(
  pipeline: MonitoredPipeline,
  { failures = 0 }: AlarmTolerances = {},
): readonly AlarmDefinition[] {
  const { orders, badOrders, producer, lastStop } = pipeline;
  return [
    ...(producer === undefined ? [] : [notQueued(producer)]),
    waitsTooLong(orders),
    drainsSlowly(orders),
    ...(badOrders === undefined
      ? []
      : [failuresRecorded(badOrders.consumer, failures), failuresNotRecorded(badOrders), standsStill(badOrders)]),
    parked(lastStop),
    ...(producer === undefined ? [] : [failing(producer), throttled(producer)]),
    ...queuesOf(pipeline).flatMap((queue) => [failing(queue.consumer, queue), throttled(queue.consumer, queue)]),
  ];
}

function notQueued(producer: MonitoredFunction): AlarmDefinition {
  return {
    id: 'OrdersNotQueued',
    message: `${producer.name} could not queue orders: nobody else knows of them.`,
    section: runbookSections.notQueued,
    metric: ownCount(producer, metricNames.ordersNotQueued, fiveMinutes),
    threshold: 1,
    periods: 1,
  };
}

function waitsTooLong(queue: MonitoredQueue): AlarmDefinition {
  const limitSeconds = oldestAgeLimitSeconds(queue);
  return {
    id: 'OrdersWait',
    message: `The oldest message of ${queue.name} has been there for ${limitSeconds} s, longer than retries explain.`,
    section: runbookSections.ordersWait,
    metric: oldestAge(queue.queue),
    threshold: limitSeconds,
    periods: periodsOfWaiting,
  };
}

function drainsSlowly(queue: MonitoredQueue): AlarmDefinition {
  const limitSeconds = oldestAgeLimitSeconds(queue);
  return {
    id: 'SlowDrain',
    message: `At the rate of the last minutes ${queue.name} takes ${limitSeconds} s and more to work off: an order sent now will wait too long.`,
    section: runbookSections.slowDrain,
    metric: timeToDrain(queue.queue),
    threshold: limitSeconds,
    periods: periodsOfWaiting,
  };
}

function standsStill({ name, queue, consumer }: MonitoredQueue): AlarmDefinition {
  return {
    id: 'BadOrdersWait',
    message: `Messages stand in ${name}, and in ${periodsOfWaiting} minutes none was worked off: ${consumer.name} does not run, or fails at all of them. What stays there is gone when its retention ends.`,
    section: runbookSections.badOrdersWait,
    // Not the age of the oldest: a message may bring its receives from the first queue, and after three it has no age
    // for SQS (Developer Guide, "Available CloudWatch metrics for Amazon SQS"), so that nobody would be told.
    metric: leftStanding(queue),
    threshold: 1,
    periods: periodsOfWaiting,
  };
}

function failuresRecorded(recorder: MonitoredFunction, tolerated: number): AlarmDefinition {
  return {
    id: 'FailuresRecorded',
    message: `${tolerated === 0 ? 'Orders' : `More than ${tolerated} orders in five minutes`} failed, and ${recorder.name} wrote them down: each waits for somebody to mend or replay it.`,
    section: runbookSections.failuresRecorded,
    metric: ownCount(recorder, metricNames.failuresRecorded, fiveMinutes),
    threshold: tolerated + 1,
    periods: 1,
  };
}

function failuresNotRecorded({ consumer: recorder, name }: MonitoredQueue): AlarmDefinition {
  return {
    id: 'FailuresNotRecorded',
    message: `${recorder.name} fails to write failures down. Three times in a quarter of an hour is no passing fault; the messages stay in ${name} meanwhile.`,
    section: runbookSections.failuresNotRecorded,
    // Not the queue: what failed is hidden in it until its next try.
    metric: ownCount(recorder, metricNames.failuresNotRecorded, Duration.minutes(15)),
    threshold: 3,
    periods: 1,
  };
}

function parked(lastStop: IQueue): AlarmDefinition {
  return {
    id: 'Parked',
    message: 'Messages are where nothing consumes them, and are gone when their retention ends.',
    section: runbookSections.parked,
    metric: waiting(lastStop, fiveMinutes),
    threshold: 1,
    periods: 1,
  };
}

function failing(each: MonitoredFunction, queue?: MonitoredQueue): AlarmDefinition {
  const limit = queue === undefined ? { count: 1, periodSeconds: fiveMinutes.toSeconds() } : errorLimit(queue);
  const usesUpAll = queue !== undefined && limit.count === attemptsOf(queue);
  const why = usesUpAll ? ', enough to use up the receives of an order' : '';
  return {
    id: `${pascalCase(each.name)}Errors`,
    message: `${each.name} crashed, threw or ran out of time ${times(limit.count)} in ${limit.periodSeconds} s${why}.`,
    section: runbookSections.functionErrors,
    metric: each.function.metricErrors({ statistic: Stats.SUM, period: Duration.seconds(limit.periodSeconds) }),
    threshold: limit.count,
    periods: 1,
  };
}

function throttled(each: MonitoredFunction, queue?: MonitoredQueue): AlarmDefinition {
  const minutes = queue === undefined ? 1 : throttleLimitSeconds(queue) / 60;
  const howLong = minutes === 1 ? 'within a minute' : `in each of ${minutes} minutes`;
  const why =
    queue === undefined
      ? ''
      : '. A batch that is refused for all of its visibility timeout costs its messages a receive';
  return {
    id: `${pascalCase(each.name)}Throttles`,
    message: `Lambda refused to run ${each.name} ${howLong}${why}.`,
    section: runbookSections.functionThrottles,
    metric: each.function.metricThrottles({ statistic: Stats.SUM, period: Duration.minutes(1) }),
    threshold: 1,
    periods: minutes,
  };
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

function pascalCase(name: string): string {
  return name.replaceAll(/(?:^|[-_])(\w)/g, (_, first: string) => first.toUpperCase());
}

/** Where docs/runbook.md says what to do about an alarm: the anchors of its sections, one for each kind of alarm. */
export const runbookSections = {
  failuresRecorded: 'failures-were-recorded',
  failuresNotRecorded: 'failures-cannot-be-recorded',
  ordersWait: 'orders-wait-too-long',
  badOrdersWait: 'failed-orders-wait-too-long',
  slowDrain: 'orders-come-faster-than-they-are-processed',
  functionErrors: 'a-function-fails',
  functionThrottles: 'a-function-is-throttled',
  parked: 'messages-are-parked',
  notQueued: 'orders-could-not-be-queued',
} as const;

type RunbookSection = (typeof runbookSections)[keyof typeof runbookSections];

/**
 * Within the repository: that is where whoever gets the mail looks, and nobody but its owner knows its address. A team
 * gives its own (`-c runbook=https://git.example.com/orders/docs/runbook.md`), so that the mail has a link to click.
 */
export const defaultRunbook = 'docs/runbook.md';
