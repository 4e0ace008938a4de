import { orderSchemaVersion } from '../order/order-schema-version.generated.ts';
import { type Changes, updateRequest, type UpdateRequest, type Values } from './expressions.ts';
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
  type Lineage,
  mostFailedCopies,
  orderRowKey,
  statusShard,
} from './rows.ts';

/** A failure, and what its row is written from. */
interface FailureToWrite {
  /** What the failure's row is written under; a replay that fails again keeps both. */
  readonly orderKey: string;
  readonly failureId: string;
  readonly orderId: string | null;
  readonly kind: string;
  readonly reasons: readonly string[];
  readonly cause: string;
  /** Of a new row; a row keeps the one it has. */
  readonly replayToken: string;
  readonly message: Message;
  /** ISO 8601, UTC. */
  readonly now: string;
}

/** The requests that write a failure down. */
export interface FailureUpdates {
  /**
   * Its condition fails when the message is written down already or, for a replay, is not the last one, or has not the
   * body that its failure has.
   */
  readonly row: UpdateRequest;
  /**
   * For a replay whose `row` failed its condition. When this one fails, too, the message is written down already, or
   * its failure has another body by now, or was purged.
   */
  readonly overtaken?: UpdateRequest;
}

/** Written once for each message, however often that is delivered: `recordedMessages` knows. */
const unrecorded = '(attribute_not_exists(pk) OR NOT contains(#recordedMessages, :messageId))';

/** The requests for one failure; what is in its row: `FailureRow` in shared/ledger/rows.ts. */
export function failureUpdates(failure: FailureToWrite): FailureUpdates {
  const { orderKey, failureId, kind, reasons, cause, replayToken, message, now } = failure;
  const { messageId, receiveCount, lineage } = message;
  const key = failureRowKey(orderKey, failureId);
  const entry = { at: now, event: 'failed', messageId, kind, reasons, receiveCount } satisfies HistoryEntry;
  const record = {
    key,
    append: { history: entry },
    add: { recordedMessages: new Set([messageId]) },
    conditionValues: { messageId },
  } as const;
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
    receiveCount,
    sourceQueueArn: message.sourceQueueArn ?? undefined,
    traceId: message.traceId ?? undefined,
    schemaVersion: orderSchemaVersion,
    body: message.body,
    messageAttributes: attributeList(message.messageAttributes),
  } satisfies Partial<Record<keyof FailureRow | OptionalAttribute, unknown>>;
  const changes = {
    ...record,
    set,
    // What the row has of an earlier failure and this one has not.
    remove: optionalAttributes.filter((name) => set[name] === undefined),
    setOnce: { firstFailedAt: now, sentAt: message.sentAt, replayToken },
  };
  if (lineage === null) {
    const setOnce = { ...changes.setOnce, replayCount: 0 };
    return { row: updateRequest({ ...changes, setOnce, condition: unrecorded }) };
  }
  // A later replay may have come to its end before this one: then it is history, and changes nothing of the row.
  const last = '#replayCount <= :replayCount';
  // Where the body is another one, an edit since or another order would be written over.
  const same = '#body = :body';
  return {
    row: updateRequest({
      ...changes,
      set: { ...set, replayCount: lineage.count },
      condition: `${unrecorded} AND ${last} AND ${same}`,
    }),
    overtaken: updateRequest({
      ...record,
      conditionValues: { messageId, replayCount: lineage.count, body: message.body },
      condition: `${unrecorded} AND #replayCount > :replayCount AND ${same}`,
    }),
  };
}

const optionalAttributes = ['orderId', 'sourceQueueArn', 'traceId'] as const;

type OptionalAttribute = (typeof optionalAttributes)[number];

/** A valid order's message, and the key that its row is written under. */
interface OrderToWrite {
  readonly orderKey: string;
  readonly message: Message;
  /** ISO 8601, UTC. */
  readonly now: string;
}

/**
 * Writes an order once. A row of the same order stays as it is, whatever is sent again: every attribute is set unless
 * there is one. A row of another order fails the condition; one that has `failedCopies` alone is no order yet.
 */
export function orderUpdate({ orderKey, message, now }: OrderToWrite): UpdateRequest {
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
    condition: 'attribute_not_exists(#contentHash) OR #contentHash = :contentHash',
  });
}

/**
 * Marks the failure that a processed order was replayed from. The condition fails for a failure that was marked
 * before, by a duplicate, or edited or purged meanwhile, and for a lineage that a sender made up: none is an error.
 */
export function processedMark(lineage: Lineage, message: Message, now: string): UpdateRequest {
  const changes = marking(lineage, message, now);
  return updateRequest({
    ...changes,
    condition: `${changes.condition} AND #replayToken = :replayToken`,
    conditionValues: { ...changes.conditionValues, replayToken: lineage.token },
  });
}

/** Marks a failure of a copy of the processed order; one whose body was edited since is no copy any more. */
export function copyMark(place: FailurePlace, message: Message, now: string): UpdateRequest {
  return updateRequest(marking(place, message, now));
}

function marking(place: FailurePlace, { messageId, receiveCount, body }: Message, now: string): Changes {
  const entry = { at: now, event: 'processed', messageId, receiveCount } satisfies HistoryEntry;
  return {
    key: failureRowKey(place.orderKey, place.failureId),
    set: { status: 'processed' },
    append: { history: entry },
    // Out of both indexes: they hold what waits for somebody.
    remove: ['statusShard', 'causeShard'],
    condition: 'attribute_exists(pk) AND #status <> :status AND #body = :body',
    conditionValues: { body },
  };
}

/**
 * Leaves word of a failure in its order's row, so that a copy which is processed later marks it. Of two writes to one
 * item one is first: either the order comes later, and finds this; or it is there, and the condition fails. It also
 * fails when the row remembers as many as it may.
 */
export function failedCopyUpdate(orderKey: string, contentHash: string, place: FailurePlace): UpdateRequest {
  return updateRequest({
    key: orderRowKey(orderKey),
    add: { failedCopies: new Set([failedCopyText(contentHash, place)]) },
    condition:
      'attribute_not_exists(#contentHash) AND (attribute_not_exists(#failedCopies) OR size(#failedCopies) < :most)',
    conditionValues: { most: mostFailedCopies },
  });
}
