import { isDeepStrictEqual } from 'node:util';
import { contentHashOf, idempotencyKeyOf } from '../../shared/ledger/content.ts';
import { causeOf } from '../../shared/ledger/failure.ts';
import { causeShard, type FailureRow, type OrderRow, statusShard } from '../../shared/ledger/rows.ts';
import { readOrder } from '../../shared/order/read-order.ts';
import { conflictReason, failureKinds } from '../../shared/telemetry.ts';
import { eventInvariants } from './event-invariants.ts';
import { httpInvariants } from './http-invariants.ts';
import { mailInvariants } from './mail-invariants.ts';
import type { Evidence } from '../trial/evidence.ts';
import { isRefused, refusal } from '../trial/label-service.ts';

/** A sentence for each case in which an invariant does not hold. */
type Invariant = (evidence: Evidence) => readonly string[];

/** What holds whenever nothing moves any more, whatever was broken before. */
export const invariants = {
  ...eventInvariants,
  ...httpInvariants,
  ...mailInvariants,

  'nothing is in flight': ({ messages }) => (messages === 0 ? [] : [`${messages} messages are in the queues.`]),

  'what a sender was told is queued was sent': ({ promised, sent }) => {
    const different = new Set(sent.values()).size;
    return different >= promised ? [] : [`${promised} orders were to be queued, and ${different} were.`];
  },

  'every order is processed or in the ledger': (evidence) => {
    const processed = new Set(evidence.orders.map(unitOfOrder));
    const failed = new Set(evidence.failures.map(unitOfFailure));
    return unitsSent(evidence)
      .filter(({ unit }) => !processed.has(unit) && !failed.has(unit))
      .map(({ messageId }) => `Message ${messageId} is neither processed nor in the ledger.`);
  },

  'no order is processed twice': ({ orders, created, found }) => {
    const now = new Map(orders.map((order) => [order.pk, order]));
    return [
      ...orders
        .filter(({ orderKey }) => created.get(orderKey) !== 1)
        .map(({ orderKey }) => `Order ${orderKey} was written ${created.get(orderKey) ?? 0} times.`),
      ...[...created.keys()]
        .filter((orderKey) => !orders.some((order) => order.orderKey === orderKey))
        .map((orderKey) => `Order ${orderKey} was written and is not there.`),
      ...found
        .filter((row) => !isSameOrder(row, now.get(row.pk)))
        .map(({ orderKey }) => `Order ${orderKey} was changed after it was written.`),
    ];
  },

  'no order is processed and in the ledger': ({ orders, failures }) => {
    const processed = new Set(orders.map(unitOfOrder));
    return failures
      .filter((failure) => failure.status === 'failed' && processed.has(unitOfFailure(failure)))
      .map(({ failureId, orderKey }) => `Failure ${failureId} waits for somebody; its order ${orderKey} is processed.`);
  },

  'sent = processed + failed': (evidence) => {
    const { orders, failures } = evidence;
    const sent = new Set(unitsSent(evidence).map(({ unit }) => unit)).size;
    const processed = orders.length;
    const failed = new Set(failures.filter(({ status }) => status !== 'processed').map(unitOfFailure)).size;
    return sent === processed + failed ? [] : [`sent ${sent}, but processed ${processed} + failed ${failed}.`];
  },

  'nothing stands in the table that nobody sent': ({ sent, orders, failures }) => {
    const bodies = new Set(sent.values());
    return [...orders, ...failures]
      .filter((row) => !bodies.has(row.body))
      .map(({ pk, sk }) => `Nobody sent the body of ${pk} ${sk}.`);
  },

  'a failure has the body of its message': ({ sent, failures }) =>
    failures
      .filter((failure) => sent.get(failure.failureId) !== failure.body)
      .map(({ failureId }) => `Failure ${failureId} has another body than was sent.`),

  'a failure has the attributes of its message': ({ attributes, failures }) =>
    failures
      .filter((failure) => !isDeepStrictEqual(failure.messageAttributes, attributes.get(failure.body) ?? {}))
      .map(({ failureId }) => `Failure ${failureId} has other attributes than were sent.`),

  'what waits for somebody is found': ({ failures }) =>
    failures.filter((failure) => !isIndexed(failure)).map(({ failureId }) => `No list has failure ${failureId} right.`),

  'every bad order has its reasons': ({ sent, failures }) => {
    const rows = new Map(failures.map((failure) => [failure.failureId, failure]));
    return [...sent].flatMap(([messageId, body]) => {
      const read = readOrder(body);
      const row = rows.get(messageId);
      if (read.kind === 'order') return [];
      const isTrue = row?.kind === read.kind && row.reasons.length > 0 && row.reasons.join() === read.reasons.join();
      return isTrue ? [] : [`Message ${messageId} is ${read.kind} (${read.reasons.join(', ')}), not ${told(row)}.`];
    });
  },

  'no good order is called a bad one': ({ orders, failures, effects }) => {
    const processed = new Map(orders.map((order) => [order.orderKey, order]));
    return failures
      .filter((failure) => {
        if (readOrder(failure.body).kind !== 'order') return false;
        if (failure.kind === failureKinds.outOfAttempts) return !isLastError(failure.reasons, effects !== undefined);
        // An edited failure keeps the reasons that its former body had.
        if (failure.history.some(({ event }) => event === 'edited')) return false;
        if (failure.kind === failureKinds.refused)
          return (
            effects === undefined || !isRefused(keyOfFailure(failure)) || !failure.reasons.join().endsWith(refusal)
          );
        const other = processed.get(readOrder(failure.body).orderId ?? failure.orderKey);
        const conflicts = other !== undefined && unitOfOrder(other) !== unitOfFailure(failure);
        return !(failure.kind === failureKinds.conflictingId && conflicts && failure.reasons.join() === conflictReason);
      })
      .map((failure) => `Failure ${failure.failureId} is a valid order, not ${told(failure)}.`);
  },

  'a failure has the cause that its reasons make': ({ failures }) =>
    failures
      .filter(({ kind, reasons, cause }) => cause !== causeOf(kind, reasons))
      .map((failure) => `Failure ${failure.failureId} has the cause ${failure.cause}, and is ${told(failure)}.`),

  'a failure is written down once for each message': ({ failures }) =>
    failures.flatMap(({ failureId, history }) => {
      const messages = history.filter(({ event }) => event === 'failed').map(({ messageId }) => messageId);
      return new Set(messages).size === messages.length ? [] : [`Failure ${failureId} has a message's failure twice.`];
    }),

  'no order is processed without its effect': ({ orders, effects }) =>
    effects === undefined
      ? []
      : orders
          .filter((order) => effects.labels.get(keyOfOrder(order))?.made !== 1)
          .map(({ orderKey }) => `Order ${orderKey} is processed, and has no label.`),

  'what is refused has no effect': ({ failures, effects }) =>
    failures
      .filter((failure) => failure.kind === failureKinds.refused && effects?.labels.has(keyOfFailure(failure)))
      .map(({ failureId }) => `Failure ${failureId} is of a refused order, and has a label.`),

  'an effect is of one order that was sent, and has one key': (evidence) => {
    const { sent, effects = { labels: new Map<string, never>(), mismatches: [] } } = evidence;
    const keys = new Set(
      [...sent].map(([messageId, body]) => idempotencyKeyOf(readOrder(body).orderId ?? messageId, body)),
    );
    return [
      ...[...effects.labels.keys()].filter((key) => !keys.has(key)).map((key) => `The key ${key} is of no order.`),
      ...effects.mismatches.map((key) => `The key ${key} came with two different requests.`),
    ];
  },

  'nothing failed where nobody looks': ({ lines, defects }) => [
    ...lines
      .filter((line) => /unhandled|uncaught/i.test(line))
      .map((line) => `A function logged ${line.slice(0, 300)}`),
    ...defects.map((defect) => `The runtime said: ${defect.slice(0, 1_000)}`),
  ],
} as const satisfies Readonly<Record<string, Invariant>>;

