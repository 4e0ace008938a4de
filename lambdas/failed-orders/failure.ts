import { causeOf } from '../../shared/cause.ts';
import { conflictReason, type FailureKind, failureKinds } from '../../shared/log-messages.ts';
import type { ReadOrder } from '../../shared/read-order.ts';

/** What a message of bad-orders is. */
export interface Failure {
  readonly kind: FailureKind;
  /** Field-level, without values; empty for a valid order that ran out of attempts. */
  readonly reasons: readonly string[];
  /** Fingerprint of kind and reasons. */
  readonly cause: string;
}

/** @param idIsTaken whether another order is written under the key of this one, if it is one */
export function failureOf(read: ReadOrder, idIsTaken: boolean): Failure {
  const failure = kindOf(read, idIsTaken);
  return { ...failure, cause: causeOf(failure.kind, failure.reasons) };
}

function kindOf(read: ReadOrder, idIsTaken: boolean): Pick<Failure, 'kind' | 'reasons'> {
  if (read.kind !== 'order') return { kind: read.kind, reasons: read.reasons };
  if (idIsTaken) return { kind: failureKinds.conflictingId, reasons: [conflictReason] };
  return { kind: failureKinds.outOfAttempts, reasons: [] };
}
