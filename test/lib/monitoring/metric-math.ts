import type { SynthesizedAlarm } from './synthesized-alarms.ts';

/** Values of one minute by the names that an expression has for its metrics; undefined where SQS publishes none. */
export type MetricValues = Readonly<Record<string, number | undefined>>;

/** What the functions of metric math do, with undefined for a missing value. */
const metricMath = {
  IF: <Value>(condition: boolean, yes: Value, no: Value) => (condition ? yes : no),
  FILL: (value: number | undefined, instead: number) => value ?? instead,
};

/** What an alarm's expression makes of the values of a minute, as CloudWatch computes it. */
export function evaluated({ Metrics = [] }: SynthesizedAlarm, values: MetricValues): number | undefined {
  const { Expression } = Metrics.find((metric) => metric.Expression !== undefined)!;
  const given = { ...metricMath, ...values };
  // oxlint-disable-next-line no-new-func, typescript/no-implied-eval -- the expression is ours.
  const evaluate = new Function(...Object.keys(given), `return ${Expression}`) as (...all: unknown[]) => number;
  return evaluate(...Object.values(given));
}

/** Whether an alarm would go off within so many minutes, one after the other; what is missing breaches nothing. */
export function goesOff(alarm: SynthesizedAlarm, minutes: readonly MetricValues[]): boolean {
  let inARow = 0;
  return minutes.some((values) => {
    const value = evaluated(alarm, values);
    inARow = value !== undefined && value >= alarm.Threshold ? inARow + 1 : 0;
    return inARow === alarm.EvaluationPeriods;
  });
}

/** Metric, statistic and period of what an alarm's expression looks at, by its names there. */
export function metricsOf({ Metrics = [] }: SynthesizedAlarm): Readonly<Record<string, readonly unknown[]>> {
  return Object.fromEntries(
    Metrics.flatMap(({ Id, MetricStat }) =>
      MetricStat === undefined ? [] : [[Id, [MetricStat.Metric.MetricName, MetricStat.Stat, MetricStat.Period]]],
    ),
  );
}
