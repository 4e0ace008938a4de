import type { RuntimeEvent } from 'local-aws';
import { logMessages } from '../../../shared/telemetry.ts';
import { duration, number, percent } from '../../orders/terminal/progress.ts';
import type { PipelineNames, TableCounts } from '../local-pipeline.ts';

/** Why an order ended in bad-orders, as failed-orders wrote it down. */
export interface FailedOrder {
  /** Null when the body names none. */
  readonly orderId: string | null;
  readonly messageId: string;
  /** One of `failureKinds` in telemetry.ts. */
  readonly kind: string;
  readonly reasons: readonly string[];
  /** Why its last try failed: what process-orders logged of the order, or what its invocation ended with. */
  readonly lastError?: string;
}

/** What one function instance (execution environment) was given. */
interface BatchCount {
  readonly function: string;
  readonly instance: string;
  readonly batches: number;
  readonly messages: number;
}

/** The books of one run, all from the runtime's events. */
export interface RunBooks {
  readonly sent: number;
  readonly processed: number;
  readonly failed: number;
  readonly inFlight: number;
  /** sent = processed + failed: every order has come to one end. */
  readonly balanced: boolean;
  readonly failures: readonly FailedOrder[];
  readonly batches: readonly BatchCount[];
  /**
   * Ids of messages that came to bad-orders although their order had been processed: their batch failed later, for
   * example.
   */
  readonly alreadyProcessed: readonly string[];
  /** Processed messages whose order an earlier message had brought. They have no row of their own. */
  readonly copies: number;
  /** Labels of orders neither processed nor failed; at most ten. */
  readonly missing: readonly string[];
}

type WatchedNames = Omit<PipelineNames, 'ordersTable' | 'generateOrders'>;

/**
 * Counts orders as they come to their end. An order is sent when it enters the orders queue. It is processed when the
 * mapping deletes it from there. It is failed when the mapping deletes it from bad-orders, unless failed-orders found
 * it processed. Until then it is in flight. Only orders in flight are remembered one by one.
 */
export class Tally {
  readonly #names: WatchedNames;
  readonly #inFlight = new Map<string, string>();
  /** Labels of failed orders: there are few, and the outcome names them. */
  readonly #failedLabels = new Map<string, string>();
  readonly #alreadyProcessed = new Set<string>();
  readonly #copies = new Set<string>();
  readonly #failures = new Map<string, FailedOrder>();
  readonly #batches = new Map<string, { function: string; instance: string; batches: number; messages: number }>();
  /** By message: the error of the last try that failed. */
  readonly #lastErrors = new Map<string, string>();
  /** By instance: the error that its last invocation ended with. */
  readonly #invocationErrors = new Map<string, string>();
  /** By message in flight: how often process-orders received it in vain. */
  readonly #tries = new Map<string, number>();
  #lastEndAtMs = 0;
  #sent = 0;
  #processed = 0;
  #failed = 0;
  #lastEventAtMs = 0;

  constructor(names: WatchedNames) {
    this.#names = names;
  }

  get sent(): number {
    return this.#sent;
  }
  get processed(): number {
    return this.#processed;
  }
  get failed(): number {
    return this.#failed;
  }
  get inFlight(): number {
    return this.#inFlight.size;
  }
  /** When the last of the events that move the books came (ms since the epoch). */
  get lastEventAtMs(): number {
    return this.#lastEventAtMs;
  }

