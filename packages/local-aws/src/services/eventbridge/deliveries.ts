import type { Clock } from '../../clock.ts';
import type { EventStream } from '../../events.ts';
import { type Delivery, TargetFailure, type Targets } from './targets.ts';

interface DeliveriesOptions {
  readonly clock: Clock;
  readonly events: EventStream;
  readonly targets: Targets;
}

/** Why deliveries were given up, as `EXHAUSTED_RETRY_CONDITION` says it. Undefined: they were not to be tried again. */
type Exhausted = 'MaximumRetryAttempts' | 'MaximumEventAgeInSeconds' | undefined;

interface GivenUp {
  readonly failure: TargetFailure;
  readonly exhausted: Exhausted;
  readonly retries: number;
}

/**
 * What is on its way to targets: each first attempt at once, further ones by the clock, dead letters when all was in
 * vain. Only as durable as the runtime.
 */
export class Deliveries {
  readonly #options: DeliveriesOptions;
  readonly #cancels = new Set<() => void>();
  #closed = false;

  constructor(options: DeliveriesOptions) {
    this.#options = options;
  }

  start(delivery: Delivery): void {
    void this.#run(delivery).catch((error: unknown) => this.#tellDefect(error));
  }

  /** Forgets what waits for another attempt. */
  close(): void {
    this.#closed = true;
    for (const cancel of this.#cancels) cancel();
  }

  async #run(delivery: Delivery): Promise<void> {
    const givenUp = await this.#attempts(delivery);
    if (givenUp === undefined || this.#closed) return;
    const { failure } = givenUp;
    const queueArn = delivery.target.DeadLetterConfig?.Arn;
    if (queueArn === undefined) return this.#tell(delivery, failure.message);
    const queueName = queueArn.split(':')[5] ?? queueArn;
    try {
      await this.#options.targets.sendDeadLetter(queueArn, delivery, deadLetterAttributes(delivery, givenUp));
      this.#tell(delivery, failure.message, queueName);
    } catch (error) {
      if (!(error instanceof TargetFailure)) throw error;
      this.#tell(delivery, `${failure.message} ${queueName} did not take it: ${error.message}`);
    }
  }

  /** Tries until the target has taken the event. Answers why it was given up. */
  async #attempts(delivery: Delivery): Promise<GivenUp | undefined> {
    for (let retries = 0; ; retries += 1) {
      try {
        await this.#options.targets.deliver(delivery);
        return undefined;
      } catch (failure) {
        if (!(failure instanceof TargetFailure)) throw failure;
        const delayMs = retryDelayMs(retries + 1);
        const exhausted = this.#exhausted(delivery, retries, delayMs);
        if (!failure.isRetried || exhausted !== undefined) return { failure, exhausted, retries };
        await this.#wait(delayMs);
      }
    }
  }

  #exhausted({ target, acceptedAtMs }: Delivery, retries: number, delayMs: number): Exhausted {
    const { MaximumRetryAttempts: most = 185, MaximumEventAgeInSeconds: oldest = 86_400 } = target.RetryPolicy ?? {};
    if (retries >= most) return 'MaximumRetryAttempts';
    const ageMs = this.#options.clock.now() + delayMs - acceptedAtMs;
    return ageMs > oldest * 1000 ? 'MaximumEventAgeInSeconds' : undefined;
  }

  /** Never settles after `close`. */
  #wait(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.#closed) return;
      const cancel = this.#options.clock.after(delayMs, () => {
        this.#cancels.delete(cancel);
        resolve();
      });
      this.#cancels.add(cancel);
    });
  }

  #tell({ rule, event, target }: Delivery, reason: string, deadLetterQueueName?: string): void {
    const { clock, events } = this.#options;
    events.emit({
      type: 'target-failed',
      atMs: clock.now(),
      ruleName: rule.name,
      busName: rule.busName,
      eventId: event.id,
      targetArn: target.Arn,
      reason,
      ...(deadLetterQueueName !== undefined && { deadLetterQueueName }),
    });
  }

  #tellDefect(error: unknown): void {
    const { clock, events } = this.#options;
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    events.emit({ type: 'notice', atMs: clock.now(), level: 'error', message });
  }
}

/** Message attributes of a dead letter (EventBridge User Guide, "Considerations for using a dead-letter queue"). */
function deadLetterAttributes({ rule, target }: Delivery, { failure, exhausted, retries }: GivenUp) {
  return {
    RULE_ARN: rule.arn,
    TARGET_ARN: target.Arn,
    ERROR_CODE: failure.code,
    ERROR_MESSAGE: failure.message,
    RETRY_ATTEMPTS: String(retries),
    ...(failure.isRetried && exhausted !== undefined && { EXHAUSTED_RETRY_CONDITION: exhausted }),
  };
}

const [firstDelayMs, longestDelayMs] = [1000, 600_000];

/**
 * How long EventBridge waits before a retry. AWS says "exponential back off and jitter" and no figures: here the delay
 * doubles from 1 s to 10 min, without jitter, so that 185 retries last longer than the 24 hours of the default.
 */
export function retryDelayMs(retry: number): number {
  return Math.min(firstDelayMs * 2 ** (retry - 1), longestDelayMs);
}
