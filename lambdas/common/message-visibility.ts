import { logMessages } from '../../shared/telemetry.ts';

/** Makes a message visible again in `visibilityTimeoutSeconds` (whole seconds; 0: at once). */
export interface VisibilityChange {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly visibilityTimeoutSeconds: number;
}

/** The part of `ChangeMessageVisibilityBatch` that the functions use. Answers what SQS refused. */
export type ChangeVisibilityBatch = (
  entries: readonly VisibilityEntry[],
  signal: AbortSignal,
) => Promise<readonly VisibilityRefusal[]>;

export interface VisibilityEntry {
  readonly Id: string;
  readonly ReceiptHandle: string;
  readonly VisibilityTimeout: number;
}

interface VisibilityRefusal {
  readonly id: string;
  readonly code: string;
  readonly message: string;
}

/** SQS takes at most 10 entries a request (API reference, ChangeMessageVisibilityBatch). */
const maximumEntries = 10;

/**
 * Asks SQS for all changes. Logs when messages come back later than at once, and which changes were not made: these
 * messages come back when their visibility timeout ends. Never throws, because no change is worth the answer for a batch.
 *
 * @param loadChangeBatch called only if there are changes: the SDK is slow to load
 */
export async function changeVisibility(
  changes: readonly VisibilityChange[],
  loadChangeBatch: () => Promise<ChangeVisibilityBatch>,
  signal: AbortSignal,
): Promise<void> {
  const requests: Promise<void>[] = [];
  for (let from = 0; from < changes.length; from += maximumEntries) {
    requests.push(changeSome(changes.slice(from, from + maximumEntries), loadChangeBatch, signal));
  }
  await Promise.all(requests);
}

async function changeSome(
  changes: readonly VisibilityChange[],
  loadChangeBatch: () => Promise<ChangeVisibilityBatch>,
  signal: AbortSignal,
): Promise<void> {
  // Ids by position: a message can stand twice in a batch, and ids must be distinct.
  const entries = changes.map(({ receiptHandle, visibilityTimeoutSeconds }, index) => ({
    Id: String(index),
    ReceiptHandle: receiptHandle,
    VisibilityTimeout: visibilityTimeoutSeconds,
  }));
  try {
    const changeBatch = await loadChangeBatch();
    const refusals = new Map((await changeBatch(entries, signal)).map((refusal) => [refusal.id, refusal]));
    for (const { id, code, message } of refusals.values()) warn([changes[Number(id)]!], `${code}: ${message}`);
    const tries = changes
      .filter(({ visibilityTimeoutSeconds }, index) => visibilityTimeoutSeconds > 0 && !refusals.has(String(index)))
      .map(({ messageId, visibilityTimeoutSeconds: inSeconds }) => ({ messageId, inSeconds }));
    if (tries.length > 0) console.info({ message: logMessages.triesScheduled, tries });
  } catch (error) {
    warn(changes, String(error));
  }
}

function warn(changes: readonly VisibilityChange[], error: string): void {
  const messageIds = changes.map(({ messageId }) => messageId);
  console.warn({ message: logMessages.visibilityNotChanged, messageIds, error });
}
