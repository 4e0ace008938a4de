import { faultKinds, type FaultName, faultNames } from 'local-aws';
import { counted, number } from '../orders/terminal/progress.ts';
import type { RunResult } from './run.ts';

/** A run that broke off counts as failed: something was not as it must be. */
export interface FailedRun {
  readonly seed: number;
  /** A sentence for each invariant that does not hold, or what ended the run. */
  readonly reasons: readonly string[];
}

export interface FaultCount {
  readonly fault: FaultName;
  /** Runs in which it took effect at least once. */
  readonly runs: number;
  /** How often it took effect. */
  readonly injected: number;
  /** Of those runs, the failed ones. */
  readonly failedRuns: number;
}

export interface Summary {
  readonly runs: number;
  readonly firstSeed: number;
  readonly messages: number;
  readonly processed: number;
  readonly failed: number;
  readonly replayed: number;
  /** Runs whose processing has effects, and the labels that were made in them. */
  readonly effects: { readonly runs: number; readonly labels: number };
  /** Events that were published, and requests to publish that a fault struck; 0 in runs without events. */
  readonly events: { readonly told: number; readonly struck: number };
  /** Orders that the HTTP door accepted, and requests to it whose connection went; 0 in runs without it. */
  readonly http: { readonly accepted: number; readonly struck: number };
  /** Mails that were delivered; 0 in runs without them. */
  readonly mails: number;
  readonly faults: readonly FaultCount[];
  /** Kinds that never took effect though there were runs enough. */
  readonly missing: readonly FaultName[];
  readonly failures: readonly FailedRun[];
  readonly seconds: number;
}

/** So many runs draw every kind of fault often. A kind that never took effect then is a mistake of the harness. */
const runsForAllKinds = 100;

export function summarize(
  results: readonly RunResult[],
  broken: readonly FailedRun[],
  {
    firstSeed,
    seconds,
    allKinds,
  }: { readonly firstSeed: number; readonly seconds: number; readonly allKinds: boolean },
): Summary {
  const sum = (value: (result: RunResult) => number) => results.reduce((total, result) => total + value(result), 0);
  const faults = faultNames.map((fault) => {
    const hit = results.filter(({ injected }) => (injected.get(fault) ?? 0) > 0);
    return {
      fault,
      runs: hit.length,
      injected: hit.reduce((total, { injected }) => total + (injected.get(fault) ?? 0), 0),
      failedRuns: hit.filter(({ violations }) => violations.length > 0).length,
    };
  });
  const violated = results
    .filter(({ violations }) => violations.length > 0)
    .map(({ seed, violations }) => ({
      seed,
      reasons: reasonsOf(violations),
    }));
  return {
    runs: results.length + broken.length,
    firstSeed,
    messages: sum(({ messages }) => messages),
    processed: sum(({ processed }) => processed),
    failed: sum(({ failed }) => failed),
    replayed: sum(({ replayed }) => replayed),
    effects: { runs: sum(({ labels }) => (labels > 0 ? 1 : 0)), labels: sum(({ labels }) => labels) },
    events: { told: sum(({ told }) => told), struck: sum(({ topicFaults }) => topicFaults) },
    http: { accepted: sum(({ accepted }) => accepted), struck: sum(({ lineFaults }) => lineFaults) },
    mails: sum(({ mails }) => mails),
    faults,
    missing:
      allKinds && results.length >= runsForAllKinds
        ? faults.filter(({ injected }) => injected === 0).map(({ fault }) => fault)
        : [],
    failures: [...broken, ...violated].toSorted((a, b) => a.seed - b.seed),
    seconds,
  };
}

function reasonsOf(violations: RunResult['violations']): string[] {
  const byInvariant = Object.groupBy(violations, ({ invariant }) => invariant);
  return Object.entries(byInvariant).map(([invariant, cases = []]) => {
    const more = cases.length > 1 ? ` (and ${cases.length - 1} more)` : '';
    return `${invariant}: ${cases[0]?.detail}${more}`;
  });
}

export function isSound({ failures, missing }: Summary): boolean {
  return failures.length === 0 && missing.length === 0;
}

/** A Markdown table of the faults, and what came of it, for people. */
export function summaryText(summary: Summary): string {
  const {
    runs,
    messages,
    processed,
    failed,
    replayed,
    effects,
    events,
    http,
    mails,
    faults,
    missing,
    failures,
    seconds,
  } = summary;
  const rows = faults.map(({ fault, injected, runs: inRuns, failedRuns }) => [
    `\`${fault}\``,
    faultKinds[fault].what,
    number(injected),
    number(inRuns),
    outcome(inRuns, failedRuns),
  ]);
  const lines = [
    ...markdownTable(['fault', 'what happens', 'times', 'runs', 'outcome'], rows),
    '',
    `${counted(runs, 'run')} in ${number(Math.round(seconds))} s, first seed ${summary.firstSeed}: ` +
      `${counted(messages, 'message')} sent, ${counted(processed, 'order')} processed in the end, ` +
      `${counted(failed, 'failure')} written down, ${number(replayed)} replayed ` +
      '(copies of an order are messages of their own, and what failed and was then replayed may be processed, too). ' +
      `In ${counted(effects.runs, 'run')} the processing had an effect: ${counted(effects.labels, 'label')} made.`,
  ];
  if (events.told > 0) {
    lines.push(
      `${counted(events.told, 'event')} told; ${counted(events.struck, 'request')} to SNS failed or lost its answer.`,
    );
  }
  if (http.accepted > 0) {
    lines.push(
      `${counted(http.accepted, 'order')} accepted by HTTP; the connection of ${counted(http.struck, 'request')} went.`,
    );
  }
  if (mails > 0) lines.push(`${counted(mails, 'mail')} delivered.`);
  for (const { seed, reasons } of failures) {
    lines.push(`✘ seed ${seed}:`, ...reasons.map((reason) => `    ${reason}`));
  }
  if (missing.length > 0) lines.push(`✘ never took effect: ${missing.join(', ')}`);
  if (isSound(summary)) lines.push('✔ nothing lost, nothing processed twice');
  return lines.join('\n');
}

function outcome(runs: number, failedRuns: number): string {
  if (runs === 0) return '–';
  return failedRuns === 0 ? 'books balance' : `${counted(failedRuns, 'run')} failed`;
}

export function summaryJson(summary: Summary): string {
  return JSON.stringify({ ...summary, sound: isSound(summary) }, null, 2);
}

/** The table looks as prettier writes it, so a person can paste it into a document. */
function markdownTable(titles: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = titles.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]!.length)));
  const isNumber = (column: number) => rows.every((row) => /^[\d,]+$/.test(row[column]!));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => (isNumber(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!))).join(' | ')} |`;
  const rule = `| ${widths.map((width, column) => (isNumber(column) ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width))).join(' | ')} |`;
  return [line(titles), rule, ...rows.map(line)];
}
