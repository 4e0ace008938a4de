import { orderSchemaVersion } from '../order/order-schema-version.generated.ts';
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
import {
  attributeList,
  causeShard,
  contentHashOf,
  failedCopyText,
  type FailurePlace,
  type FailureRow,
  failureRowKey,
  type HistoryEntry,
  type LastError,
  type Lineage,
  mostFailedCopies,
  mostRefusals,
  orderRowKey,
  refusalText,
  statusShard,
} from './rows.ts';

/*
 * The state machine of the orders table. Each change of a row is one function: from what is known to a request. The
 * functions and the commands send these requests, and nobody else spells an expression. DynamoDB puts all writes to one
 * row in an order. The condition of a request decides whether the request still applies when its turn comes.
 *
 * The row of an order. `noted`: the row holds only `OrderNotes`. `claimed`: a delivery has claimed the id, and its time is
 * not over. A claim that is over counts as none, so that nobody has to take it away.
 *
 *   from              to         transition       sent by          condition                     if the condition fails
 *   ----------------  ---------  ---------------  ---------------  ----------------------------  ---------------------------
 *   none, noted       claimed    orderClaimed     process-orders   message was not refused       refused before
 *   claimed           claimed    orderClaimed     process-orders   own claim: a second request   another delivery has it
 *   none, noted       processed  orderWritten     process-orders   –                             –
 *   claimed           processed  orderWritten     process-orders   claim is for the same body    another order has the id
 *   processed         processed  orderWritten     process-orders   same body: a duplicate        another order has the id
 *   claimed           noted      errorNoted,      process-orders   own claim                     the claim is lost
 *                                refusalNoted                                                    (or there is no room)
 *   none, noted       noted      errorNoted,      process-orders   –                             – (or there is no room)
 *                                refusalNoted
 *   none, noted,      same,      failedCopyNoted  failed-orders    not processed, room for more  a copy is processed, or full
 *   claimed           noted
 *
 * The row of a failure. "Message is new": its id is not in `recordedMessages`. "As read": the row has still the status
 * and the length of history that the sender read. Whatever happens to a failure makes its history longer.
 *
 *   from              to         transition       sent by          condition                     if the condition fails
 *   ----------------  ---------  ---------------  ---------------  ----------------------------  ---------------------------
 *   none              failed     failureWritten   failed-orders    message is new                written down before
 *   any but none      failed     failedAgain      failed-orders    message is new, same body,    written down before,
 *                                                                  no later replay was sent      overtaken, edited or purged
 *   any but none      same       failedLate       failed-orders    message is new, same body,    written down before,
 *                                                                  a later replay was sent       edited or purged
 *   failed, replayed  processed  replayProcessed  both functions   same body, token of the row   marked, edited or purged
 *                                                                                                before, or a made-up lineage
 *   failed, replayed  processed  copyProcessed    both functions   same body                     marked, edited or purged
 *   failed, replayed  replayed   replaySent       orders replay    as read, no other replay      replayNoted
 *   any but none      same       replayNoted      orders replay    –                             purged meanwhile
 *   failed            failed     bodyChanged      orders edit,     as read                       changed by somebody else
 *                                                 orders patch
 *   any               none       purged           orders purge     as read, or gone already      changed since the export
 */

/** A valid order's message, and the key that its row is written under. */
interface OrderToWrite {
  readonly orderKey: string;
  readonly message: Message;
  /** ISO 8601, UTC. */
  readonly now: string;
}

/** A delivery's right to process the order of an id. */
export interface Claim {
  /** Random: two deliveries of one message have two tokens. */
  readonly token: string;
  /** ISO 8601: when Lambda ends the function, whatever it does. */
  readonly until: string;
}

const claimAttributes = ['claim', 'claimHash', 'claimedUntil'];

/**
 * Claims an id for the order of a message, before an effect that must not happen to two orders with one id, or twice at
 * the same time. When the condition fails, the row says why: processed, refused, or claimed by another delivery.
 */
export function orderClaimed({ orderKey, message, now }: OrderToWrite, { token, until }: Claim): UpdateRequest {
  return updateRequest({
    key: orderRowKey(orderKey),
    set: { claim: token, claimHash: contentHashOf(message.body), claimedUntil: until },
    condition:
      'attribute_not_exists(#contentHash) AND NOT contains(#refusedMessages, :messageId) AND ' +
      '(attribute_not_exists(#claim) OR #claim = :claim OR #claimedUntil < :now)',
    conditionValues: { messageId: message.messageId, now },
  });
}

/**
 * Writes an order once, after its work is done. Each attribute is set only if the row does not have it, so a duplicate
 * changes nothing. Ask for the old row (`ReturnValues`): it tells a duplicate from a new order, and holds `failedCopies`
 * to be marked. A claim goes. It may be another delivery's: the work is done, and that delivery finds a duplicate.
 */
export function orderWritten({ orderKey, message, now }: OrderToWrite): UpdateRequest {
  return updateRequest({
    key: orderRowKey(orderKey),
    setOnce: {
      orderKey,
      contentHash: contentHashOf(message.body),
      body: message.body,
      processedAt: now,
      messageId: message.messageId,
      sentAt: message.sentAt,
      receiveCount: message.receiveCount,
      schemaVersion: orderSchemaVersion,
      traceId: message.traceId,
      failureId: message.lineage?.failureId ?? null,
    },
    remove: claimAttributes,
    condition:
      '#contentHash = :contentHash OR (attribute_not_exists(#contentHash) AND ' +
      '(attribute_not_exists(#claim) OR #claimHash = :contentHash OR #claimedUntil < :processedAt))',
  });
}

