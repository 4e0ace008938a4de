import { orderSchemaVersion } from '../order/order-schema-version.generated.ts';
import { contentHashOf, contentOf } from './content.ts';
import { updateRequest, type UpdateRequest } from './expressions.ts';
import type { Message } from './message.ts';
import {
  failedCopyText,
  type FailurePlace,
  type LastError,
  mostFailedCopies,
  mostRefusals,
  orderRowKey,
  refusalText,
} from './rows.ts';

/*
 * The state machine of the orders table: of its orders here, of its failures in transitions.ts, which says what both
 * have in common.
 *
 * The row of an order. `noted`: the row holds only `OrderNotes`. `claimed`: it also has the claim of a delivery, whose time
 * is not over. A claim that is over counts as none: nobody has to take it away.
 *
 *   from              to         transition       sent by          condition                     if the condition fails
 *   ----------------  ---------  ---------------  ---------------  ----------------------------  ---------------------------
 *   none, noted       claimed    orderClaimed     process-orders   message was not refused       refused before
 *   claimed           claimed    orderClaimed     process-orders   own claim: the same request   another delivery has it
 *                                                                  once more
 *   none, noted       processed  orderWritten     process-orders   –                             –
 *   claimed           processed  orderWritten     process-orders   claimed for the same body     another order has the id
 *   processed         processed  orderWritten     process-orders   same body: a duplicate        another order has the id
 *   claimed           noted      errorNoted,      process-orders   own claim                     the claim is lost, or full
 *                                refusalNoted
 *   claimed           claimed    errorNoted       process-orders   own claim, the work goes on   the claim is lost
 *   none, noted       noted      errorNoted,      process-orders   without a claim               full
 *                                refusalNoted
 *   none, noted       noted      failedCopyNoted  failed-orders    not processed, room for more  a copy is processed, or full
 *   claimed           claimed    failedCopyNoted  failed-orders    not processed, room for more  a copy is processed, or full
 */

/** The body says the same as the row's. Rows of older releases have no such hash, and are held to the same bytes. */
export const sameBody = '(#contentHash = :contentHash OR #body = :body)';

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
      'attribute_not_exists(#contentHash) AND ' +
      '(attribute_not_exists(#refusedMessages) OR NOT contains(#refusedMessages, :messageId)) AND ' +
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
      ...contentOf(message.body),
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
      `${sameBody} OR (attribute_not_exists(#contentHash) AND ` +
      '(attribute_not_exists(#claim) OR #claimHash = :contentHash OR #claimedUntil < :processedAt))',
  });
}

/** Whether a request, seen from outside, is an `orderWritten`. */
export function isOrderWritten({ UpdateExpression = '' }: Partial<UpdateRequest>): boolean {
  return UpdateExpression.includes('#processedAt =');
}

/** What a request, seen from outside, does to a claim: until when there is one, or null when there is none any more. */
export function claimChangeOf(request: Partial<UpdateRequest>): { readonly until: string | null } | undefined {
  const { UpdateExpression = '', ExpressionAttributeValues: values = {} } = request;
  if (UpdateExpression.includes('#claim =')) return { until: values[':claimedUntil']?.S ?? null };
  return UpdateExpression.includes('REMOVE #claim') ? { until: null } : undefined;
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
