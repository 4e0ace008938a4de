import { orderSchemaVersion } from '../order/order-schema-version.generated.ts';
import { contentOf } from './content.ts';
import {
  type Changes,
  type DeleteRequest,
  deleteRequest,
  updateRequest,
  type UpdateRequest,
  type Values,
} from './expressions.ts';
import type { Failure } from './failure.ts';
import type { Message } from './message.ts';
import { sameBody } from './order-transitions.ts';
import {
  attributeList,
  causeShard,
  type FailurePlace,
  type FailureRow,
  failureRowKey,
  type HistoryEntry,
  type Lineage,
  statusShard,
} from './rows.ts';

/*
 * The state machine of the orders table: of its failures here, of its orders in order-transitions.ts. Each change of a
 * row is one function: from what is known to a request. The functions and the commands send these requests, and nobody
 * else spells an expression. DynamoDB does all writes to one row one after the other. The condition of a request decides
 * whether the request still applies when its turn comes.
 *
 * The row of a failure. "Message is new": its id is not in `recordedMessages`. "Same body": the body says the same,
 * perhaps in another layout (content.ts). "As read": the row has still the token, the status and the length of history
 * that the sender read. Whatever happens to a failure makes its history longer, and whoever writes down again what was
 * purged gives it another token.
 *
 *   from              to         transition       sent by          condition                     if the condition fails
 *   ----------------  ---------  ---------------  ---------------  ----------------------------  ---------------------------
 *   none              failed     failureWritten   failed-orders    message is new                written down before
 *   any but none      failed     failedAgain      failed-orders    message is new, same body     written down before,
 *                                                                  and token, no later replay    overtaken, edited or purged
 *                                                                  was sent
 *   any but none      same       failedLate       failed-orders    message is new, same body     written down before,
 *                                                                  and token, a later replay     edited or purged
 *                                                                  was sent
 *   failed, replayed  processed  replayProcessed  both functions   same body, token of the row   marked, edited or purged
 *                                                                                                before, or a made-up lineage
 *   failed, replayed  processed  copyProcessed    both functions   same body                     marked, edited or purged
 *   failed, replayed  replayed   replaySent       orders replay    as read                       replayNoted
 *   any but none      same       replayNoted      orders replay    same token                    purged meanwhile
 *   failed            failed     bodyChanged      orders edit,     as read                       changed by somebody else
 *                                                 orders patch
 *   any               none       purged           orders purge     as read, or gone already      changed since the export
 */

/** A failure, and what its row is written from. */
interface FailureToWrite extends Failure, FailurePlace {
  readonly orderId: string | null;
  /** Of a new row; a row keeps the one it has. */
  readonly replayToken: string;
  readonly message: Message;
  /** ISO 8601, UTC. */
  readonly now: string;
}

/** Writes a failure of a message that is no replay. */
export function failureWritten(failure: FailureToWrite): UpdateRequest {
  const changes = failing(failure);
  return updateRequest({ ...changes, setOnce: { ...changes.setOnce, replayCount: 0 } });
}

/** Writes a replay that failed again into the row that the replay came from. @param replayCount of the replay */
export function failedAgain(failure: FailureToWrite, replayCount: number): UpdateRequest {
  const changes = failing(failure);
  return updateRequest({
    ...changes,
    set: { ...changes.set, replayCount },
    condition: `${changes.condition} AND #replayToken = :replayToken AND #replayCount <= :replayCount AND ${sameBody}`,
  });
}

/** Adds a replay to the history that failed after a later replay of the same failure was sent. */
export function failedLate(failure: FailureToWrite, replayCount: number): UpdateRequest {
  const changes = recording(failure);
  return updateRequest({
    ...changes,
    condition: `${changes.condition} AND #replayToken = :replayToken AND #replayCount > :replayCount AND ${sameBody}`,
    conditionValues: {
      ...changes.conditionValues,
      replayToken: failure.replayToken,
      replayCount,
      ...contentOf(failure.message.body),
    },
  });
}

/** Adds a message to a failure's row once, however often the message is delivered. */
function recording({ orderKey, failureId, kind, reasons, message, now }: FailureToWrite) {
  const { messageId, receiveCount } = message;
  const entry = { at: now, event: 'failed', messageId, kind, reasons, receiveCount } satisfies HistoryEntry;
  return {
    key: failureRowKey(orderKey, failureId),
    append: { history: entry },
    add: { recordedMessages: new Set([messageId]) },
    condition: '(attribute_not_exists(pk) OR NOT contains(#recordedMessages, :messageId))',
    conditionValues: { messageId },
  } satisfies Changes;
}