/** Whether a request, seen from outside, is an `orderWritten`. */
export function isOrderWritten({ UpdateExpression = '' }: Partial<UpdateRequest>): boolean {
  return UpdateExpression.includes('#contentHash =');
}

/** How a try ended that did not process its order. @param claim the token of the try's claim; null without one */
interface EndedTry extends OrderToWrite {
  readonly claim: string | null;
}

/**
 * Keeps the error of a try.
 *
 * @param isOver whether nothing of the try goes on any more: then its claim goes, and the next try need not wait
 */
export function errorNoted(ended: EndedTry, error: string, isOver: boolean): UpdateRequest {
  const { orderKey, message, now: at, claim } = ended;
  const lastError = { at, contentHash: contentHashOf(message.body), error, claim } satisfies LastError;
  const { remove, ...changes } = noting(orderKey, claim);
  return updateRequest({ ...changes, set: { lastError }, add: { errorCount: 1 }, remove: isOver ? remove : [] });
}

/** Keeps why the processing refused the order of a message, for failed-orders. */
export function refusalNoted({ orderKey, message, claim }: EndedTry, reasons: readonly string[]): UpdateRequest {
  const { condition, conditionValues, ...changes } = noting(orderKey, claim);
  const refusals = new Set([refusalText(message.messageId, reasons)]);
  return updateRequest({
    ...changes,
    add: { refusedMessages: new Set([message.messageId]), refusals },
    condition: `${condition} AND (attribute_not_exists(#refusals) OR size(#refusals) < :mostRefusals)`,
    conditionValues: { ...conditionValues, mostRefusals },
  });
}

/** A try without a claim has none to take away, and one that lost its claim has nothing to say. */
function noting(orderKey: string, claim: string | null) {
  const key = orderRowKey(orderKey);
  const open = 'attribute_not_exists(#contentHash)';
  if (claim === null) return { key, remove: [], condition: open, conditionValues: {} };
  return { key, remove: claimAttributes, condition: `${open} AND #claim = :own`, conditionValues: { own: claim } };
}

/**
 * Leaves word of a failure in its order's row, so that a copy of the order which is processed later marks the failure.
 * Either the order is written after this request, and finds the word; or the condition fails.
 */
export function failedCopyNoted(orderKey: string, contentHash: string, place: FailurePlace): UpdateRequest {
  return updateRequest({
    key: orderRowKey(orderKey),
    add: { failedCopies: new Set([failedCopyText(contentHash, place)]) },
    condition:
      'attribute_not_exists(#contentHash) AND (attribute_not_exists(#failedCopies) OR size(#failedCopies) < :most)',
    conditionValues: { most: mostFailedCopies },
  });
}

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
    condition: `${changes.condition} AND #replayCount <= :replayCount AND #body = :body`,
  });
}

/** Adds a replay to the history that failed after a later replay of the same failure was sent. */
export function failedLate(failure: FailureToWrite, replayCount: number): UpdateRequest {
  const changes = recording(failure);
  return updateRequest({
    ...changes,
    condition: `${changes.condition} AND #replayCount > :replayCount AND #body = :body`,
    conditionValues: { ...changes.conditionValues, replayCount, body: failure.message.body },
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
    body: message.body,
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
    condition: 'attribute_exists(pk) AND #status <> :status AND #body = :body',
    conditionValues: { body },
  } satisfies Changes;
}

/** What a command has read of a failure before it acts on it. */
type SeenFailure = Pick<FailureRow, 'pk' | 'sk' | 'status'> & { readonly history: readonly unknown[] };

const asRead = '#status = :seenStatus AND size(#history) = :seenEntries';
const readValues = ({ status, history }: Pick<SeenFailure, 'status' | 'history'>) => ({
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
    ...noteOf(failure, sent),
    set: {
      status: 'replayed',
      statusShard: statusShard('replayed', failureId),
      replayCount: replayCount + 1,
      replayedAt: sent.at,
    },
    remove: ['causeShard'],
    condition: `${asRead} AND #replayCount = :seenReplayCount`,
    conditionValues: { ...readValues(failure), seenReplayCount: replayCount },
  });
}

/** Only adds a sent replay to the history: the outcome was quicker than the mark, or somebody edited the failure. */
export function replayNoted(failure: Pick<SeenFailure, 'pk' | 'sk'>, sent: SentReplay): UpdateRequest {
  return updateRequest({ ...noteOf(failure, sent), condition: 'attribute_exists(pk)' });
}

function noteOf({ pk, sk }: Pick<SeenFailure, 'pk' | 'sk'>, { messageId, by, at }: SentReplay) {
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
export function bodyChanged({ pk, sk, status, history }: SeenFailure, { body, by, at }: Edit): UpdateRequest {
  return updateRequest({
    key: { pk, sk },
    set: { body },
    append: { history: { at, event: 'edited', by } satisfies HistoryEntry },
    condition: `${asRead} AND #status = :failed`,
    conditionValues: { ...readValues({ status, history }), failed: 'failed' },
  });
}

/** Deletes a failure's row. A row that is gone may have gone by this very request, whose answer was lost. */
export function purged({ pk, sk, status, history }: SeenFailure): DeleteRequest {
  return deleteRequest({
    key: { pk, sk },
    condition: `attribute_not_exists(pk) OR (${asRead})`,
    conditionValues: readValues({ status, history }),
  });
}
