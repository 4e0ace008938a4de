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
  let metrics = '';
  let values = '';
  // Put together by hand, every batch pays for it: the names are this project's own, and need no escaping.
  for (const [name, count] of Object.entries(counts)) {
    if (count <= 0) continue;
    metrics += `${metrics === '' ? '' : ','}{"Name":"${name}","Unit":"Count"}`;
    values += `,"${name}":${count}`;
  }
  if (metrics === '') return undefined;
  const directive = `{"Namespace":"${metricNamespace}","Dimensions":[["FunctionName"]],"Metrics":[${metrics}]}`;
  return `{"_aws":{"Timestamp":${nowMs},"CloudWatchMetrics":[${directive}]},"FunctionName":${JSON.stringify(functionName)}${values}}`;
}
