import { createHash } from 'node:crypto';
import type { ReadOrder } from '../order/read-order.ts';
import { conflictReason, type FailureKind, failureKinds } from '../telemetry.ts';

/** Why an order failed. */
export interface Failure {
  readonly kind: FailureKind;
  /** Field-level, without values; empty for a valid order that ran out of attempts. */
  readonly reasons: readonly string[];
  /** Fingerprint of kind and reasons. */
  readonly cause: string;
}

/** @param idIsTaken whether another order is written under the key of this one */
export function failureOf(read: ReadOrder, idIsTaken: boolean): Failure {
  if (read.kind !== 'order') return failure(read.kind, read.reasons);
  return idIsTaken ? failure(failureKinds.conflictingId, [conflictReason]) : failure(failureKinds.outOfAttempts, []);
}

function failure(kind: FailureKind, reasons: readonly string[]): Failure {
  return { kind, reasons, cause: causeOf(kind, reasons) };
}

/**
 * Fingerprint of why an order failed, 12 hex digits. It is the same for the same kind and the same fields at fault.
 * The fields' values, their order and the indexes of array elements make no difference.
 */
export function causeOf(kind: string, reasons: readonly string[]): string {
  const faults = new Set(reasons.filter((reason) => !countsTheRest.test(reason)).map(anyElement));
  return createHash('sha256')
    .update(JSON.stringify([kind, [...faults].toSorted()]))
    .digest('hex')
    .slice(0, 12);
}

/** The last of too many reasons (`readOrder`) says how many more there were. The number is no part of the cause. */
const countsTheRest = /^and (at least )?\d+ more$/;

/** `/items/3 must be a string` → `/items/* must be a string` */
export function anyElement(reason: string): string {
  return reason.replaceAll(/\/\d+(?=[/ ]|$)/g, '/*');
}
