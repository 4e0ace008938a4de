import type { Template } from 'aws-cdk-lib/assertions';

/** An alarm as the template has it. */
export interface SynthesizedAlarm {
  /** `id` of its definition. */
  readonly id: string;
  readonly AlarmDescription: string;
  readonly AlarmActions: readonly unknown[];
  readonly OKActions?: readonly unknown[];
  readonly Threshold: number;
  readonly EvaluationPeriods: number;
  readonly ComparisonOperator: string;
  readonly TreatMissingData: string;
  readonly Namespace?: string;
  readonly MetricName?: string;
  readonly Statistic?: string;
  readonly Period?: number;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: unknown }[];
  readonly Metrics?: readonly {
    readonly Id: string;
    readonly Expression?: string;
    readonly ReturnData?: boolean;
    readonly MetricStat?: {
      readonly Period: number;
      readonly Stat: string;
      readonly Metric: { readonly MetricName: string };
    };
  }[];
}

export function alarmsOf(template: Template): readonly SynthesizedAlarm[] {
  return Object.entries(template.findResources('AWS::CloudWatch::Alarm')).map(([logicalId, resource]) => ({
    ...(resource as { readonly Properties: Omit<SynthesizedAlarm, 'id'> }).Properties,
    id: /^Monitoring(\w+)Alarm[\dA-F]{8}$/.exec(logicalId)?.[1] ?? logicalId,
  }));
}

/** Seconds; of a metric or of those that an expression is made of. */
export function periodOf({ Period, Metrics = [] }: SynthesizedAlarm): number | undefined {
  return Period ?? Metrics.find(({ MetricStat }) => MetricStat !== undefined)?.MetricStat?.Period;
}
