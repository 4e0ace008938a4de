import { Duration } from 'aws-cdk-lib';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { type MetricName, metricNames, metricNamespace } from '../../shared/telemetry.ts';
import type { Contribution } from './contribution.ts';
import type { MonitoredFunction } from './watch-function.ts';

/** A count that a function of the pipeline publishes itself, as a sum. */
export function ownCount(
  { function: fn }: Pick<MonitoredFunction, 'function'>,
  metricName: MetricName,
  { period = Duration.minutes(1), label }: { readonly period?: Duration; readonly label?: string } = {},
): Metric {
  return new Metric({
    namespace: metricNamespace,
    metricName,
    dimensionsMap: { FunctionName: fn.functionName },
    statistic: Stats.SUM,
    period,
    ...(label !== undefined && { label }),
  });
}

/** To be replaced by the id of an order or of a message before the query of an order's life is run. */
export const idPlaceholder = 'ORDER_OR_MESSAGE_ID';

/**
 * What each function of the pipeline tells, whichever it is: its cold starts, and its log lines about an order. What a
 * function gives `console` is the member `message` of a line in Lambda's JSON log format.
 */
export function watchOwnTelemetry(fn: MonitoredFunction): Contribution {
  return {
    lines: { coldStarts: { computed: [ownCount(fn, metricNames.coldStarts, { label: fn.name })] } },
    queries: [
      {
        id: 'OrderLife',
        name: 'life of one order',
        query: {
          fields: [
            '@timestamp',
            'message.message',
            'message.messageId',
            'message.receiveCount',
            'message.kind',
            'message.reasons.0',
            'message.error.message',
            'message.traceId',
            'requestId',
          ],
          filterStatements: [`message.orderId = '${idPlaceholder}' or message.messageId = '${idPlaceholder}'`],
          sort: '@timestamp asc',
          limit: 200,
        },
        logGroups: [fn.logGroup],
      },
    ],
  };
}
