/**
 * How much the orders queue takes. Body and message attributes count together: of each attribute its name, its type
 * and its value (SQS Developer Guide, "Message quotas").
 */
export const messageLimits = {
  /**
   * Bytes of a message, 256 KiB. SQS would take 1 MiB. This is less, so that every message fits into one row of the
   * orders table, with its binary attributes as base64, its reasons and its history: an item holds 400 KB.
   */
  bytes: 262_144,
  /** Messages of a SendMessageBatch request (API reference). */
  batchEntries: 10,
  /** Bytes of all messages of a SendMessageBatch request, 1 MiB (API reference). */
  batchBytes: 1_048_576,
} as const;
