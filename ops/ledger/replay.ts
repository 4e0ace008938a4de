import { sleep } from 'local-aws';
import { messageBatches, mostBytesText, type Parcel } from '../aws/message-batches.ts';
import { sendMessages, type SendQueue } from '../aws/send-messages.ts';
import { judge } from './judge.ts';
import { markReplayed } from './mark-replayed.ts';
import type { FailureRow } from '../../shared/orders-table.ts';
import type { OrdersTable } from './orders-table-client.ts';
import { type Insistence, refusal, replayMessage } from './replayable.ts';

export interface ReplayOptions extends Insistence {
  readonly by: string;
  /** Messages a second; undefined: as fast as it goes. */
  readonly ratePerSecond?: number | undefined;
  /** Looks and judges, but sends nothing. */
  readonly dryRun: boolean;
  /** Takes no further failure once it aborts; what is being sent is seen to its end. */
  readonly signal: AbortSignal;
}

/** What became of one failure. */
export type ReplayOutcome =
  | {
      readonly replayed: true;
      readonly failure: FailureRow;
      /** The new message's; absent in a dry run. */
      readonly messageId?: string;
      /** Whether its row says that it was sent; false when the table failed then. Absent in a dry run. */
      readonly marked?: boolean;
    }
  | { readonly replayed: false; readonly failure: FailureRow; readonly reason: string };

const requestsInFlight = 4;

/**
 * Sends failures back to the orders queue. Each is sent first and marked then: when that is cut short in between, the
 * failure stays in the ledger and a second replay is a harmless duplicate, because orders are written once. The other
 * way round, an order could be lost. For the same reason a replayed failure whose message may be lost is sent again.
 *
 * @param told is called once for each failure, as soon as its outcome is certain
 */
export async function replay(
  table: OrdersTable,
  queue: SendQueue,
  failures: AsyncIterable<FailureRow>,
  options: ReplayOptions,
  told: (outcome: ReplayOutcome) => void,
): Promise<void> {
  const { by, ratePerSecond, dryRun, signal } = options;
  const perRequest = ratePerSecond === undefined ? 10 : Math.min(10, Math.max(1, Math.ceil(ratePerSecond / 10)));
  const batches = messageBatches(acceptable(table, failures, options, told), perRequest);
  const pace = createPace(table.clock, ratePerSecond);
  let stopped = false;

  async function work(): Promise<void> {
    while (!stopped && !signal.aborted) {
      const next = await batches.next();
      if (next.done === true) return;
      if (next.value.kind === 'too-large') {
        const { message: parcel, bytes } = next.value;
        told({
          replayed: false,
          failure: parcel.subject,
          reason: `has ${bytes} bytes with its lineage, ${mostBytesText}`,
        });
        continue;
      }
      const { messages: parcels } = next.value;
      if (dryRun) {
        for (const { subject } of parcels) told({ replayed: true, failure: subject });
        continue;
      }
      await pace(parcels.length, signal);
      if (stopped || signal.aborted) return;
      try {
        await sendAndMark(parcels);
      } catch (error) {
        stopped = true;
        throw error;
      }
    }
  }

  async function sendAndMark(parcels: readonly Parcel<FailureRow>[]): Promise<void> {
    // Before it is sent: whatever comes of it is later.
    const at = new Date(table.clock.now()).toISOString();
    const outcomes = await sendMessages(
      queue,
      parcels.map(({ message }) => message),
    );
    const marks = outcomes.map(async (outcome, position) => {
      const failure = parcels[position]!.subject;
      if (!outcome.sent)
        return told({ replayed: false, failure, reason: `was refused by SQS: ${outcome.code} ${outcome.message}` });
      const { messageId } = outcome;
      let marked = false;
      try {
        await markReplayed(table, failure, { messageId, by, at });
        marked = true;
      } finally {
        told({ replayed: true, failure, messageId, marked });
      }
    });
    // All of them are waited for, so that none is still being marked when the first error ends the command.
    const [failed] = (await Promise.allSettled(marks)).filter(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
  }

  const ends = await Promise.allSettled(Array.from({ length: requestsInFlight }, work));
  const [failed] = ends.filter(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}

async function* acceptable(
  table: OrdersTable,
  failures: AsyncIterable<FailureRow>,
  { by, force, resend, signal }: ReplayOptions,
  told: (outcome: ReplayOutcome) => void,
): AsyncGenerator<Parcel<FailureRow>> {
  for await (const failure of failures) {
    if (signal.aborted) return;
    const verdict = force ? undefined : await judge(table, failure, failure.body);
    const reason =
      refusal(failure, { force, resend }) ??
      (verdict?.passes === false ? `would fail again: ${verdict.reasons.join(', ')}` : undefined);
    if (reason === undefined) yield { subject: failure, message: replayMessage(failure, by) };
    else told({ replayed: false, failure, reason });
  }
}

/** Waits until so many more messages are within the rate. */
function createPace(clock: OrdersTable['clock'], ratePerSecond: number | undefined) {
  let nextAtMs = clock.now();
  return async (messages: number, signal: AbortSignal): Promise<void> => {
    if (ratePerSecond === undefined) return;
    const startAtMs = Math.max(nextAtMs, clock.now());
    nextAtMs = startAtMs + (messages / ratePerSecond) * 1000;
    if (startAtMs > clock.now()) await sleep(clock, startAtMs - clock.now(), signal);
  };
}
