import { type MetricCounts, type MetricName, metricNames, metricNamespace } from '../../shared/telemetry.ts';

/** Publishes the counts of an invocation; to be called once, at its end. */
export type PublishMetrics = (counts: MetricCounts) => void;

interface MetricsOutput {
  /** `AWS_LAMBDA_FUNCTION_NAME`, which Lambda sets. Undefined: not on Lambda, so that nothing is published. */
  readonly functionName: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /**
   * Standard output. Not `console`: in Lambda's JSON log format it puts the document into the member `message`, where
   * CloudWatch does not look for metrics (CloudWatch User Guide, "Using the embedded metric format with Lambda").
   */
  readonly write: (line: string) => void;
}

/** At most one line an invocation. The first one also counts a cold start. */
export function publishMetricsTo({ functionName, now, write }: MetricsOutput): PublishMetrics {
  let coldStarts = 1;
  return (counts) => {
    if (functionName === undefined) return;
    const line = metricsLine({ ...counts, [metricNames.coldStarts]: coldStarts }, functionName, now());
    coldStarts = 0;
    if (line !== undefined) write(`${line}\n`);
  };
}

/** As the functions are deployed. */
export function publishMetricsOnLambda(): PublishMetrics {
  return publishMetricsTo({
    functionName: process.env['AWS_LAMBDA_FUNCTION_NAME'],
    now: Date.now,
    write: (line) => process.stdout.write(line),
  });
}

/**
 * The counts of one invocation as a document of CloudWatch's embedded metric format, without line break; undefined when
 * there is nothing to count. Zeros are left out: each metric is paid for by the hour in which it appears, and a missing
 * value counts as zero in a sum.
 *
 * @param nowMs since the epoch
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function metricsLine(counts: MetricCounts, functionName: string, nowMs: number): string | undefined {
  const counted = Object.entries(counts).filter(([, count]) => count > 0);
  if (counted.length === 0) return undefined;
  const directive = {
    Namespace: metricNamespace,
    Dimensions: [['FunctionName']],
    Metrics: counted.map(([Name]) => ({ Name, Unit: 'Count' })),
  };
  return JSON.stringify({
    _aws: { Timestamp: nowMs, CloudWatchMetrics: [directive] },
    FunctionName: functionName,
    ...Object.fromEntries(counted),
  });
}

/** How often each metric is named. */
export function tally(names: readonly MetricName[]): MetricCounts {
  const counts: Partial<Record<MetricName, number>> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
