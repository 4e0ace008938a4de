import { randomUUID } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import { AwsError } from '../../endpoint/api.ts';
import type { EventStream } from '../../events.ts';
import type { InvokeOptions, InvokeResult } from './invoke-result.ts';
import type { AsyncRetrySettings, FunctionModel } from './model.ts';

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

/** How an attempt at an asynchronous invocation ended. */
export interface AsyncAttempt {
  readonly ending: 'success' | 'function-error' | 'throttled';
  /** Attempts that ended with this one's ending, this one included. */
  readonly count: number;
  readonly eventAgeMs: number;
}

const secondMs = 1000;
const retryDelaysMs = [60 * secondMs, 120 * secondMs];
const longestThrottleDelayMs = 300 * secondMs;
const defaults = { maximumRetryAttempts: 2, maximumEventAgeSeconds: 6 * 3600 };

/**
 * When Lambda tries an asynchronous event again, or undefined for never. Function errors: twice unless the function's
 * settings say less, after one and two minutes. Throttles: with a delay that doubles from 1 s to 5 min. Neither beyond
 * the event's maximum age, 6 hours by default. Source: Lambda Developer Guide, "How Lambda handles errors and retries
 * with asynchronous invocation".
 */
export function retryDelayMs(attempt: AsyncAttempt, settings: AsyncRetrySettings = {}): number | undefined {
  const { maximumRetryAttempts, maximumEventAgeSeconds } = { ...defaults, ...settings };
  const delayMs = delayAfterMs(attempt, maximumRetryAttempts);
  const tooOld = delayMs !== undefined && attempt.eventAgeMs + delayMs > maximumEventAgeSeconds * secondMs;
  return tooOld ? undefined : delayMs;
}

function delayAfterMs({ ending, count }: AsyncAttempt, maximumRetryAttempts: number): number | undefined {
  switch (ending) {
    case 'success':
      return undefined;
    case 'function-error':
      return count > maximumRetryAttempts ? undefined : retryDelaysMs[count - 1];
    case 'throttled':
      return Math.min(secondMs * 2 ** (count - 1), longestThrottleDelayMs);
  }
}
