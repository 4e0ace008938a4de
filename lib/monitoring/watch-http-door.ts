import { Duration } from 'aws-cdk-lib';
import type { HttpApi, HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { GraphWidget, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, type LogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { doorMetricNames, type MetricName, metricNames, metricNamespace } from '../../shared/telemetry.ts';
import type { PipelineFunction } from '../pipeline-function.ts';
import { type AlarmDefinition, type Contribution, together } from './contribution.ts';
import { ownCount, watchOwnTelemetry } from './own-telemetry.ts';
import { watchFunction } from './watch-function.ts';

/** What is watched of an HTTP door. */
export interface MonitoredHttpDoor extends Construct {
  readonly api: HttpApi;
  readonly stage: HttpStage;
  readonly acceptOrders: PipelineFunction;
  readonly trackOrders: PipelineFunction;
  readonly accessLogs: LogGroup;
}

/**
 * What a line of the access log says (API Gateway Developer Guide, "Customize HTTP API access logs"). Neither the path,
 * which has an order's id, nor the address of the client, which is personal data.
 */
export const accessLogFields = {
  requestId: '$context.requestId',
  apiId: '$context.apiId',
  time: '$context.requestTime',
  route: '$context.routeKey',
  status: '$context.status',
  latencyMs: '$context.responseLatency',
  integrationLatencyMs: '$context.integrationLatency',
  responseBytes: '$context.responseLength',
  // Why API Gateway itself refused or failed.
  error: '$context.error.message',
  integrationError: '$context.integrationErrorMessage',
  authorizerError: '$context.authorizer.error',
} as const;

/** The step in which API Gateway publishes its metrics. */
const minute = Duration.minutes(1);
const lastingMinutes = 5;

/** Alarms about answers that are errors, slow or refused for the rate; graphs; and both functions. */
export function watchHttpDoor(door: MonitoredHttpDoor, { slowMs }: { readonly slowMs: number }): Contribution {
  const { acceptOrders, trackOrders } = door;
  const throttled = throttledRequests(door);
  return together([
    {
      alarms: [failing(door), slow(door, slowMs), throttling(throttled)],
      ...sending(door),
      rows: [row(door, throttled)],
    },
    ...[acceptOrders, trackOrders].flatMap((fn) => [watchFunction(fn), watchOwnTelemetry(fn)]),
  ]);
}

function failing({ stage }: MonitoredHttpDoor): AlarmDefinition {
  return {
    id: 'HttpErrors',
    about: 'messages',
    message: 'Orders that came by HTTP were answered with 5xx, 5 times in 300 s: nobody but their senders has them.',
    section: 'http-answers-errors',
    metric: stage.metricServerError({ statistic: Stats.SUM, period: Duration.minutes(5) }),
    threshold: 5,
    periods: 1,
  };
}

function slow({ stage }: MonitoredHttpDoor, slowMs: number): AlarmDefinition {
  return {
    id: 'HttpSlow',
    about: 'function',
    message: `One answer in a hundred took ${slowMs} ms or more, in each of ${lastingMinutes} minutes: senders may stop waiting.`,
    section: 'http-is-slow',
    metric: stage.metricLatency({ statistic: Stats.percentile(99), period: minute }),
    threshold: slowMs,
    periods: lastingMinutes,
  };
}

function throttling(metric: Metric): AlarmDefinition {
  return {
    id: 'HttpThrottles',
    about: 'messages',
    message: `Requests were answered with 429 in each of ${lastingMinutes} minutes: more come than the door lets in.`,
    section: 'http-is-throttled',
    metric,
    threshold: 1,
    periods: lastingMinutes,
  };
}

/** API Gateway has no metric of its own for 429: it counts them with all other 4xx. */
function throttledRequests(door: MonitoredHttpDoor): Metric {
  const metricName = 'HttpThrottled';
  new MetricFilter(door, 'Throttled', {
    logGroup: door.accessLogs,
    filterPattern: FilterPattern.stringValue('$.status', '=', '429'),
    metricNamespace,
    metricName,
    metricValue: '1',
    dimensions: { ApiId: '$.apiId' },
  });
  return new Metric({
    namespace: metricNamespace,
    metricName,
    dimensionsMap: { ApiId: door.api.apiId },
    statistic: Stats.SUM,
    period: minute,
    label: '429, throttled',
  });
}

function sending({ acceptOrders }: MonitoredHttpDoor): Contribution {
  const count = (name: MetricName, label: string) =>
    ownCount(acceptOrders, name, { label: `${acceptOrders.name}, ${label}` });
  return {
    lines: {
      sent: {
        computed: [
          count(metricNames.ordersQueued, 'accepted'),
          count(metricNames.ordersNotQueued, 'could not be queued'),
          count(doorMetricNames.ordersRefused, 'refused'),
        ],
      },
    },
  };
}

/** A left axis. */
const left = (label: string) => ({ min: 0, label, showUnits: false });

function row({ stage }: MonitoredHttpDoor, throttled: Metric) {
  const sum = { statistic: Stats.SUM, period: minute };
  const latencies = [50, 99].map((percentile) =>
    stage.metricLatency({ statistic: Stats.percentile(percentile), period: minute, label: `p${percentile}` }),
  );
  return [
    new GraphWidget({
      title: 'HTTP: requests and errors',
      width: 12,
      left: [
        stage.metricCount({ ...sum, label: 'requests' }),
        stage.metricClientError({ ...sum, label: '4xx' }),
        stage.metricServerError({ ...sum, label: '5xx' }),
        throttled,
      ],
      leftYAxis: left('a minute'),
    }),
    new GraphWidget({ title: 'HTTP: time to answer', width: 12, left: latencies, leftYAxis: left('milliseconds') }),
  ];
}
