import { styleText } from 'node:util';
import { failureKinds } from '../../../shared/telemetry.ts';
import { printable, wrappedProse } from '../../orders/terminal/output.ts';
import { counted, rate } from '../../orders/terminal/progress.ts';
import type { TableCounts } from '../local-pipeline.ts';
import type { HttpCounts } from './produce.ts';
import { type MailCounts, mailLines } from './mails.ts';
import { disagreement, type FailedOrder, type RunBooks } from './tally.ts';
import { type ToldCounts, toldText } from './told.ts';

/** How a run of `npm start` ended; `--json` prints it. */
export interface Outcome extends RunBooks {
  readonly preset: string;
  /** The seed that gives the same orders again; undefined when the producer failed. */
  readonly seed?: number;
  /** What the HTTP door said of the orders, where they went through it. */
  readonly http?: HttpCounts;
  /** What the world was told, by a pipeline with events. */
  readonly events?: ToldCounts;
  /** The mails to customers, by a pipeline that sends them. */
  readonly mails?: MailCounts;
  /** The same from the rows of the orders table. Undefined when the run was interrupted. */
  readonly table?: TableCounts;
  /** Whether the run was interrupted before its end. */
  readonly stopped?: boolean;
  /** From the invocation of the producer to the last order's end. */
  readonly durationMs: number;
  /** Orders brought to their end per second of `durationMs`. */
  readonly ordersPerSecond: number;
  /** What went wrong beside the orders: the producer's error, say. */
  readonly problems: readonly string[];
}

/** How to write an outcome for a person. */
export interface OutcomeText {
  readonly color: boolean;
  /** Customer's name of a message, where it is known. */
  readonly label: (messageId: string) => string | undefined;
  readonly functionLabel: (functionName: string) => string;
  /** Characters of a line of the terminal. Default: no limit. */
  readonly columns?: number | undefined;
}

const listedFailures = 20;

/** True when every order has come to one end and nothing else went wrong: exit code 0. */
export function isAccountedFor({ balanced, inFlight, problems, stopped = false }: Outcome): boolean {
  return balanced && inFlight === 0 && problems.length === 0 && !stopped;
}

/** The last word: an equation only where it is true, and where it is all there is to say. */
function verdict(outcome: Outcome): readonly [Parameters<typeof styleText>[0], string] {
  const { sent, processed, failed, inFlight, stopped = false } = outcome;
  const ends = `processed ${processed} + failed ${failed}`;
  const ended = processed + failed;
  if (isAccountedFor(outcome)) return ['green', `✔ every order is accounted for: sent ${sent} = ${ends}`];
  if (stopped) {
    return [
      'yellow',
      `Stopped before the end: ${ended} of ${sent} orders had ended (${ends}), ${inFlight} were in flight.`,
    ];
  }
  if (!outcome.balanced) {
    return ['red', `✘ not every order is accounted for: sent ${sent}, but ${ends} = ${ended}, in flight ${inFlight}`];
  }
  if (outcome.table !== undefined && disagreement(outcome.table, outcome) !== undefined) {
    return ['red', `✘ not every order is accounted for: the orders table disagrees with the queues (${ends})`];
  }
  return ['red', `✘ all ${sent} orders ended (${ends}), but something else went wrong: see above`];
}

/** The document of `--json`. */
export function outcomeJson(outcome: Outcome): string {
  return JSON.stringify(outcome, undefined, 2);
}

/** The closing lines for a person. */
export function outcomeText(outcome: Outcome, text: OutcomeText): string {
  const paint = (style: Parameters<typeof styleText>[0], words: string) =>
    text.color ? styleText(style, words, { validateStream: false }) : words;
  const { table } = outcome;
  const [style, lastWord] = verdict(outcome);
  const prose = (sentences: string) => wrappedProse(printable(sentences), text.columns);

  // Names, reasons and problems come from orders and logs, so they may hold anything.
  return [
    '',
    ...httpLines(outcome).map(printable),
    ...failureLines(outcome, text).map(printable),
    ...draggedAlong(outcome, text).map(prose),
    ...instanceLines(outcome, text),
    `Took ${(outcome.durationMs / 1000).toFixed(1)} s, ${rate(outcome.ordersPerSecond)} orders a second` +
      (outcome.seed === undefined ? '.' : `; --seed ${outcome.seed} sends the same orders again.`),
    ...outcome.problems.map((problem) => paint('red', prose(problem))),
    ...(table === undefined
      ? []
      : [`In the orders table: ${counted(table.processed, 'processed order')}, ${counted(table.failed, 'failure')}.`]),
    ...(outcome.events === undefined ? [] : [toldText(outcome.events)]),
    // Subjects and reasons are words of others.
    ...(outcome.mails === undefined ? [] : mailLines(outcome.mails).map(printable)),
    ...(outcome.missing.length === 0
      ? []
      : [paint('red', printable(`Still in flight: ${outcome.missing.join(', ')}`))]),
    paint(style, prose(lastWord)),
  ].join('\n');
}

