import { environmentNames } from '../../shared/pipeline.ts';
import { doorMetricNames, failureMetricNames, metricNames } from '../../shared/telemetry.ts';
import { assumptions, prices } from './cost-model.ts';

/** Something that costs money every month, however many orders pass through. */
export interface MonthlyItem {
  /** In kebab case. */
  readonly id: string;
  readonly title: string;
  readonly count: number;
  /** USD a month for one. */
  readonly price: number;
  /** Whether it is paid for in a month in which nothing happens, too. */
  readonly whenIdle: boolean;
}

interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** A CloudFormation template, as `cdk synth` writes it. */
export interface Resources {
  readonly Resources: Readonly<Record<string, Resource>>;
}

/**
 * Metrics of a mapping with the group `EventCount` on a queue without filters: polled, invoked, failed and deleted
 * (Lambda Developer Guide, "Types of metrics for Lambda functions", event source mapping metrics).
 */
const metricsOfMapping = 4;

/**
 * The items in a template of this pipeline. The functions' own metrics are counted as if each appeared in every hour.
 * They are paid for by the hour, and an idle pipeline publishes none.
 */
export function monthlyItems({ Resources }: Resources): readonly MonthlyItem[] {
  const resources = Object.values(Resources);
  const ofType = (type: string) => resources.filter(({ Type }) => Type === type);
  const mappings = ofType('AWS::Lambda::EventSourceMapping');
  const alarmMetrics = ofType('AWS::CloudWatch::Alarm').reduce((sum, alarm) => sum + metricsOf(alarm), 0);
  return [
    item('alarms', 'metrics that alarms look at', alarmMetrics, prices.alarmMetricMonth, true),
    item('dashboards', 'dashboards', ofType('AWS::CloudWatch::Dashboard').length, prices.dashboardMonth, true),
    item('keys', 'KMS keys', ofType('AWS::KMS::Key').length, prices.kmsKeyMonth, true),
    item('polls', 'requests that find an empty queue', mappings.length * pollsAMonth(), prices.sqsRequest, true),
    item('own-metrics', 'metrics of the functions', ownMetrics(resources), prices.metricMonth, false),
    item(
      'mapping-metrics',
      'metrics of the event source mappings',
      mappings.filter(({ Properties }) => Properties?.['MetricsConfig'] !== undefined).length * metricsOfMapping,
      prices.metricMonth,
      false,
    ),
  ];
}

/** @returns USD a month */
export function costOfMonth(items: readonly MonthlyItem[]): number {
  return items.reduce((sum, { count, price }) => sum + count * price, 0);
}

function item(id: string, title: string, count: number, price: number, whenIdle: boolean): MonthlyItem {
  return { id, title, count, price, whenIdle };
}

/** An alarm on an expression costs as much as the metrics in it. */
function metricsOf({ Properties }: Resource): number {
  const metrics = Properties?.['Metrics'] as readonly { readonly MetricStat?: unknown }[] | undefined;
  return metrics?.filter(({ MetricStat }) => MetricStat !== undefined).length ?? 1;
}

/** Metrics that several functions count, or that only functions of an option count. */
const notOfEveryPipeline: readonly string[] = [
  metricNames.coldStarts,
  metricNames.eventsNotPublished,
  metricNames.mailsSent,
  metricNames.mailsAskedAgain,
  metricNames.mailsRefused,
  metricNames.mailsNotSent,
];

/**
 * One function counts each metric, except cold starts, which all count, and events that were not published, which each
 * that publishes counts. An HTTP door counts what generate-orders counts once more, and what it refuses itself and for
 * the rate.
 */
function ownMetrics(resources: readonly Resource[]): number {
  const ofType = (type: string) => resources.filter(({ Type }) => Type === type);
  const ofHttp = ofType('AWS::ApiGatewayV2::Api').length * (2 + Object.keys(doorMetricNames).length);
  const ofLogs = ofType('AWS::Logs::MetricFilter').length;
  const functions = ofType('AWS::Lambda::Function');
  const publishers = functions.filter((fn) => JSON.stringify(fn).includes(environmentNames.orderEventsTopicArn));
  const ofAll = [...Object.values(metricNames), ...Object.values(failureMetricNames)];
  const own = ofAll.filter((name) => !notOfEveryPipeline.includes(name));
  const mailers = functions.filter((fn) => JSON.stringify(fn).includes(environmentNames.mailFrom));
  const ofMails = mailers.length * ofAll.filter((name) => name.startsWith('Mails')).length;
  return own.length + functions.length + publishers.length + ofMails + ofHttp + ofLogs;
}

/** Of one mapping. */
function pollsAMonth(): number {
  const secondsAMonth = 30 * 24 * 60 * 60;
  return (assumptions.idlePollers * secondsAMonth) / assumptions.longPollSeconds;
}
