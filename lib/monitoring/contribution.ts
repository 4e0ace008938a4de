import type { IMetric, IWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { ILogGroup, QueryStringProps } from 'aws-cdk-lib/aws-logs';
import { type GraphLines, mergedLines } from './dashboard.ts';

/**
 * What a construct brings to the monitoring of its stack. `Monitoring` puts the contributions of all constructs
 * together. A new construct fills this interface for itself and touches no list of alarms, graphs or queries:
 *
 *     readonly monitored: Contribution = { alarms: [jamsOfThePrinter], rows: [[pagesPrinted, paperLeft]] };
 */
export interface Contribution {
  readonly alarms?: readonly AlarmDefinition[];
  /** Lines for the graphs that all constructs share. */
  readonly lines?: GraphLines;
  /** Rows of the dashboard that only this construct has. They stand below the shared graphs. */
  readonly rows?: readonly (readonly IWidget[])[];
  /** Queries with the same id are one query, over the log groups of all. */
  readonly queries?: readonly SavedQuery[];
}

/** When somebody is told, and of what. */
export interface AlarmDefinition {
  /** Id of the construct, in Pascal case. Another id replaces the alarm at the next deployment. */
  readonly id: string;
  /** Alarms about messages come first on the dashboard, alarms about functions after them. */
  readonly about: 'messages' | 'function';
  /** What has happened, and why somebody is told from this point on. */
  readonly message: string;
  /** Anchor of the runbook's section that says what to do. */
  readonly section: string;
  readonly metric: IMetric;
  /** The alarm goes off when the metric reaches this value … */
  readonly threshold: number;
  /** … in so many periods of the metric in a row. */
  readonly periods: number;
}

/** A question to CloudWatch Logs Insights, ready to run. */
export interface SavedQuery {
  /** Id of the construct, in Pascal case. */
  readonly id: string;
  /** Name in the console. */
  readonly name: string;
  readonly query: QueryStringProps;
  readonly logGroups: readonly ILogGroup[];
}

/**
 * The runbook of this repository: whoever gets an alarm's mail looks here, and only the owner knows the address of the
 * repository. A team gives its own, so that the mail has a link (`-c runbook=https://git.example.com/docs/runbook.md`).
 */
export const defaultRunbook = 'docs/runbook.md';

/** Several contributions as one. What a reader sees stays in their order. */
export function together(parts: readonly Contribution[]): Required<Contribution> {
  return {
    alarms: parts.flatMap(({ alarms = [] }) => alarms),
    lines: mergedLines(parts.flatMap(({ lines = [] }) => lines)),
    rows: parts.flatMap(({ rows = [] }) => rows),
    queries: mergedQueries(parts.flatMap(({ queries = [] }) => queries)),
  };
}

function mergedQueries(queries: readonly SavedQuery[]): readonly SavedQuery[] {
  const merged = new Map<string, SavedQuery>();
  for (const query of queries) {
    const first = merged.get(query.id);
    merged.set(
      query.id,
      first === undefined ? query : { ...first, logGroups: [...first.logGroups, ...query.logGroups] },
    );
  }
  return [...merged.values()];
}