/** What never came into the queue, because the door said at once what is wrong with it. */
function httpLines({ http }: Outcome): string[] {
  if (http === undefined) return [];
  const { accepted, refused, reasons } = http;
  const lines = Object.entries(reasons)
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, listedFailures)
    .map(([reason, count]) => `  ${count} × ${reason}`);
  return [`By HTTP: ${accepted} accepted, ${refused} refused${refused > 0 ? ':' : '.'}`, ...lines, ''];
}

function failureLines({ failures, failed }: Outcome, { label }: OutcomeText): string[] {
  if (failed === 0) return [];
  const reason = (failure: FailedOrder) => reasonOf(failure, failures);
  const lines =
    failures.length <= listedFailures
      ? failures.map(
          (failure) => `  ${label(failure.messageId) ?? failure.orderId ?? failure.messageId}: ${reason(failure)}`,
        )
      : [...Map.groupBy(failures, reason)]
          .toSorted(([, a], [, b]) => b.length - a.length)
          .slice(0, listedFailures)
          .map(([why, group]) => `  ${group.length} × ${why}`);
  return [`Failed, ${failed}:`, ...lines, ''];
}

function reasonOf(failure: FailedOrder, all: readonly FailedOrder[]): string {
  const { kind, reasons } = failure;
  switch (kind) {
    case failureKinds.outOfAttempts:
      return `a valid order, out of attempts: ${attemptsReason(failure, all)}`;
    case failureKinds.conflictingId:
      return 'a valid order, but another one with its id was processed before';
    case failureKinds.refused:
      return `a valid order, but refused: ${reasons.join('; ')}`;
    default:
      return reasons.join('; ');
  }
}

/** Why the last try of a valid order failed. */
function attemptsReason(failure: FailedOrder, all: readonly FailedOrder[]): string {
  const { reasons, lastError } = failure;
  if (reasons.length > 0) return reasons.join('; ');
  if (isDraggedAlong(failure, all)) return 'its batch failed with a bad order in it';
  return lastError ?? 'its tries left no error behind';
}

/** Without partial batch responses, the last error of a good order may name a bad one of its batch. */
function isDraggedAlong({ kind, reasons, lastError = '' }: FailedOrder, all: readonly FailedOrder[]): boolean {
  if (kind !== failureKinds.outOfAttempts || reasons.length > 0) return false;
  return all.some((other) => other.kind !== failureKinds.outOfAttempts && lastError.includes(other.messageId));
}

/** Explains what the lab preset shows: good orders that failed with a bad one. */
function draggedAlong({ failures, preset, alreadyProcessed }: Outcome, { label }: OutcomeText): string[] {
  if (preset !== 'lab') return [];
  const dragged = failures.filter(
    ({ kind, reasons }) => kind === failureKinds.outOfAttempts && reasons.length === 0,
  ).length;
  const processed = alreadyProcessed.map((messageId) => label(messageId) ?? messageId);
  if (dragged + processed.length === 0) return [];
  return [
    `Why did ${counted(dragged + processed.length, 'good order')} end in bad-orders? In the lab preset process-orders ` +
      'throws at the first bad order, so its whole batch fails. After the last receive (maxReceiveCount, 1 in the ' +
      'preset) all of it moves on.',
    ...(processed.length === 0
      ? []
      : [
          `${processed.join(', ')} had been processed before the batch threw. failed-orders finds the row in the orders ` +
            'table and counts no failure: because an order is written once, under its own id, delivering it again is ' +
            'harmless.',
        ]),
    'The production preset reports the bad order alone (partial batch responses) and allows more than one receive.',
    '',
  ];
}

function instanceLines({ batches }: Outcome, { functionLabel }: OutcomeText): string[] {
  if (batches.length === 0) return [];
  const nameColumns = Math.max(...batches.map(({ function: name }) => functionLabel(name).length));
  return [
    'Batches by function instance:',
    ...batches.map(
      ({ function: name, instance, batches: count, messages }) =>
        `  ${functionLabel(name).padEnd(nameColumns)}  ${instance.slice(0, 4)}  ${count} ${count === 1 ? 'batch' : 'batches'}, ${messages} ${messages === 1 ? 'message' : 'messages'}`,
    ),
    '',
  ];
}
