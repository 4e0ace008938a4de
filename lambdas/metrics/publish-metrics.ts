import { type MetricCounts, metricNames } from '../../shared/metrics.ts';
import { metricsLine } from './metrics-line.ts';

/** Publishes the counts of an invocation; to be called once, at its end. */
export type PublishMetrics = (counts: MetricCounts) => void;

export interface MetricsOutput {
  /** `AWS_LAMBDA_FUNCTION_NAME`, which Lambda sets. Undefined: not on Lambda, so that nothing is published. */
  readonly functionName: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /**
   * Standard output, and not `console`: in Lambda's JSON log format that would put the document into the member
   * `message`, where CloudWatch does not look for metrics (CloudWatch User Guide, "Using the embedded metric format
   * with Lambda").
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
