import { createHash } from 'node:crypto';
import type { ReadOrder } from '../order/read-order.ts';
import { conflictReason, describeError, type FailureKind, failureKinds } from '../telemetry.ts';
import { sameContent } from './content.ts';
import { mostReasonBytes, type OrderNotes } from './rows.ts';

/** Why an order failed. */
export interface Failure {
  readonly kind: FailureKind;
  /**
   * Field-level, without values. Of a valid order that ran out of attempts: the last error of its processing, if one is
   * known. Of a refused order: what the processing says.
   */
  readonly reasons: readonly string[];
  /** Fingerprint of kind and reasons. */
  readonly cause: string;
}

/** What the row of an order tells of a message whose body is a valid order, which is not processed. */
export interface Tries {
  /** Whether another order is written under the key of this one. */
  readonly idIsTaken?: boolean;
  /** The reasons for which the processing refused the order. */
  readonly refusal?: readonly string[] | undefined;
  /** How the last try ended. */
  readonly lastError?: string | undefined;
}

export function failureOf(read: ReadOrder, { idIsTaken = false, refusal, lastError }: Tries = {}): Failure {
  if (read.kind !== 'order') return failure(read.kind, read.reasons);
  if (refusal !== undefined) return failure(failureKinds.refused, refusal);
  if (idIsTaken) return failure(failureKinds.conflictingId, [conflictReason]);
  return failure(failureKinds.outOfAttempts, lastError === undefined ? [] : [lastError]);
}

function failure(kind: FailureKind, reasons: readonly string[]): Failure {
  return { kind, reasons, cause: causeOf(kind, reasons) };
}

/**
 * Fingerprint of why an order failed, 12 hex digits. It is the same for the same kind and the same fields at fault, or
 * the same kind of error. The fields' values, their order and the indexes of array elements make no difference.
 */
export function causeOf(kind: string, reasons: readonly string[]): string {
  const faults = new Set(commonReasons(kind, reasons).filter((reason) => !countsTheRest.test(reason)));
  return createHash('sha256')
    .update(JSON.stringify([kind, [...faults].toSorted()]))
    .digest('hex')
    .slice(0, 12);
}

/** The last of too many reasons (`readOrder`) says how many more there were. The number is no part of the cause. */
const countsTheRest = /^and (at least )?\d+ more$/;

/** The reasons that failures of one cause have in common: what differs from order to order is `*`. */
export function commonReasons(kind: string, reasons: readonly string[]): readonly string[] {
  return [...new Set(reasons.map(kind === failureKinds.outOfAttempts ? anyOrder : anyElement))];
}

/** `/items/3 must be a string` → `/items/* must be a string` */
function anyElement(reason: string): string {
  return reason.replaceAll(/\/\d+(?=[/ ]|$)/g, '/*');
}

/** Ids, amounts and times in an error: words of four characters or more with a digit. A status such as 503 stays. */
function anyOrder(error: string): string {
  return error.replaceAll(/[\w-]*\d[\w-]*/g, (word) => (word.length > 3 ? '*' : word));
}

/**
 * How the last try of an order ended, as far as the order's row tells. A claim that is over and was not given back is
 * younger than the last error that was kept.
 *
 * @param body of the order: the row may tell of another order with its id
 * @param now ISO 8601
 */
export function lastErrorOf(body: string, row: OrderNotes, now: string): string | undefined {
  const { claim, claimHash, claimedUntil = now, lastError } = row;
  const isSame = sameContent(body);
  const isGivenBack = claim === undefined || claim === lastError?.claim;
  if (isSame(claimHash) && claimedUntil < now && !isGivenBack) return interrupted;
  return isSame(lastError?.contentHash) ? lastError?.error : undefined;
}

const interrupted =
  'Interrupted: the work began, and its end was not written down: the function ended, or the table failed';

/**
 * An error of the processing as a reason, at most `mostReasonBytes`: `TypeError: fetch failed (Error: connect
 * ECONNREFUSED)`. Never throws, whatever was thrown.
 */
export function errorReason(error: unknown): string {
  const { name, message } = describeError(error);
  return atMostBytes(`${name}: ${message}`, mostReasonBytes);
}

/** What a reason costs beside its text, in bytes: the row has it in JSON and in lists. */
const reasonOverheadBytes = 3;

/** The reasons of a refusal, all together at most `mostReasonBytes`: what is more is left out. */
export function refusalReasons(reasons: readonly string[]): readonly string[] {
  let room = mostReasonBytes;
  return reasons.flatMap((reason) => {
    const kept = atMostBytes(reason, Math.max(0, room));
    room -= Buffer.byteLength(kept) + reasonOverheadBytes;
    return kept === '' ? [] : kept;
  });
}

/** Control characters, which JSON makes six times as long, become spaces; line breaks and tabs stay. */
function atMostBytes(text: string, bytes: number): string {
  const sound = text.toWellFormed().replaceAll(/(?![\n\t])\p{Cc}/gu, ' ');
  return sound.slice(0, new TextEncoder().encodeInto(sound, new Uint8Array(bytes)).read);
}
