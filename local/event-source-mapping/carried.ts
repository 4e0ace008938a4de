import type { Carried } from './batch-builder.ts';
import type { SourceMessage, SourceQueue } from './source-queue.ts';

/**
 * What of the carried messages the next batch may begin with, once the batch before them kept `kept`. None when their
 * visibility timeout has ended: others may have received them. On a FIFO queue not those of a group of which a message
 * was kept: it comes back first, and they after it.
 */
export function stillToDeliver(
  carried: Carried,
  kept: readonly SourceMessage[],
  queue: Pick<SourceQueue, 'arn' | 'visibilityTimeoutSeconds'>,
  nowMs: number,
): Carried | undefined {
  if (nowMs >= carried.receivedAtMs + queue.visibilityTimeoutSeconds * 1000) return undefined;
  if (!queue.arn.endsWith('.fifo')) return carried;
  const keptGroups = new Set(kept.map(groupOf));
  const messages = carried.messages.filter((message) => !keptGroups.has(groupOf(message)));
  return messages.length === 0 ? undefined : { ...carried, messages };
}

function groupOf({ attributes }: SourceMessage): string | undefined {
  return attributes['MessageGroupId'];
}
