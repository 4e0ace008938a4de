import type { OrderState } from '../../shared/http-door.ts';
import type { FailureStatus } from '../../shared/ledger/rows.ts';
import { failureKinds } from '../../shared/telemetry.ts';

/**
 * What track-orders reads of a row: of an order `contentHash` and `processedAt`, of a failure the rest. Neither body nor
 * customer, nor anything that could lead there.
 */
export interface TrackedRow {
  readonly sk: string;
  readonly contentHash?: string;
  readonly processedAt?: string;
  readonly status?: FailureStatus;
  readonly kind?: string;
  readonly reasons?: readonly string[];
  readonly failedAt?: string;
  readonly replayedAt?: string;
}

/** The attributes of `TrackedRow`, as they are asked for. */
export const trackedAttributes = [
  'sk',
  'contentHash',
  'processedAt',
  'status',
  'kind',
  'reasons',
  'failedAt',
  'replayedAt',
] as const satisfies readonly (keyof TrackedRow)[];

/** Kinds whose reasons are about the order. The last error of an order that ran out of attempts is about the pipeline. */
const toldKinds: readonly string[] = [
  failureKinds.notJson,
  failureKinds.invalid,
  failureKinds.conflictingId,
  failureKinds.refused,
];

const ourFault = 'The order could not be processed, and is kept: whoever operates the pipeline sends it again.';

/**
 * The state of an order from its rows, by the same order of precedence as the books: processed if a copy was, or else
 * on its way, or else failed.
 */
export function stateOf(rows: readonly TrackedRow[]): OrderState {
  const failures = rows.filter(({ status }) => status !== undefined);
  const order = rows.find(({ sk, contentHash }) => sk === 'ORDER' && contentHash !== undefined);
  const processed = failures.find(({ status }) => status === 'processed');
  if (order !== undefined || processed !== undefined) {
    const conflicts = failures.filter(
      ({ kind, status }) => kind === failureKinds.conflictingId && status !== 'processed',
    );
    const processedAt = order?.processedAt;
    return {
      state: 'processed',
      ...(processedAt !== undefined && { processedAt }),
      ...(conflicts.length > 0 && { conflicts: conflicts.length }),
    };
  }
  const replayed = latest(failures.filter(({ status }) => status === 'replayed'));
  if (replayed !== undefined) {
    const { replayedAt } = replayed;
    return { state: 'replayed', ...(replayedAt !== undefined && { replayedAt }) };
  }
  const failed = latest(failures);
  if (failed === undefined) return { state: 'queued' };
  const { failedAt = '', kind = '', reasons = [] } = failed;
  return { state: 'failed', failedAt, kind, reasons: toldKinds.includes(kind) ? reasons : [ourFault] };
}

function latest(failures: readonly TrackedRow[]): TrackedRow | undefined {
  return failures.toSorted((one, other) => ((one.failedAt ?? '') < (other.failedAt ?? '') ? 1 : -1))[0];
}
