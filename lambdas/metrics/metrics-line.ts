import { type MetricCounts, metricNamespace } from '../../shared/metrics.ts';

/**
 * The counts of one invocation as a document of CloudWatch's embedded metric format, without line break; undefined when
 * there is nothing to count. Zeros are left out: each metric is paid for by the hour in which it appears, and what is
 * missing counts as zero in a sum.
 *
 * @param nowMs since the epoch
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function metricsLine(counts: MetricCounts, functionName: string, nowMs: number): string | undefined {
  const counted = Object.entries(counts).filter(([, count]) => count > 0);
  if (counted.length === 0) return undefined;
  return JSON.stringify({
    _aws: {
      Timestamp: nowMs,
      CloudWatchMetrics: [
        {
          Namespace: metricNamespace,
          Dimensions: [['FunctionName']],
          Metrics: counted.map(([Name]) => ({ Name, Unit: 'Count' })),
        },
      ],
    },
    FunctionName: functionName,
    ...Object.fromEntries(counted),
  });
}
