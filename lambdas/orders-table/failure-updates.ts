import type { Message } from '../../shared/consumed-record.ts';
import { orderSchemaVersion } from '../../shared/order-schema-version.generated.ts';
import {
  attributeList,
  causeShard,
  type FailureRow,
  failureRowKey,
  type HistoryEntry,
  statusShard,
} from '../../shared/orders-table.ts';
import type { Values } from '../../shared/attribute-value.ts';
import { updateRequest, type UpdateRequest } from './update-request.ts';

/** A failure, and what its row is written from. */
export interface FailureToWrite {
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

/** The requests for one failure; what is in its row: `FailureRow` in shared/orders-table.ts. */
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
