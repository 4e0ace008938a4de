import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { contentHashOf, sameContent } from '../../../shared/ledger/content.ts';
import { attributeValues } from '../../../shared/ledger/expressions.ts';
import {
  type FailureRow,
  type Lineage,
  lineageAttribute,
  type MessageAttributes,
  mostReplays,
  orderRowKey,
  replayCap,
} from '../../../shared/ledger/rows.ts';
import { replayNoted, replaySent, type SentReplay } from '../../../shared/ledger/transitions.ts';
import { readOrder } from '../../../shared/order/read-order.ts';
import type { Cut } from '../../../shared/sending.ts';
import { conflictReason, type FailureKind, failureKinds } from '../../../shared/telemetry.ts';
import {
  messageBatches,
  mostBytesText,
  type OutgoingMessage,
  type Parcel,
  sendMessages,
  type SendQueue,
} from '../aws/send.ts';
import { forEachAtOnce } from '../streams.ts';
import { isoTime, sleep } from '../time.ts';
import { type TableConnection, updateRow } from './table.ts';

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
 * Sends failures back to the orders queue. Each failure is sent first and marked afterwards. When the command is cut
 * short in between, the failure stays in the ledger, and a second replay is a harmless duplicate, because orders are
 * written once. In the other order of steps an order could be lost. For the same reason a replayed failure whose
 * message may be lost can be sent again.
 *
 * @param told is called once for each failure, as soon as its outcome is certain
 */
export async function replay(
  table: TableConnection,
  queue: SendQueue,
  failures: AsyncIterable<FailureRow>,
  options: ReplayOptions,
  told: (outcome: ReplayOutcome) => void,
): Promise<void> {
  const { by, ratePerSecond, dryRun, signal } = options;
  const perRequest = ratePerSecond === undefined ? 10 : Math.min(10, Math.max(1, Math.ceil(ratePerSecond / 10)));
  const batches = messageBatches(acceptable(table, failures, options, told), perRequest);
  const pace = createPace(table.clock, ratePerSecond);
  const work = async (batch: Cut<Parcel<FailureRow>>) => {
    if (batch.kind === 'too-large') {
      const { message: parcel, bytes } = batch;
      const reason = `has ${bytes} bytes with its lineage, ${mostBytesText}`;
      return told({ replayed: false, failure: parcel.subject, reason });
    }
    const { messages: parcels } = batch;
    if (dryRun) return parcels.forEach(({ subject }) => told({ replayed: true, failure: subject }));
    await pace(parcels.length, signal);
    if (!signal.aborted) await sendAndMark(parcels);
  };

  async function sendAndMark(parcels: readonly Parcel<FailureRow>[]): Promise<void> {
    // Taken before the message is sent, so that whatever comes of it is later.
    const at = isoTime(table.clock.now());
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
    // All marks are awaited, so that none is under way when the first error ends the command.
    const [failed] = (await Promise.allSettled(marks)).filter(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
  }

  await forEachAtOnce(batches, requestsInFlight, work, signal);
}

async function* acceptable(
  table: TableConnection,
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

/** Makes a wait that lets so many more messages pass as the rate allows. */
function createPace(clock: TableConnection['clock'], ratePerSecond: number | undefined) {
  let nextAtMs = clock.now();
  return async (messages: number, signal: AbortSignal): Promise<void> => {
    if (ratePerSecond === undefined) return;
    const startAtMs = Math.max(nextAtMs, clock.now());
    nextAtMs = startAtMs + (messages / ratePerSecond) * 1000;
    if (startAtMs > clock.now()) await sleep(clock, startAtMs - clock.now(), signal);
  };
}

/**
 * Writes down that a failure was sent again. Where the outcome was quicker, the row has it already; where somebody
 * edited the failure meanwhile, the row has another body than was sent. Then only the history gains the entry.
 */
export async function markReplayed(table: TableConnection, failure: FailureRow, sent: SentReplay): Promise<void> {
  if (await updateRow(table, replaySent(failure, sent))) return;
  // A failure that was purged meanwhile has no history to complete.
  await updateRow(table, replayNoted(failure, sent));
}

/** SQS takes ten message attributes (Developer Guide, message metadata); one of them is the lineage. */
const maximumOwnAttributes = 9;

/** What a person insists on. */
interface Insistence {
  /** What would fail again, and beyond the cap, too. */
  readonly force: boolean;
  /** What is replayed already, too: the message that was sent may be lost. Default: no. */
  readonly resend?: boolean | undefined;
}

/** Why a failure is not replayed, whatever its body; undefined when it may be. */
function refusal(row: FailureRow, { force, resend = false }: Insistence): string | undefined {
  const { status, history, messageAttributes } = row;
  if (status !== 'failed' && !(status === 'replayed' && resend)) return `is ${status} already`;
  // The history has more replays than the count says when two people replayed at the same time.
  const replays = Math.max(row.replayCount, history.filter(({ event }) => event === 'replayed').length);
  if (replays >= mostReplays) {
    return `has been replayed ${replays} times, the most its row has room for: send the order anew, or purge it`;
  }
  if (row.replayCount >= replayCap && !force) {
    return `has been replayed ${row.replayCount} times: find out why it comes back, or insist with --force`;
  }
  if (Object.keys(own(messageAttributes)).length > maximumOwnAttributes) {
    return 'has ten message attributes of its own, and the eleventh, its lineage, is more than SQS takes';
  }
}

/** The message that brings a failure back to the orders queue: its body, its attributes and where it comes from. */
export function replayMessage(row: FailureRow, by: string): OutgoingMessage {
  const { orderKey, failureId, replayCount, replayToken: token, body, messageAttributes } = row;
  const lineage: Lineage = { orderKey, failureId, count: replayCount + 1, by, token };
  return {
    body,
    attributes: {
      ...own(messageAttributes),
      [lineageAttribute]: { dataType: 'String', stringValue: JSON.stringify(lineage) },
    },
    groupId: orderKey,
    senderGroupId: row.messageGroupId,
    // A second replay is another message, and so is one of an edited body. A second try of the same replay is not.
    deduplicationId: contentHashOf(JSON.stringify([failureId, lineage.count, body])),
  };
}

function own(attributes: MessageAttributes): MessageAttributes {
  const { [lineageAttribute]: _former, ...others } = attributes;
  return others;
}

/** Whether an order would be processed now. */
type Verdict =
  | { readonly passes: true }
  | { readonly passes: false; readonly kind: FailureKind; readonly reasons: readonly string[] };

const pass: Verdict = { passes: true };

/**
 * What process-orders would say if a failure were replayed with this body. It holds the body against today's
 * validation. If the failure failed because of its id, it looks whether that id still belongs to another order.
 */
export async function judge(table: TableConnection, row: FailureRow, body: string): Promise<Verdict> {
  const read = readOrder(body);
  if (read.kind !== 'order') return { passes: false, kind: read.kind, reasons: read.reasons };
  if (row.kind !== failureKinds.conflictingId) return pass;
  const { Item: order } = await table.client.send(
    new GetItemCommand({
      TableName: table.name,
      Key: attributeValues(orderRowKey(read.orderId ?? row.orderKey)),
      ProjectionExpression: 'contentHash',
      ConsistentRead: true,
    }),
  );
  const contentHash = order?.['contentHash']?.S;
  if (contentHash === undefined || sameContent(body)(contentHash)) return pass;
  return { passes: false, kind: failureKinds.conflictingId, reasons: [conflictReason] };
}
