import { randomUUID } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import { AwsError } from '../../endpoint/service.ts';
import type { EventStream } from '../../events.ts';
import { type AsyncAttempt, retryDelayMs } from './async-retry.ts';
import type { InvokeOptions, InvokeResult } from './invoke-result.ts';
import type { FunctionModel } from './model.ts';

export interface AsyncInvokerOptions {
  readonly clock: Clock;
  readonly events: EventStream;
  /** What a function is at this moment. */
  readonly find: (functionName: string) => FunctionModel | undefined;
  readonly invoke: (functionName: string, payload: string, options: InvokeOptions) => Promise<InvokeResult>;
}

interface QueuedEvent {
  readonly functionName: string;
  readonly payload: string;
  readonly options: InvokeOptions;
  readonly acceptedAtMs: number;
  readonly counts: { 'function-error': number; throttled: number };
}

/**
 * Lambda's queue for `InvocationType: Event`, with its retries. Unlike on AWS the queue is only as durable as the
 * runner, never delivers twice, and knows no destinations or dead-letter target. An event to a function with reserved
 * concurrency 0 is not tried again (Lambda Developer Guide, "Capturing records of Lambda asynchronous invocations").
 */
export class AsyncInvoker {
  readonly #options: AsyncInvokerOptions;
  readonly #cancels = new Set<() => void>();
  #closed = false;

  constructor(options: AsyncInvokerOptions) {
    this.#options = options;
  }

  enqueue(functionName: string, payload: string, options: InvokeOptions): void {
    const event: QueuedEvent = {
      functionName,
      payload,
      // The same request id over all attempts, as recorded by LocalStack (test_request_id_async_invoke_with_retry).
      options: { ...options, requestId: options.requestId ?? randomUUID(), logType: 'None' },
      acceptedAtMs: this.#options.clock.now(),
      counts: { 'function-error': 0, throttled: 0 },
    };
    void this.#attempt(event);
  }

  /** Forgets all waiting events. */
  close(): void {
    this.#closed = true;
    for (const cancel of this.#cancels) cancel();
  }

  async #attempt(event: QueuedEvent): Promise<void> {
    const ending = await this.#ending(event);
    if (this.#closed || ending === 'success') return;
    event.counts[ending] += 1;
    const { clock, find } = this.#options;
    const fn = find(event.functionName);
    if (ending === 'throttled' && fn?.reservedConcurrency === 0) {
      return this.#drop(event, 'at once, as its reserved concurrency is 0');
    }
    const attempt = { ending, count: event.counts[ending], eventAgeMs: clock.now() - event.acceptedAtMs };
    const delayMs = retryDelayMs(attempt, fn?.asyncRetry);
    if (delayMs === undefined) return this.#drop(event, 'after all retries');
    const cancel = clock.after(delayMs, () => {
      this.#cancels.delete(cancel);
      void this.#attempt(event);
    });
    this.#cancels.add(cancel);
  }

  async #ending(event: QueuedEvent): Promise<AsyncAttempt['ending']> {
    try {
      const result = await this.#options.invoke(event.functionName, event.payload, event.options);
      return result.functionError === undefined ? 'success' : 'function-error';
    } catch (error) {
      if (error instanceof AwsError && error.code === 'TooManyRequestsException') return 'throttled';
      return 'function-error';
    }
  }

  #drop(event: QueuedEvent, when: string): void {
    const { clock, events } = this.#options;
    const message = `${event.functionName}: gave up on asynchronous event ${event.options.requestId} ${when}.`;
    events.emit({ type: 'notice', atMs: clock.now(), level: 'warning', message });
  }
}
