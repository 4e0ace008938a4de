import type { Message } from '../../shared/consumed-record.ts';
import { type FailurePlace, failureRowKey, type HistoryEntry, type Lineage } from '../../shared/orders-table.ts';
import { type Changes, updateRequest, type UpdateRequest } from './update-request.ts';

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
