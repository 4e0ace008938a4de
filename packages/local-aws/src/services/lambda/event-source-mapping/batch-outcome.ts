/** What the function answered to a batch. */
export interface BatchAnswer {
  /** The response's JSON text; for a function error, the error document. */
  readonly payload: string;
  /** Set when the function threw, timed out or crashed. */
  readonly functionError?: string | undefined;
}

/** Which messages the mapping deletes; the rest reappear when their visibility timeout ends. */
export interface BatchOutcome {
  readonly deleted: readonly string[];
  readonly kept: readonly string[];
  /** Why messages were kept, for people. */
  readonly reason?: string;
}

/**
 * Decides which messages of a batch are deleted. This is where a message could be lost, so it is a pure function and
 * its table is tested row by row.
 *
 * With `ReportBatchItemFailures` (Lambda Developer Guide, "Handling errors for an SQS event source"): an empty or null
 * answer, or an empty or null list, means success; an identifier that is empty, null or not in the batch, or an entry
 * with another key, fails the whole batch. Without it the answer is ignored. A non-empty answer without the list counts
 * as success: AWS does not document it (packages/local-aws/docs/fidelity.md).
 */
export function decideBatch(
  messageIds: readonly string[],
  answer: BatchAnswer,
  reportBatchItemFailures: boolean,
): BatchOutcome {
  if (answer.functionError !== undefined) return { deleted: [], kept: messageIds, reason: 'the function failed' };
  if (!reportBatchItemFailures) return { deleted: messageIds, kept: [] };

  const failures = reportedFailures(answer.payload, new Set(messageIds));
  if (typeof failures === 'string') return { deleted: [], kept: messageIds, reason: failures };
  if (failures.size === 0) return { deleted: messageIds, kept: [] };
  return {
    deleted: messageIds.filter((id) => !failures.has(id)),
    kept: messageIds.filter((id) => failures.has(id)),
    reason: 'reported as batch item failures',
  };
}

/** The identifiers that the answer reports, or a sentence that says why the whole batch fails. */
function reportedFailures(payload: string, batch: ReadonlySet<string>): ReadonlySet<string> | string {
  let answer: unknown;
  try {
    answer = payload === '' ? null : JSON.parse(payload);
  } catch {
    return 'the response is not JSON';
  }
  const entries = isObject(answer) ? (answer['batchItemFailures'] ?? []) : [];
  if (!Array.isArray(entries)) return 'batchItemFailures is not a list';

  const failures = new Set<string>();
  for (const entry of entries as readonly unknown[]) {
    const identifier = isObject(entry) ? entry['itemIdentifier'] : undefined;
    if (typeof identifier !== 'string' || identifier === '') {
      return `an entry of batchItemFailures has no itemIdentifier: ${JSON.stringify(entry)}`;
    }
    if (!batch.has(identifier)) return `itemIdentifier ${identifier} is not a message of the batch`;
    failures.add(identifier);
  }
  return failures;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
