/**
 * SQS takes at most 10 entries a request, and 1 MiB in all of them, message attributes included (API reference,
 * SendMessageBatch).
 */
export const sendBatchLimits = { entries: 10, bytes: 1_048_576 } as const;
