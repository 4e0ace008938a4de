import { type Clock, sleep } from '../../../clock.ts';
import type { EventStream } from '../../../events.ts';
import type { MappingModel } from '../model.ts';
import type { Batch } from './batch-builder.ts';
import { type BatchAnswer, type BatchOutcome, decideBatch } from './batch-outcome.ts';
import { eventJson } from './record.ts';
import type { SourceMessage, SourceQueue } from './source-queue.ts';

/** What the function answered, and from which execution environment. */
interface InvokeAnswer extends BatchAnswer {
  readonly executionEnvironmentId: string;
}

/** Invokes a function and waits for its answer. Throws `Throttled` when no execution environment may be had now. */
export type Invoke = (functionName: string, payload: string) => Promise<InvokeAnswer>;

/** The function has no concurrency left. */
export class Throttled extends Error {
  override readonly name = 'Throttled';
}

const firstRetryMs = 100;
const longestRetryMs = 5_000;

interface Delivery {
  readonly queue: SourceQueue;
  readonly invoke: Invoke;
  readonly clock: Clock;
  readonly events: EventStream;
}

/**
 * Gives one batch to the function and settles it: deletes what succeeded and leaves the rest to its visibility
 * timeout. Never rejects: whatever goes wrong, the messages are kept. @returns those that stay in the queue
 */
export async function deliver(
  batch: Batch,
  model: MappingModel,
  to: Delivery,
  stop: AbortSignal,
): Promise<readonly SourceMessage[]> {
  const { queue, clock, events } = to;
  const messageIds = batch.messages.map(({ messageId }) => messageId);
  const about = { mappingId: model.uuid, queueName: queue.name, functionName: model.functionName };
  events.emit({ type: 'batch-started', atMs: clock.now(), ...about, messageIds });

  const answer = await invokeUntilVisible(batch, model, to, stop);
  const outcome: BatchOutcome =
    typeof answer === 'string'
      ? { deleted: [], kept: messageIds, reason: answer }
      : decideBatch(messageIds, answer, model.reportBatchItemFailures);
  const { deleted, late, kept, gone } = settle(batch.messages, outcome, queue);
  const staying = [...kept, ...late];
  const reason = late.length > 0 ? cameLate : outcome.reason;
  events.emit({
    type: 'batch-ended',
    atMs: clock.now(),
    ...about,
    ...(typeof answer !== 'string' && { executionEnvironmentId: answer.executionEnvironmentId }),
    deleted: deleted.map(({ messageId }) => messageId),
    kept: staying.map(({ messageId }) => messageId),
    ...(gone.length > 0 && { gone: gone.map(({ messageId }) => messageId) }),
    ...(staying.length > 0 && reason !== undefined && { reason }),
    ...(staying.length > 0 && {
      comeBackAtMs: staying.map(({ receiptHandle }) => queue.visibleAtMs(receiptHandle) ?? clock.now()),
    }),
  });
  return staying;
}

const cameLate = 'the function took longer than the visibility timeout, so they come again';

/** What became of the messages of a batch. The queue knows: a function may have deleted messages itself. */
interface Settled {
  readonly deleted: readonly SourceMessage[];
  /** To be deleted, but they had become visible again before. */
  readonly late: readonly SourceMessage[];
  readonly kept: readonly SourceMessage[];
  /** Not in the queue any more, whatever the function answered. */
  readonly gone: readonly SourceMessage[];
}

/** Deletes from the queue what succeeded. */
function settle(messages: readonly SourceMessage[], outcome: BatchOutcome, queue: SourceQueue): Settled {
  const succeeded = new Set(outcome.deleted);
  const groups = Object.groupBy(messages, ({ messageId, receiptHandle }) => {
    if (succeeded.has(messageId) && queue.delete(receiptHandle)) return 'deleted';
    if (queue.visibleAtMs(receiptHandle) === undefined) return 'gone';
    return succeeded.has(messageId) ? 'late' : 'kept';
  });
  return { deleted: [], late: [], kept: [], gone: [], ...groups };
}

/**
 * Retries a throttled invocation until the batch's visibility timeout passes (Lambda Developer Guide, "Handling errors
 * for an SQS event source"). @returns the answer, or why there is none.
 */
async function invokeUntilVisible(
  batch: Batch,
  model: MappingModel,
  { queue, invoke, clock }: Delivery,
  stop: AbortSignal,
): Promise<InvokeAnswer | string> {
  const payload = eventJson(batch.records);
  const visibleAgainAtMs = batch.receivedAtMs + queue.visibilityTimeoutSeconds * 1000;
  for (let retryMs = firstRetryMs; ; retryMs = Math.min(retryMs * 2, longestRetryMs)) {
    try {
      return await invoke(model.functionName, payload);
    } catch (error) {
      if (!(error instanceof Throttled)) return error instanceof Error ? error.message : String(error);
      if (stop.aborted || clock.now() + retryMs >= visibleAgainAtMs) return 'the function was throttled';
      await sleep(clock, retryMs, stop);
    }
  }
}

/** What a mapping works with, beside its settings. */
export interface MappingContext {
  readonly queue: SourceQueue;
  readonly invoke: Invoke;
  readonly clock: Clock;
  readonly events: EventStream;
  readonly region: string;
  /**
   * False: pollers gather one after the other, so that batches are as full as they can be. True: all at once, as AWS's
   * fleet does, so that one burst is split over several function instances.
   */
  readonly gatherInParallel: boolean;
}
