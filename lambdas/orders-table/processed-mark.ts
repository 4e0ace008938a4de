import type { Message } from '../../shared/consumed-record.ts';
import { failureRowKey, type HistoryEntry, type Lineage } from '../../shared/orders-table.ts';
import { updateRequest, type UpdateRequest } from './update-request.ts';

/**
 * Marks the failure that a processed order was replayed from. The condition fails for a failure that was marked
 * before, by a duplicate, or purged meanwhile: neither is an error.
 */
export function processedMark(lineage: Lineage, message: Message, now: string): UpdateRequest {
  const { messageId, receiveCount } = message;
  const entry = { at: now, event: 'processed', messageId, receiveCount } satisfies HistoryEntry;
  return updateRequest({
    key: failureRowKey(lineage.orderKey, lineage.failureId),
    set: { status: 'processed' },
    append: { history: entry },
    // Out of both indexes: they hold what waits for somebody.
    remove: ['statusShard', 'causeShard'],
    condition: 'attribute_exists(pk) AND #status <> :status',
  });
}
