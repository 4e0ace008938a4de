import type { RuntimeEvent } from '../../local/events.ts';
import { logMessages } from '../../shared/log-messages.ts';

/** Why an order ended in bad-orders, as failed-orders wrote it down. */
export interface Failure {
  /** Null when the body names none. */
  readonly orderId: string | null;
  readonly messageId: string;
  /** `not-json`, `invalid` or `out-of-attempts`. */
  readonly kind: string;
  readonly reasons: readonly string[];
}

/** What one function instance (execution environment) was given. */
export interface BatchCount {
  readonly function: string;
  readonly instance: string;
  readonly batches: number;
  readonly messages: number;
}

/** The books of one run, all from the runtime's events. */
export interface Books {
  readonly sent: number;
  readonly processed: number;
  readonly failed: number;
  readonly inFlight: number;
  /** sent = processed + failed: every order has come to one end. */
  readonly balanced: boolean;
  readonly failures: readonly Failure[];
  readonly batches: readonly BatchCount[];
  /** Message ids that process-orders had logged as good and that failed all the same: a batch was thrown later. */
  readonly processedThenFailed: readonly string[];
  /** Labels of orders neither processed nor failed; at most ten. */
  readonly missing: readonly string[];
}

/** The physical names that the tally watches, from the stack's outputs. */
export interface PipelineNames {
  readonly ordersQueue: string;
  readonly badOrdersQueue: string;
  readonly processOrders: string;
  readonly failedOrders: string;
}

/**
 * Counts orders as they come to their end. An order is sent when it enters the orders queue, processed when its mapping
 * deletes it from there, failed when its mapping deletes it from bad-orders; until then it is in flight. Only what is in
 * flight is remembered one by one.
 */
export class Tally {
  readonly #names: PipelineNames;
  readonly #inFlight = new Map<string, string>();
  /** Labels of failed orders: there are few, and the outcome names them. */
  readonly #failedLabels = new Map<string, string>();
  readonly #loggedGood = new Set<string>();
  readonly #failures = new Map<string, Failure>();
  readonly #batches = new Map<string, { function: string; instance: string; batches: number; messages: number }>();
  readonly #processedThenFailed: string[] = [];
  #sent = 0;
  #processed = 0;
  #failed = 0;
  #lastEventAtMs = 0;

  constructor(names: PipelineNames) {
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

  add(event: RuntimeEvent): void {
    switch (event.type) {
      case 'messages-sent':
        if (event.queueName !== this.#names.ordersQueue) return;
        for (const { messageId, body } of event.messages) this.#inFlight.set(messageId, customerOf(body) ?? messageId);
        this.#sent += event.messages.length;
        break;
      case 'batch-ended':
        this.#addBatch(event);
        break;
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

  books(): Books {
    return {
      sent: this.#sent,
      processed: this.#processed,
      failed: this.#failed,
      inFlight: this.#inFlight.size,
      balanced: this.#sent === this.#processed + this.#failed,
      failures: [...this.#failures.values()],
      batches: [...this.#batches.values()],
      processedThenFailed: this.#processedThenFailed,
      missing: [...this.#inFlight]
        .slice(0, 10)
        .map(([messageId, label]) => (label === messageId ? label : `${label} (${messageId})`)),
    };
  }

  #addBatch(event: Extract<RuntimeEvent, { type: 'batch-ended' }>): void {
    const { queueName, functionName, environmentId, deleted } = event;
    for (const messageId of deleted) {
      const label = this.#inFlight.get(messageId);
      if (label === undefined) continue;
      this.#inFlight.delete(messageId);
      if (queueName === this.#names.ordersQueue) this.#processed += 1;
      else if (queueName === this.#names.badOrdersQueue) {
        this.#failed += 1;
        this.#failedLabels.set(messageId, label);
        if (this.#loggedGood.has(messageId)) this.#processedThenFailed.push(messageId);
      }
      this.#loggedGood.delete(messageId);
    }
    if (environmentId === undefined) return;
    const key = `${functionName} ${environmentId}`;
    const count = this.#batches.get(key) ?? {
      function: functionName,
      instance: environmentId,
      batches: 0,
      messages: 0,
    };
    count.batches += 1;
    count.messages += deleted.length + event.kept.length;
    this.#batches.set(key, count);
  }

  #addLog(functionName: string, line: string): void {
    if (functionName === this.#names.processOrders && line.includes(logMessages.goodOrder)) {
      const messageId = fieldsOf(line)?.['messageId'];
      if (typeof messageId === 'string' && this.#inFlight.has(messageId)) this.#loggedGood.add(messageId);
    } else if (functionName === this.#names.failedOrders && line.includes(logMessages.failedOrder)) {
      const failure = fieldsOf(line) as Partial<Failure> | undefined;
      if (failure?.messageId === undefined) return;
      const { orderId = null, messageId, kind = 'unknown', reasons = [] } = failure;
      this.#failures.set(messageId, { orderId, messageId, kind, reasons });
    }
  }
}

function fieldsOf(line: string): Record<string, unknown> | undefined {
  try {
    const { message } = JSON.parse(line) as { message?: unknown };
    return typeof message === 'object' && message !== null ? (message as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
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
