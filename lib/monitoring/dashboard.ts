import { GraphWidget, type HorizontalAnnotation, type IMetric } from 'aws-cdk-lib/aws-cloudwatch';

/**
 * The graphs that all constructs share, row by row: from left to right as messages pass, and at last what it all costs.
 * A graph without lines is left out, and the others of its row are wider.
 */
const graphRows = [
  {
    sent: { title: 'Sent', left: 'a minute' },
    waiting: { title: 'Waiting, and being received', left: 'messages' },
    processed: { title: 'Processed', left: 'a minute' },
    failed: { title: 'Failed, by cause', left: 'a minute' },
  },
  {
    age: { title: 'Oldest message, and time to drain', left: 'seconds' },
    concurrency: { title: 'Concurrency, against its maximum', left: 'at a time' },
    durations: { title: 'Durations, and the timeout', left: 'milliseconds' },
    coldStarts: { title: 'Cold starts', left: 'a minute' },
  },
  {
    troubles: { title: 'Function errors and throttles', left: 'a minute' },
    mappings: { title: 'What the event source mappings did with messages', left: 'a minute' },
    parked: { title: 'Parked', left: 'messages' },
  },
  {
    computing: { title: 'Cost: computing', left: 'GB-seconds a minute', right: 'invocations a minute' },
    requests: { title: 'Cost: queues and table', left: 'requests a minute', right: 'units a minute' },
    logs: { title: 'Cost: logs', left: 'bytes a minute' },
  },
] as const;

type GraphNameOf<Row> = Row extends unknown ? keyof Row : never;
type GraphName = GraphNameOf<(typeof graphRows)[number]>;

/** What a construct adds to a graph. */
interface Lines {
  /** What AWS measures, on the left axis. */
  readonly measured?: readonly IMetric[];
  /** What functions count or CloudWatch computes, on the left axis. These lines come after all measured ones. */
  readonly computed?: readonly IMetric[];
  /** On the right axis. */
  readonly right?: readonly IMetric[];
  /** Horizontal lines. Equal ones of several constructs are drawn once. */
  readonly limits?: readonly HorizontalAnnotation[];
}

/** Lines by the graphs that they are for. */
export type GraphLines = { readonly [Name in GraphName]?: Lines };

/** Lines of several constructs, in their order. */
export function mergedLines(all: readonly GraphLines[]): GraphLines {
  const names = graphRows.flatMap((row) => Object.keys(row) as GraphName[]);
  return Object.fromEntries(
    names.map((name) => {
      const lines = all.flatMap(({ [name]: each = [] }) => each);
      return [
        name,
        {
          measured: lines.flatMap(({ measured = [] }) => measured),
          computed: lines.flatMap(({ computed = [] }) => computed),
          right: lines.flatMap(({ right = [] }) => right),
          limits: lines.flatMap(({ limits = [] }) => limits),
        },
      ];
    }),
  );
}

const columns = 24;

/** The shared graphs that have lines, in rows. */
export function sharedRows(lines: GraphLines): readonly (readonly GraphWidget[])[] {
  return graphRows
    .map((row) =>
      Object.entries<Graph>(row).flatMap(([name, graph]) => {
        const { measured = [], computed = [], right = [], limits = [] } = lines[name as GraphName] ?? {};
        const left = [...measured, ...computed];
        return left.length + right.length === 0 ? [] : [{ graph, left, right, limits: distinct(limits) }];
      }),
    )
    .filter((row) => row.length > 0)
    .map((row) =>
      row.map(
        ({ graph, left, right, limits }) =>
          new GraphWidget({
            title: graph.title,
            width: columns / row.length,
            left,
            leftAnnotations: limits,
            leftYAxis: { min: 0, label: graph.left, showUnits: false },
            ...(right.length > 0 && {
              right: [...right],
              rightYAxis: { min: 0, showUnits: false, ...(graph.right !== undefined && { label: graph.right }) },
            }),
          }),
      ),
    );
}

interface Graph {
  readonly title: string;
  /** Labels of the axes. */
  readonly left: string;
  readonly right?: string;
}

function distinct(limits: readonly HorizontalAnnotation[]): HorizontalAnnotation[] {
  return [...new Map(limits.map((limit) => [JSON.stringify(limit), limit])).values()];
}
