import type { Message } from '../../shared/consumed-record.ts';
import { contentHashOf } from '../../shared/content-hash.ts';
import { orderSchemaVersion } from '../../shared/order-schema-version.generated.ts';
import { orderRowKey } from '../../shared/orders-table.ts';
import { updateRequest, type UpdateRequest } from './update-request.ts';

/** A valid order's message, and the key that its row is written under. */
export interface OrderToWrite {
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
