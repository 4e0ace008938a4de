import { GraphWidget, type HorizontalAnnotation, type IMetric, type Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib';
import { failureMetricNames, metricNames } from '../../shared/telemetry.ts';
import { gigabyteSeconds, logBytes, mappingCount, oldestAge, ownCount, timeToDrain, waiting } from './metrics.ts';
import { functionsOf, type MonitoredPipeline, type MonitoredQueue, queuesOf } from './monitored.ts';
import { oldestAgeLimitSeconds } from './thresholds.ts';

const columns = 24;
const minute = Duration.minutes(1);

/** What a pipeline looks like, each row from left to right as its orders go; three rows and one of what it costs. */
export function dashboardRows(pipeline: MonitoredPipeline): readonly (readonly GraphWidget[])[] {
  return [
    row([sent, waitingGraph, processed, failed], pipeline),
    row([age, concurrency, durations, coldStarts], pipeline),
    row([troubles, mappings, parked], pipeline),
    row([computing, requests, logs], pipeline),
  ];
}

interface Graph {
  readonly title: string;
  readonly left: readonly IMetric[];
  readonly right?: readonly IMetric[];
  readonly leftAnnotations?: readonly HorizontalAnnotation[];
  readonly leftLabel: string;
  readonly rightLabel?: string;
}

type Draw = (pipeline: MonitoredPipeline) => Graph;

function row(draws: readonly Draw[], pipeline: MonitoredPipeline): readonly GraphWidget[] {
  return draws.map((draw) => {
    const { title, left, right = [], leftAnnotations = [], leftLabel, rightLabel } = draw(pipeline);
    return new GraphWidget({
      title,
      width: columns / draws.length,
      left: [...left],
      leftAnnotations: [...leftAnnotations],
      leftYAxis: { min: 0, label: leftLabel, showUnits: false },
      ...(right.length > 0 && {
        right: [...right],
        rightYAxis: { min: 0, showUnits: false, ...(rightLabel !== undefined && { label: rightLabel }) },
      }),
    });
  });
}

const sent: Draw = ({ orders, producer }) => ({
  title: 'Sent',
  left: [
    orders.queue.metricNumberOfMessagesSent({ statistic: Stats.SUM, period: minute, label: orders.name }),
    ...(producer === undefined
      ? []
      : [
          ownCount(producer, metricNames.ordersQueued).with({ label: `by ${producer.name}` }),
          ownCount(producer, metricNames.ordersNotQueued).with({ label: 'could not be queued' }),
        ]),
  ],
  leftLabel: 'a minute',
});

const waitingGraph: Draw = (pipeline) => ({
  title: 'Waiting, and being received',
  left: queuesOf(pipeline).flatMap(({ queue, name }) => [
    waiting(queue).with({ label: name }),
    queue.metricApproximateNumberOfMessagesNotVisible({
      statistic: Stats.MAXIMUM,
      period: minute,
      label: `${name}, being received`,
    }),
  ]),
  leftLabel: 'messages',
});

const processed: Draw = ({ orders: { name, queue, consumer } }) => ({
  title: 'Processed',
  left: [
    queue.metricNumberOfMessagesDeleted({
      statistic: Stats.SUM,
      period: minute,
      label: `out of ${name}`,
    }),
    ownCount(consumer, metricNames.ordersProcessed).with({ label: 'processed, by receive' }),
    ownCount(consumer, metricNames.duplicateOrders).with({ label: 'duplicates of other messages' }),
    ownCount(consumer, metricNames.badOrders).with({ label: 'bad, by receive' }),
    ownCount(consumer, metricNames.ordersNotProcessed).with({ label: 'to be tried again' }),
  ],
  leftLabel: 'a minute',
});

const failed: Draw = ({ orders, badOrders, lastStop }) => ({
  title: 'Failed, by cause',
  left:
    badOrders === undefined
      ? [waiting(lastStop).with({ label: `not processed by ${orders.consumer.name}` })]
      : [
          ...Object.entries(failureMetricNames).map(([kind, name]) =>
            ownCount(badOrders.consumer, name).with({ label: kind }),
          ),
          ownCount(badOrders.consumer, metricNames.failuresNotRecorded).with({ label: 'could not be recorded' }),
        ],
  leftLabel: badOrders === undefined ? 'messages' : 'a minute',
});

const age: Draw = (pipeline) => {
  const { orders } = pipeline;
  return {
    title: 'Oldest message, and time to drain',
    left: [
      ...queuesOf(pipeline).map(({ queue, name }) => oldestAge(queue).with({ label: name })),
      timeToDrain(orders.queue, `${orders.name}, time to drain`),
    ],
    leftAnnotations: [{ value: oldestAgeLimitSeconds(orders), label: `alarm: ${orders.name}` }],
    leftLabel: 'seconds',
  };
};

const concurrency: Draw = (pipeline) => ({
  title: 'Concurrency, against its maximum',
  left: functionsOf(pipeline).map(({ function: fn, name }) =>
    fn.metric('ConcurrentExecutions', { statistic: Stats.MAXIMUM, period: minute, label: name }),
  ),
  leftAnnotations: queuesOf(pipeline).map(({ consumer }) => ({
    value: consumer.settings.maximumConcurrency,
    label: `maximum: ${consumer.name}`,
  })),
  leftLabel: 'at a time',
});

const durations: Draw = (pipeline) => ({
  title: 'Durations, and the timeout',
  left: queuesOf(pipeline).flatMap(({ consumer: { function: fn, name } }) =>
    [50, 99].map((percentile) =>
      fn.metricDuration({ statistic: Stats.percentile(percentile), period: minute, label: `${name} p${percentile}` }),
    ),
  ),
  leftAnnotations: timeouts(queuesOf(pipeline)),
  leftLabel: 'milliseconds',
});

/** One line for each timeout there is, however many functions have it. */
function timeouts(queues: readonly MonitoredQueue[]): readonly HorizontalAnnotation[] {
  const seconds = new Set(queues.map(({ consumer }) => consumer.settings.timeoutSeconds));
  return [...seconds].map((timeout) => ({ value: timeout * 1000, label: 'timeout' }));
}

const coldStarts: Draw = (pipeline) => ({
  title: 'Cold starts',
  left: functionsOf(pipeline).map((each) => ownCount(each, metricNames.coldStarts).with({ label: each.name })),
  leftLabel: 'a minute',
});

const troubles: Draw = (pipeline) => ({
  title: 'Function errors and throttles',
  left: functionsOf(pipeline).flatMap(({ function: fn, name }) => [
    fn.metricErrors({ statistic: Stats.SUM, period: minute, label: `${name} errors` }),
    fn.metricThrottles({ statistic: Stats.SUM, period: minute, label: `${name} throttles` }),
  ]),
  leftLabel: 'a minute',
});

const mappings: Draw = (pipeline) => ({
  title: 'What the event source mappings did with messages',
  left: queuesOf(pipeline).flatMap(({ name, consumer: { mappingId } }) =>
    mappingId === undefined ? [] : mappingCounts(mappingId, name),
  ),
  leftLabel: 'a minute',
});

function mappingCounts(mappingId: string, queueName: string): readonly Metric[] {
  return [
    mappingCount(mappingId, 'PolledEventCount', `${queueName}: received`),
    mappingCount(mappingId, 'InvokedEventCount', `${queueName}: invoked with`),
    mappingCount(mappingId, 'FailedInvokeEventCount', `${queueName}: failed`),
    mappingCount(mappingId, 'DeletedEventCount', `${queueName}: deleted`),
  ];
}

const parked: Draw = ({ lastStop }) => ({
  title: 'Parked',
  left: [waiting(lastStop).with({ label: 'waiting for somebody' })],
  leftLabel: 'messages',
});

const computing: Draw = (pipeline) => ({
  title: 'Cost: computing',
  left: functionsOf(pipeline).map(gigabyteSeconds),
  right: functionsOf(pipeline).map(({ function: fn, name }) =>
    fn.metricInvocations({ statistic: Stats.SUM, period: minute, label: `${name} invocations` }),
  ),
  leftLabel: 'GB-seconds a minute',
  rightLabel: 'invocations a minute',
});

const requests: Draw = (pipeline) => ({
  title: 'Cost: queues and table',
  left: queuesOf(pipeline).map(({ queue, name }) =>
    queue.metricNumberOfEmptyReceives({
      statistic: Stats.SUM,
      period: minute,
      label: `${name}, receives of nothing`,
    }),
  ),
  right:
    pipeline.table === undefined
      ? []
      : [
          pipeline.table.metricConsumedWriteCapacityUnits({
            statistic: Stats.SUM,
            period: minute,
            label: 'write units',
          }),
          pipeline.table.metricConsumedReadCapacityUnits({ statistic: Stats.SUM, period: minute, label: 'read units' }),
        ],
  leftLabel: 'requests a minute',
  rightLabel: 'units a minute',
});

const logs: Draw = (pipeline) => ({
  title: 'Cost: logs',
  left: functionsOf(pipeline).map(logBytes),
  leftLabel: 'bytes a minute',
});