  /** When the last order came to its end, or was sent (ms since the epoch). */
  get lastEndAtMs(): number {
    return this.#lastEndAtMs;
  }
  /** How often a message in flight was received in vain. */
  tries(messageId: string): number {
    return this.#tries.get(messageId) ?? 0;
  }
  /** Messages in flight. */
  get messagesInFlight(): readonly string[] {
    return [...this.#inFlight.keys()];
  }

  add(event: RuntimeEvent): void {
    switch (event.type) {
      case 'messages-sent':
        if (event.queueName !== this.#names.ordersQueue) return;
        for (const { messageId, body } of event.messages) this.#inFlight.set(messageId, customerOf(body) ?? messageId);
        this.#sent += event.messages.length;
        this.#lastEndAtMs = event.atMs;
        break;
      case 'batch-ended':
        this.#addBatch(event);
        break;
      case 'invocation-ended':
        if (event.errorMessage === undefined) this.#invocationErrors.delete(event.executionEnvironmentId);
        else this.#invocationErrors.set(event.executionEnvironmentId, event.errorMessage);
        return;
      case 'log':
        this.#addLog(event.functionName, event.message);
        return;
      default:
        return;
    }
    this.#lastEventAtMs = event.atMs;
  }

  /** What to call a message that is in flight or has failed: its customer's name. */
  label(messageId: string): string | undefined {
    return this.#inFlight.get(messageId) ?? this.#failedLabels.get(messageId);
  }

  books(): RunBooks {
    return {
      sent: this.#sent,
      processed: this.#processed,
      failed: this.#failed,
      inFlight: this.#inFlight.size,
      balanced: this.#sent === this.#processed + this.#failed,
      failures: [...this.#failures.values()].map((failure) => {
        const lastError = this.#lastErrors.get(failure.messageId);
        return lastError === undefined ? failure : { ...failure, lastError };
      }),
      batches: [...this.#batches.values()],
      alreadyProcessed: [...this.#alreadyProcessed],
      copies: this.#copies.size,
      missing: [...this.#inFlight]
        .slice(0, 10)
        .map(([messageId, label]) => (label === messageId ? label : `${label} (${messageId})`)),
    };
  }

  #addBatch(event: Extract<RuntimeEvent, { type: 'batch-ended' }>): void {
    const { queueName, functionName, executionEnvironmentId, deleted } = event;
    for (const messageId of deleted) {
      const label = this.#inFlight.get(messageId);
      if (label === undefined) continue;
      this.#inFlight.delete(messageId);
      this.#tries.delete(messageId);
      this.#lastEndAtMs = event.atMs;
      if (queueName === this.#names.ordersQueue) {
        this.#processed += 1;
        this.#lastErrors.delete(messageId);
      } else if (queueName === this.#names.badOrdersQueue) {
        this.#failedLabels.set(messageId, label);
        if (this.#alreadyProcessed.has(messageId)) this.#processed += 1;
        else this.#failed += 1;
      }
    }
    if (queueName === this.#names.ordersQueue) {
      const error = this.#invocationErrors.get(executionEnvironmentId ?? '');
      for (const messageId of event.kept) {
        this.#tries.set(messageId, this.tries(messageId) + 1);
        if (error !== undefined) this.#lastErrors.set(messageId, error);
      }
    }
    if (executionEnvironmentId === undefined) return;
    const key = `${functionName} ${executionEnvironmentId}`;
    const count = this.#batches.get(key) ?? {
      function: functionName,
      instance: executionEnvironmentId,
      batches: 0,
      messages: 0,
    };
    count.batches += 1;
    count.messages += deleted.length + event.kept.length + (event.gone?.length ?? 0);
    this.#batches.set(key, count);
  }

  #addLog(functionName: string, line: string): void {
    const { processOrders, failedOrders } = this.#names;
    const says = (text: string) => line.includes(`"${text}"`);
    if (functionName === processOrders && says(logMessages.orderNotProcessed)) this.#addError(fieldsOf(line));
    else if (functionName === processOrders && says(logMessages.duplicateOrder)) this.#addCopy(fieldsOf(line));
    else if (functionName === failedOrders && says(logMessages.alreadyProcessed)) this.#addProcessed(fieldsOf(line));
    else if (
      functionName === failedOrders &&
      (says(logMessages.failedOrder) || says(logMessages.failureAlreadyRecorded))
    )
      this.#addFailure(fieldsOf(line));
  }

  #addError({ messageId, error }: Fields): void {
    const { name, message } = (error ?? {}) as { readonly name?: unknown; readonly message?: unknown };
    if (typeof messageId !== 'string' || typeof message !== 'string') return;
    this.#lastErrors.set(messageId, typeof name === 'string' ? `${name}: ${message}` : message);
  }

  #addCopy({ messageId, firstMessageId }: Fields): void {
    if (typeof messageId === 'string' && messageId !== firstMessageId) this.#copies.add(messageId);
  }

  #addProcessed(fields: Fields): void {
    const { messageId } = fields;
    if (typeof messageId !== 'string' || this.#alreadyProcessed.has(messageId)) return;
    this.#alreadyProcessed.add(messageId);
    this.#addCopy(fields);
    // The line may come after the end of its batch, which has counted a failure.
    if (!this.#failedLabels.has(messageId)) return;
    this.#failed -= 1;
    this.#processed += 1;
  }

  #addFailure(fields: Fields): void {
    const { orderId = null, messageId, kind = 'unknown', reasons = [] } = fields as Partial<FailedOrder>;
    if (messageId !== undefined) this.#failures.set(messageId, { orderId, messageId, kind, reasons });
  }
}

type Fields = Readonly<Record<string, unknown>>;

/** The object that was logged; an empty one for any other line. */
function fieldsOf(line: string): Fields {
  try {
    const { message } = JSON.parse(line) as { message?: unknown };
    return typeof message === 'object' && message !== null ? (message as Fields) : {};
  } catch {
    return {};
  }
}

function customerOf(body: string): string | undefined {
  try {
    const order = JSON.parse(body) as { customerName?: unknown } | null;
    return typeof order?.customerName === 'string' && order.customerName.trim() !== '' ? order.customerName : undefined;
  } catch {
    return undefined;
  }
}

/**
 * How far a run is, in one line: `42%, 4 s left, sent 500, processed 200, failed 10, in flight 290`. The remaining time
 * follows from the orders that have ended. It is left out when none ended in the latter half of the run: then orders
 * wait for their next try, and nobody knows whether that one helps.
 *
 * @param count orders to be sent
 * @param elapsedMs since the first of them was asked for
 * @param quietMs since the last of them ended
 */
export function booksSoFar(
  tally: Pick<Tally, 'sent' | 'processed' | 'failed' | 'inFlight'>,
  count: number,
  elapsedMs: number,
  quietMs: number,
) {
  const { sent, processed, failed, inFlight } = tally;
  const ended = processed + failed;
  const secondsLeft = ((count - ended) * elapsedMs) / ended / 1000;
  return [
    percent(ended, count),
    ...(ended > 0 && ended < count && quietMs <= elapsedMs / 2 ? [`${duration(secondsLeft)} left`] : []),
    `sent ${number(sent)}`,
    `processed ${number(processed)}`,
    `failed ${number(failed)}`,
    `in flight ${number(inFlight)}`,
  ].join(', ');
}

/** Undefined when table and books agree. An order that two messages brought is one row. */
export function disagreement(table: TableCounts, { processed, failed, copies }: RunBooks): string | undefined {
  if (table.processed === processed - copies && table.failed === failed) return undefined;
  return (
    `The orders table disagrees: it holds ${table.processed} processed orders and ${table.failed} failures, ` +
    `the queues say ${processed - copies} and ${failed}.`
  );
}

/** What a handler of one's own has probably left out, where messages were processed and no row tells of them. */
export function forgottenRows(table: TableCounts, { processed }: RunBooks): string | undefined {
  if (table.processed > 0 || processed === 0) return undefined;
  return (
    'process-orders wrote no order into the table. A handler in the place of lambdas/process-orders/handler.ts has to ' +
    'write each order before it returns.'
  );
}