/** What also holds after everything that failed for a passing reason was replayed without faults. */
export const invariantsAfterReplay = {
  'a replay of what failed for a passing reason processes it': ({ failures }) =>
    failures
      .filter(
        ({ kind, status }) => status === 'replayed' || (kind === failureKinds.outOfAttempts && status === 'failed'),
      )
      // A replay sends one copy of an order. When the order is refused, its other copies stay as they are.
      .filter((failure) => failure.status === 'replayed' || !hasRefusedCopy(failure, failures))
      .map((failure) => `Failure ${failure.failureId} is still ${failure.status}: ${told(failure)}.`),

  'a replay of an edited order processes it': ({ failures }) =>
    failures
      .filter(({ status, history }) => status !== 'processed' && history.some(({ event }) => event === 'edited'))
      .filter((failure) => failure.kind !== failureKinds.refused || !isRefused(keyOfFailure(failure)))
      .map(({ failureId, status }) => `Failure ${failureId} was mended, and is ${status}.`),
} as const satisfies Readonly<Record<string, Invariant>>;

export interface Violation {
  readonly invariant: string;
  readonly detail: string;
}

/** Whether another failure of the same order says that the order is refused. */
function hasRefusedCopy(failure: FailureRow, failures: readonly FailureRow[]): boolean {
  const key = keyOfFailure(failure);
  return isRefused(key) && failures.some((copy) => copy.kind === failureKinds.refused && keyOfFailure(copy) === key);
}

