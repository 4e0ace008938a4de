import { functionNames } from '../aws/stack-outputs.ts';
import { overdueAfterMs } from '../ledger/replayed.ts';
import { type Paint, printable } from '../terminal/output.ts';
import { counted, duration, number } from '../terminal/progress-text.ts';
import { table } from '../terminal/table.ts';
import { causeTable } from './cause-table.ts';
import { shownTime } from './moment.ts';
import { replayedLines } from './replayed-lines.ts';
import type { StatusReport } from './status-report.ts';

/** Causes shown; "orders failed" has all of them. */
const shownCauses = 10;

/** The pipeline at a moment, for a person. @param sent orders that were sent, if the person knows */
export function statusLines(report: StatusReport, sent: number | undefined, paint: Paint, width?: number): string[] {
  const { books, queues, causes, failures, replayed, functionErrors } = report;
  const depths = Object.entries(queues).map(([name, { visible, notVisible, delayed, oldestAgeSeconds }]) => [
    name,
    number(visible),
    number(notVisible),
    number(delayed),
    oldestAgeSeconds === null ? '–' : duration(oldestAgeSeconds),
  ]);
  const right = 'right' as const;
  const columns = [
    { title: 'QUEUE' },
    { title: 'WAITING', align: right },
    { title: 'BEING RECEIVED', align: right },
    { title: 'DELAYED', align: right },
    { title: 'OLDEST', align: right },
  ];
  const errors = functionNames.filter((name) => functionErrors[name] > 0);
  return [
    ...table(columns, depths),
    ...(report.agesUnavailable === null ? [] : [printable(`OLDEST is not known: ${report.agesUnavailable}`)]),
    '',
    ...(causes.length > 0 ? [...causeTable(causes.slice(0, shownCauses), width), ''] : []),
    ...(causes.length > shownCauses ? [`… and ${number(causes.length - shownCauses)} more causes`, ''] : []),
    ...(failures === books.failed ? [] : [copiesLine(failures, books.failed)]),
    ...replayedLines(replayed, report.oldestReplayedAt),
    ...(books.stuck > 0 ? [paint('red', stuckLine(books.stuck))] : []),
    ...(books.parked > 0
      ? [paint('red', `${counted(books.parked, 'message')} parked: failed-orders could not handle them; see its log.`)]
      : []),
    errors.length === 0
      ? `No function errors since ${shownTime(functionErrors.since)} UTC.`
      : paint('red', `Function errors since ${shownTime(functionErrors.since)} UTC: `) +
        errors.map((name) => `${name} ${number(functionErrors[name])}`).join(', '),
    balanceLine(report, sent, paint),
  ];
}

/** Why the sum of the table above is not `failed`. */
function copiesLine(failures: number, failed: number): string {
  return (
    `${counted(failures, 'failure')}, ${counted(failed, 'order')} failed: an order that was sent several times counts ` +
    'once, and as processed or on its way if a copy is.'
  );
}

function stuckLine(stuck: number): string {
  const minutes = overdueAfterMs / 60_000;
  return (
    `${counted(stuck, 'order')} replayed more than ${minutes} minutes ago, and no message is left: ` +
    `"orders replay --replayed-before ${minutes}m" sends them again.`
  );
}

/** `sent 1,000 = processed 800 + failed 200` */
function balanceLine({ books }: StatusReport, sent: number | undefined, paint: Paint): string {
  const { processed, failed, inFlight, parked, stuck, accountedFor } = books;
  const terms = [`processed ${number(processed)}`, `failed ${number(failed)}`, `in flight ${number(inFlight)}`];
  if (parked > 0) terms.push(`parked ${number(parked)}`);
  if (stuck > 0) terms.push(`stuck ${number(stuck)}`);
  const sum = terms.join(' + ');
  if (sent === undefined) return `${sum} = ${number(accountedFor)} orders`;
  if (sent === accountedFor) return paint('green', `✔ sent ${number(sent)} = ${sum}`);
  return paint('red', `✘ sent ${number(sent)}, but ${sum} = ${number(accountedFor)}`);
}
