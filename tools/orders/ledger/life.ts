import type { FailureRow, HistoryEntry } from '../../../shared/ledger/rows.ts';
import { failureKinds, logMessages } from '../../../shared/telemetry.ts';
import { isoTime } from '../time.ts';
import type { OrderRecord } from './find-failure.ts';

/** Something that happened to an order. */
export interface LifeEvent {
  /** ISO 8601. */
  readonly at: string;
  readonly event: 'sent' | 'received' | 'failed' | 'edited' | 'replayed' | 'duplicate' | 'processed';
  readonly messageId?: string;
  readonly receiveCount?: number;
  /** What came of a receive, why it failed. */
  readonly outcome?: string;
  readonly by?: string;
}

/** A line of process-orders' or failed-orders' log about the order: what the function logged, and when. */
export interface OrderLogLine {
  readonly atMs: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Events of the same millisecond are told in this order. */
const ranks: readonly LifeEvent['event'][] = [
  'sent',
  'edited',
  'replayed',
  'received',
  'duplicate',
  'failed',
  'processed',
];

/**
 * An order's whole life in the order of time. The table tells what became of it, the logs tell each receive on the way.
 */
export function lifeOf({ order, failures }: OrderRecord, lines: readonly OrderLogLine[]): readonly LifeEvent[] {
  const told: LifeEvent[] = failures.flatMap(eventsOfFailure);
  if (order !== undefined) {
    const { messageId, receiveCount, processedAt, sentAt, failureId } = order;
    if (sentAt !== undefined && failureId === null) told.push({ at: sentAt, event: 'sent', messageId });
    told.push({ at: processedAt, event: 'processed', messageId, receiveCount });
  }
  const sent = new Set<string>();
  return [...told, ...lines.flatMap((line) => eventsOfLine(line, told))]
    .filter(({ event, messageId = '' }) => event !== 'sent' || (!sent.has(messageId) && sent.add(messageId)))
    .toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : ranks.indexOf(a.event) - ranks.indexOf(b.event)));
}

/** Ids of all messages that brought the order, for the search in the logs. */
export function messageIdsOf({ order, failures }: OrderRecord): readonly string[] {
  const ids = failures.flatMap(({ failureId, history }) => [failureId, ...history.map(({ messageId }) => messageId)]);
  return [...new Set([order?.messageId, ...ids].filter((id) => id !== undefined))];
}

function eventsOfFailure({ failureId, sentAt, history }: FailureRow): LifeEvent[] {
  const first: LifeEvent[] = sentAt === undefined ? [] : [{ at: sentAt, event: 'sent', messageId: failureId }];
  // The order's own row tells more of how it was processed.
  return [...first, ...history.filter(({ event }) => event !== 'processed').map(eventOfEntry)];
}

function eventOfEntry({ at, event, messageId, by, receiveCount, kind, reasons = [] }: HistoryEntry): LifeEvent {
  return {
    at,
    event,
    ...(messageId !== undefined && { messageId }),
    ...(receiveCount !== undefined && { receiveCount }),
    ...(by !== undefined && { by }),
    ...(kind !== undefined && { outcome: reasons.length > 0 ? `${kind}: ${reasons.join(', ')}` : kind }),
  };
}

function eventsOfLine({ atMs, fields }: OrderLogLine, told: readonly LifeEvent[]): LifeEvent[] {
  const { message, messageId, receiveCount, reasons, kind, error, firstMessageId } = fields;
  if (typeof messageId !== 'string') return [];
  const known = (event: LifeEvent['event']) =>
    told.some((each) => each.event === event && each.messageId === messageId);
  const what = {
    at: isoTime(atMs),
    messageId,
    ...(typeof receiveCount === 'number' && { receiveCount }),
  };
  const why =
    Array.isArray(reasons) && reasons.length > 0
      ? reasons.join(', ')
      : typeof kind === 'string'
        ? kind
        : failureKinds.invalid;
  switch (message) {
    case logMessages.goodOrder:
      return known('processed') ? [] : [{ ...what, event: 'processed' }];
    case logMessages.badOrder:
      return [{ ...what, event: 'received', outcome: why }];
    case logMessages.orderNotProcessed:
      return [{ ...what, event: 'received', outcome: `not processed, to be tried again: ${errorText(error)}` }];
    case logMessages.duplicateOrder:
    case logMessages.alreadyProcessed:
      return [
        { ...what, event: 'duplicate', outcome: `processed before, brought by message ${String(firstMessageId)}` },
      ];
    case logMessages.failedOrder:
      return known('failed') ? [] : [{ ...what, event: 'failed', outcome: why }];
    case logMessages.failureNotRecorded:
      return [
        { ...what, event: 'received', outcome: `failure not written down, to be tried again: ${errorText(error)}` },
      ];
    default:
      return [];
  }
}

function errorText(error: unknown): string {
  const { name, message } = (error ?? {}) as { readonly name?: unknown; readonly message?: unknown };
  return `${String(name)}: ${String(message)}`;
}