/** Everything that does not hold. */
export function violations(evidence: Evidence, { afterReplay }: { readonly afterReplay: boolean }): Violation[] {
  const all: Readonly<Record<string, Invariant>> = { ...invariants, ...(afterReplay && invariantsAfterReplay) };
  return Object.entries(all).flatMap(([invariant, check]) => check(evidence).map((detail) => ({ invariant, detail })));
}

/**
 * What counts as one order. A valid order is known by its content and its id, or by its first message when it has no id.
 * So copies are one order, and other content under the same id is another order. A bad order is known by its message.
 */
function unitsSent({ sent }: Evidence): { readonly messageId: string; readonly unit: string }[] {
  return [...sent].map(([messageId, body]) => {
    const read = readOrder(body);
    return { messageId, unit: read.kind === 'order' ? unitOf(read.orderId ?? messageId, body) : messageId };
  });
}

function unitOfOrder(order: OrderRow): string {
  return unitOf(order.orderKey, order.body);
}

function unitOfFailure(failure: FailureRow): string {
  const read = readOrder(failure.body);
  return read.kind === 'order' ? unitOf(read.orderId ?? failure.orderKey, failure.body) : failure.failureId;
}

const keyOfOrder = ({ orderKey, body }: OrderRow) => idempotencyKeyOf(orderKey, body);

const keyOfFailure = ({ orderKey, body }: FailureRow) => idempotencyKeyOf(readOrder(body).orderId ?? orderKey, body);

/** Processing that has no effects does not fail here; the label service makes the other one fail in these ways. */
function isLastError(reasons: readonly string[], hasEffects: boolean): boolean {
  if (reasons.length === 0) return true;
  return (
    hasEffects &&
    reasons.length === 1 &&
    /^(LabelApiError|TypeError|OutOfTime|AbortError|Interrupted): /.test(reasons[0]!)
  );
}

const unitOf = (orderKey: string, body: string) => `${orderKey} ${contentHashOf(body)}`;

function isSameOrder(before: OrderRow, now: OrderRow | undefined): boolean {
  return (
    now !== undefined &&
    before.processedAt === now.processedAt &&
    before.messageId === now.messageId &&
    before.contentHash === now.contentHash &&
    before.body === now.body
  );
}

/**
 * Whether both indexes hold the failure as they must: by status while it is failed or replayed, by cause while it is
 * failed.
 */
function isIndexed({ failureId, status, cause, ...row }: FailureRow): boolean {
  return (
    row.statusShard === (status === 'processed' ? undefined : statusShard(status, failureId)) &&
    row.causeShard === (status === 'failed' ? causeShard(cause, failureId) : undefined)
  );
}

function told(row: FailureRow | undefined): string {
  return row === undefined ? 'in the ledger at all' : `${row.kind} (${row.reasons.join(', ')})`;
}
