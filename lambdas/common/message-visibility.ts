import { logMessages } from '../../shared/telemetry.ts';

/** Makes a message visible again in `visibilityTimeoutSeconds` (whole seconds; 0: at once). */
export interface VisibilityChange {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly visibilityTimeoutSeconds: number;
}

/** The part of `ChangeMessageVisibilityBatch` that the function uses. */
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

/** A change that SQS did not make: the message comes back when its visibility timeout ends. */
interface UnchangedVisibility {
  readonly messageIds: readonly string[];
  readonly error: string;
}

/** Asks for the changes and logs those that were not made. */
export async function changeOrWarn(
  changes: readonly VisibilityChange[],
  /** The SDK is slow to load, and a batch without failures does not need it. */
  loadChangeBatch: () => Promise<ChangeVisibilityBatch>,
  signal: AbortSignal,
): Promise<void> {
  const changeBatch: ChangeVisibilityBatch = async (...request) => (await loadChangeBatch())(...request);
  const unchanged = await changeVisibility(changes, changeBatch, signal);
  for (const failure of unchanged) console.warn({ message: logMessages.visibilityNotChanged, ...failure });
}

/** SQS takes at most 10 entries a request (API reference, ChangeMessageVisibilityBatch). */
const maximumEntries = 10;

/** Asks for all changes, 10 a request, and answers those that were not made. Never throws: none is worth a batch. */
export async function changeVisibility(
  changes: readonly VisibilityChange[],
  changeBatch: ChangeVisibilityBatch,
  signal: AbortSignal,
): Promise<readonly UnchangedVisibility[]> {
  const slices = Array.from({ length: Math.ceil(changes.length / maximumEntries) }, (_, index) =>
    changes.slice(index * maximumEntries, (index + 1) * maximumEntries),
  );
  return (await Promise.all(slices.map((slice) => changeSlice(slice, changeBatch, signal)))).flat();
}

async function changeSlice(
  changes: readonly VisibilityChange[],
  changeBatch: ChangeVisibilityBatch,
  signal: AbortSignal,
): Promise<readonly UnchangedVisibility[]> {
  // Ids by position: a message can stand twice in a batch, and ids must be distinct.
  const entries = changes.map((change, index) => ({
    Id: String(index),
    ReceiptHandle: change.receiptHandle,
    VisibilityTimeout: change.visibilityTimeoutSeconds,
  }));
  try {
    const refusals = await changeBatch(entries, signal);
    return refusals.map(({ id, code, message }) => ({
      messageIds: changes.filter((_, index) => String(index) === id).map(({ messageId }) => messageId),
      error: `${code}: ${message}`,
    }));
  } catch (error) {
    return [{ messageIds: changes.map(({ messageId }) => messageId), error: String(error) }];
  }
}

/** Loads the SDK once, when it is first needed: an execution environment that meets no failure does without. */
export function lazySqsVisibility(queueUrl: string): () => Promise<ChangeVisibilityBatch> {
  let loaded: Promise<ChangeVisibilityBatch> | undefined;
  return () => (loaded ??= import('./sqs-visibility.ts').then((sqs) => sqs.sqsChangeVisibilityBatch(queueUrl)));
}
