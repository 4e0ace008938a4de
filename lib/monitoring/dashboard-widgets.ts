import { GraphWidget, type HorizontalAnnotation, type IMetric, type Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib';
import { failureMetricNames, metricNames } from '../../shared/metrics.ts';
import { gigabyteSeconds, logBytes, mappingCount, oldestAge, ownCount, timeToDrain, waiting } from './metrics.ts';
import { consumersOf, functionsOf, type MonitoredConsumer, type MonitoredPipeline } from './monitored.ts';
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

const sent: Draw = ({ consumer, producer }) => ({
  title: 'Sent',
  left: [
    consumer.queue.metricNumberOfMessagesSent({ statistic: Stats.SUM, period: minute, label: consumer.queueName }),
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
  left: consumersOf(pipeline).flatMap(({ queue, queueName }) => [
    waiting(queue).with({ label: queueName }),
    queue.metricApproximateNumberOfMessagesNotVisible({
      statistic: Stats.MAXIMUM,
      period: minute,
      label: `${queueName}, being received`,
    }),
  ]),
  leftLabel: 'messages',
});

const processed: Draw = ({ consumer }) => ({
  title: 'Processed',
  left: [
    consumer.queue.metricNumberOfMessagesDeleted({
      statistic: Stats.SUM,
      period: minute,
      label: `out of ${consumer.queueName}`,
    }),
    ownCount(consumer, metricNames.ordersProcessed).with({ label: 'processed' }),
    ownCount(consumer, metricNames.duplicateOrders).with({ label: 'duplicates' }),
    ownCount(consumer, metricNames.badOrders).with({ label: 'bad, by receive' }),
    ownCount(consumer, metricNames.ordersNotProcessed).with({ label: 'to be tried again' }),
  ],
  leftLabel: 'a minute',
});

const failed: Draw = ({ consumer, failureConsumer, lastStop }) => ({
  title: 'Failed, by cause',
  left:
    failureConsumer === undefined
      ? [waiting(lastStop).with({ label: `not processed by ${consumer.name}` })]
      : [
          ...Object.entries(failureMetricNames).map(([kind, name]) =>
            ownCount(failureConsumer, name).with({ label: kind }),
          ),
          ownCount(failureConsumer, metricNames.failuresNotRecorded).with({ label: 'could not be recorded' }),
        ],
  leftLabel: failureConsumer === undefined ? 'messages' : 'a minute',
});

const age: Draw = (pipeline) => {
  const { consumer } = pipeline;
  return {
    title: 'Oldest message, and time to drain',
    left: [
      ...consumersOf(pipeline).map(({ queue, queueName }) => oldestAge(queue).with({ label: queueName })),
      timeToDrain(consumer.queue, `${consumer.queueName}, time to drain`),
    ],
    leftAnnotations: consumersOf(pipeline).map((each) => ({
      value: oldestAgeLimitSeconds(each),
      label: `alarm: ${each.queueName}`,
    })),
    leftLabel: 'seconds',
  };
};

const concurrency: Draw = (pipeline) => ({
  title: 'Concurrency, against its maximum',
  left: functionsOf(pipeline).map(({ function: fn, name }) =>
    fn.metric('ConcurrentExecutions', { statistic: Stats.MAXIMUM, period: minute, label: name }),
  ),
  leftAnnotations: consumersOf(pipeline).map(({ name, settings }) => ({
    value: settings.maximumConcurrency,
    label: `maximum: ${name}`,
  })),
  leftLabel: 'at a time',
});

const durations: Draw = (pipeline) => ({
  title: 'Durations, and the timeout',
  left: consumersOf(pipeline).flatMap(({ function: fn, name }) =>
    [50, 99].map((percentile) =>
      fn.metricDuration({ statistic: Stats.percentile(percentile), period: minute, label: `${name} p${percentile}` }),
    ),
  ),
  leftAnnotations: timeouts(consumersOf(pipeline)),
  leftLabel: 'milliseconds',
});

/** One line for each timeout there is, however many functions have it. */
function timeouts(consumers: readonly MonitoredConsumer[]): readonly HorizontalAnnotation[] {
  const seconds = new Set(consumers.map(({ settings }) => settings.timeoutSeconds));
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
  left: consumersOf(pipeline).flatMap(({ mappingId, queueName }) =>
    mappingId === undefined ? [] : mappingCounts(mappingId, queueName),
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
  left: consumersOf(pipeline).map(({ queue, queueName }) =>
    queue.metricNumberOfEmptyReceives({
      statistic: Stats.SUM,
      period: minute,
      label: `${queueName}, receives of nothing`,
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
