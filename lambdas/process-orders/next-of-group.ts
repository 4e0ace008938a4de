import type { ConsumedRecord } from '../../shared/consumed-record.ts';

/**
 * For each record of a FIFO queue the position of the one that comes after it in its group, if there is one; undefined
 * for a standard queue. A record of that can have a group as well (fair queues), which orders nothing; a sequence
 * number has none (SQS API Reference, ReceiveMessage).
 */
export function nextOfGroup(records: readonly ConsumedRecord[]): readonly (number | undefined)[] | undefined {
  if (records[0]?.attributes.SequenceNumber === undefined) return undefined;
  const next: (number | undefined)[] = records.map(() => undefined);
  const last = new Map<string | undefined, number>();
  for (const [index, { attributes }] of records.entries()) {
    const before = last.get(attributes.MessageGroupId);
    if (before !== undefined) next[before] = index;
    last.set(attributes.MessageGroupId, index);
  }
  return next;
}
