import { createHash, randomUUID } from 'node:crypto';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { createHandler as createFailedOrders } from '../../lambdas/failed-orders/record-batch.ts';
import { recordFailureIn } from '../../lambdas/failed-orders/record-failure.ts';
import type { PublishEvents } from '../../lambdas/common/events.ts';
import type { VisibilityEntry } from '../../lambdas/common/message-visibility.ts';
import type { PublishMetrics } from '../../lambdas/common/metrics.ts';
import type { TableClient } from '../../lambdas/common/table-client.ts';
import { createHandler as createProcessOrders } from '../../lambdas/process-orders/process-batch.ts';
import { processOrderIn } from '../../lambdas/process-orders/process-order.ts';
import { processing as shippedProcessing } from '../../lambdas/process-orders/process.ts';
import type { Processing } from '../../lambdas/process-orders/processing.ts';
import { type Lineage, lineageAttribute } from '../../shared/ledger/rows.ts';
import { exampleOrder } from '../../shared/order/example-order.ts';
import { consumerDependencies } from './consumer-dependencies.ts';
import { sqsRecord } from './sqs-event.ts';

/** Both consumers as they are deployed, but with a table, a clock and a signal of the test. */
export interface PipelineFunctions {
  processOrders(records: readonly SQSRecord[]): Promise<SQSBatchResponse>;
  failedOrders(records: readonly SQSRecord[]): Promise<SQSBatchResponse>;
  /** What was asked of SQS. */
  readonly visibilityChanges: readonly VisibilityEntry[];
  /** Ends the time that the functions have. */
  readonly outOfTime: AbortController;
}

/** Of every failure, unless a test says otherwise. */
export const replayToken = 'token-of-the-failure';

interface PipelineSettings {
  readonly startMs?: number;
  readonly publishMetrics?: PublishMetrics;
  /** Default: that of process.ts. */
  readonly processing?: Processing;
  readonly newToken?: () => string;
  /** Default: nobody is told. */
  readonly publishEvents?: PublishEvents;
}

/** Time goes on by a second with each look at the clock, from the start of 2026 if nothing else is said. */
export function pipelineFunctions(
  table: TableClient,
  {
    startMs = Date.UTC(2026, 0, 1),
    publishMetrics,
    processing = shippedProcessing,
    newToken = () => replayToken,
    publishEvents,
  }: PipelineSettings = {},
): PipelineFunctions {
  const { dependencies: standard, changed, outOfTime } = consumerDependencies();
  const dependencies = {
    ...standard,
    ...(publishMetrics !== undefined && { publishMetrics }),
    ...(publishEvents !== undefined && { publishEvents }),
  };
  let nowMs = startMs;
  const now = () => (nowMs += 1_000);
  const processOrders = createProcessOrders({
    ...dependencies,
    processOrder: processOrderIn(table, processing, { now, newToken: randomUUID }),
    partialBatchResponses: true,
    maxReceiveCount: 5,
    backoff: { base: 2, cap: 300 },
  });
  const failedOrders = createFailedOrders({
    ...dependencies,
    recordFailure: recordFailureIn(table, now, newToken),
    backoff: { base: 1, cap: 3_600 },
  });
  const context = { getRemainingTimeInMillis: () => 10_000 };
  return {
    processOrders: (records) => processOrders(event(records), context),
    failedOrders: (records) => failedOrders(event(records), context),
    visibilityChanges: changed,
    outOfTime,
  };
}

function event(records: readonly SQSRecord[]): SQSEvent {
  return { Records: [...records] };
}

/** A message with an id of its own, as a consumer gets it. */
export function message(messageId: string, body: unknown, receiveCount = 1): SQSRecord {
  return {
    ...sqsRecord(typeof body === 'string' ? body : JSON.stringify(body), 0, {
      ApproximateReceiveCount: String(receiveCount),
    }),
    messageId,
    receiptHandle: `handle of ${messageId}`,
  };
}

export function replayed(record: SQSRecord, lineage: Partial<Lineage>): SQSRecord {
  const value = JSON.stringify({ count: 1, by: 'Ada', token: replayToken, ...lineage });
  return {
    ...record,
    messageAttributes: { ...record.messageAttributes, [lineageAttribute]: { dataType: 'String', stringValue: value } },
  };
}

export function order(orderId: string | undefined, changes: Readonly<Record<string, unknown>> = {}) {
  return { ...exampleOrder(1), orderId, ...changes };
}

/** The same value as other text: its members in the reverse order, over several lines. */
export function inAnotherLayout(value: object): string {
  return JSON.stringify(Object.fromEntries(Object.entries(value).toReversed()), undefined, 2);
}

/** What rows of older releases have for a content hash: SHA-256 (hex) of the bytes. */
export function hashOfBytes(body: string): string {
  return createHash('sha256').update(body).digest('hex');
}

export const done: SQSBatchResponse = { batchItemFailures: [] };

export function failed(...messageIds: readonly string[]): SQSBatchResponse {
  return { batchItemFailures: messageIds.map((itemIdentifier) => ({ itemIdentifier })) };
}