function failing(failure: FailureToWrite) {
  const { orderKey, failureId, kind, reasons, cause, message, now } = failure;
  const set: Values = {
    orderKey,
    failureId,
    orderId: failure.orderId ?? undefined,
    status: 'failed',
    kind,
    reasons,
    cause,
    statusShard: statusShard('failed', failureId),
    causeShard: causeShard(cause, failureId),
    failedAt: now,
    firstSeenAt: message.firstSeenAt,
    receiveCount: message.receiveCount,
    messageGroupId: message.groupId ?? undefined,
    sourceQueueArn: message.sourceQueueArn ?? undefined,
    traceId: message.traceId ?? undefined,
    schemaVersion: orderSchemaVersion,
    ...contentOf(message.body),
    messageAttributes: attributeList(message.messageAttributes),
  } satisfies Partial<Record<keyof FailureRow, unknown>>;
  return {
    ...recording(failure),
    set,
    // What the row has of an earlier failure and this one has not.
    remove: ['orderId', 'messageGroupId', 'sourceQueueArn', 'traceId'].filter((name) => set[name] === undefined),
    setOnce: { firstFailedAt: now, sentAt: message.sentAt, replayToken: failure.replayToken },
  } satisfies Changes;
}

/** Marks the failure that a processed order was replayed from. */
export function replayProcessed(lineage: Lineage, message: Message, now: string): UpdateRequest {
  const changes = processing(lineage, message, now);
  return updateRequest({
    ...changes,
    condition: `${changes.condition} AND #replayToken = :replayToken`,
    conditionValues: { ...changes.conditionValues, replayToken: lineage.token },
  });
}

/** Marks a failure of a copy of the processed order. A failure whose body was edited since is no copy any more. */
export function copyProcessed(place: FailurePlace, message: Message, now: string): UpdateRequest {
  return updateRequest(processing(place, message, now));
}

function processing(place: FailurePlace, { messageId, receiveCount, body }: Message, now: string) {
  const entry = { at: now, event: 'processed', messageId, receiveCount } satisfies HistoryEntry;
  return {
    key: failureRowKey(place.orderKey, place.failureId),
    set: { status: 'processed' },
    append: { history: entry },
    // Out of both indexes: they hold what waits for somebody.
    remove: ['statusShard', 'causeShard'],
    condition: `attribute_exists(pk) AND #status <> :status AND ${sameBody}`,
    conditionValues: contentOf(body),
  } satisfies Changes;
}

/** What a command has read of a failure before it acts on it. */
type SeenFailure = SeenLife & Pick<FailureRow, 'status'> & { readonly history: readonly unknown[] };
type SeenLife = Pick<FailureRow, 'pk' | 'sk' | 'replayToken'>;

// A failure that was purged and written down again may have the status and the length of history that it had before.
const sameLife = '#replayToken = :seenToken';
const asRead = `${sameLife} AND #status = :seenStatus AND size(#history) = :seenEntries`;
const readValues = ({ replayToken, status, history }: SeenFailure) => ({
  seenToken: replayToken,
  seenStatus: status,
  seenEntries: history.length,
});

/** A replay that is in the queue by now. */
export interface SentReplay {
  readonly messageId: string;
  readonly by: string;
  /** ISO 8601. */
  readonly at: string;
}

/** Marks a failure as sent again; also one that is `replayed`, when its former message was lost. */
export function replaySent(
  failure: SeenFailure & Pick<FailureRow, 'failureId' | 'replayCount'>,
  sent: SentReplay,
): UpdateRequest {
  const { failureId, replayCount } = failure;
  return updateRequest({
    ...noting(failure, sent),
    set: {
      status: 'replayed',
      statusShard: statusShard('replayed', failureId),
      replayCount: replayCount + 1,
      replayedAt: sent.at,
    },
    remove: ['causeShard'],
    condition: asRead,
    conditionValues: readValues(failure),
  });
}

/** Only adds a sent replay to the history: the outcome was quicker than the mark, or somebody edited the failure. */
export function replayNoted(failure: SeenLife, sent: SentReplay): UpdateRequest {
  const conditionValues = { seenToken: failure.replayToken };
  return updateRequest({ ...noting(failure, sent), condition: sameLife, conditionValues });
}

function noting({ pk, sk }: SeenLife, { messageId, by, at }: SentReplay) {
  return { key: { pk, sk }, append: { history: { at, event: 'replayed', messageId, by } satisfies HistoryEntry } };
}

/** A new body, and who gives it when. */
export interface Edit {
  readonly body: string;
  readonly by: string;
  /** ISO 8601. */
  readonly at: string;
}

/** Gives a failure another body. The failure keeps its reasons and its cause. */
export function bodyChanged(failure: SeenFailure, { body, by, at }: Edit): UpdateRequest {
  const { pk, sk } = failure;
  return updateRequest({
    key: { pk, sk },
    set: contentOf(body),
    append: { history: { at, event: 'edited', by } satisfies HistoryEntry },
    condition: `${asRead} AND #status = :failed`,
    conditionValues: { ...readValues(failure), failed: 'failed' },
  });
}

/** Deletes a failure's row. A row that is gone may have gone by this very request, whose answer was lost. */
export function purged(failure: SeenFailure): DeleteRequest {
  const { pk, sk } = failure;
  return deleteRequest({
    key: { pk, sk },
    condition: `attribute_not_exists(pk) OR (${asRead})`,
    conditionValues: readValues(failure),
  });
}
