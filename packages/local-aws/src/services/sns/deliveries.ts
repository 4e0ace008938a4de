import type { Clock } from '../../clock.ts';
import type { EventStream } from '../../events.ts';
import type { Notification } from './notification.ts';
import { DeliveryFailure, type Targets } from './targets.ts';
import type { Subscription } from './topic.ts';

interface DeliveriesOptions {
  readonly clock: Clock;
  readonly events: EventStream;
  readonly targets: Targets;
}

interface Delivery {
  readonly subscription: Subscription;
  readonly notification: Notification;
}

/**
 * What is on its way to subscribers: each first attempt at once, further ones by the clock, dead letters when all was in
 * vain. Only as durable as the runtime.
 */
export class Deliveries {
  readonly #options: DeliveriesOptions;
  readonly #cancels = new Set<() => void>();
  /** Of FIFO topics, by subscription and group: what waits until the one before has arrived or is given up. */
  readonly #lines = new Map<string, Delivery[]>();
  #closed = false;

  constructor(options: DeliveriesOptions) {
    this.#options = options;
  }

  start(delivery: Delivery): void {
    const { notification, subscription } = delivery;
    if (!notification.isFifo) {
      void this.#deliver(delivery);
      return;
    }
    const key = JSON.stringify([subscription.arn, notification.groupId]);
    const line = this.#lines.get(key);
    if (line === undefined) {
      this.#lines.set(key, [delivery]);
      void this.#serve(key);
    } else line.push(delivery);
  }

  /** Forgets what waits for another attempt. */
  close(): void {
    this.#closed = true;
    for (const cancel of this.#cancels) cancel();
  }

  async #serve(key: string): Promise<void> {
    for (;;) {
      const [next] = this.#lines.get(key) ?? [];
      if (next === undefined) break;
      await this.#deliver(next);
      this.#lines.get(key)?.shift();
    }
    this.#lines.delete(key);
  }

  async #deliver({ subscription, notification }: Delivery): Promise<void> {
    const { targets } = this.#options;
    const failure = await this.#attempts(subscription, () => targets.deliver(subscription, notification));
    if (failure === undefined || !this.#isAlive(subscription)) return;
    const { redrivePolicy } = subscription.settings;
    if (redrivePolicy === undefined) return this.#tell({ subscription, notification }, failure);
    const { deadLetterTargetArn } = redrivePolicy;
    const lost = await this.#attempts(subscription, () =>
      targets.sendToQueue(deadLetterTargetArn, subscription, notification),
    );
    if (!this.#isAlive(subscription)) return;
    const deadLetterQueueName = nameIn(deadLetterTargetArn);
    if (lost === undefined) return this.#tell({ subscription, notification }, failure, deadLetterQueueName);
    this.#tell({ subscription, notification }, `${failure} ${deadLetterQueueName} did not take it: ${lost}`);
  }

  #isAlive(subscription: Subscription): boolean {
    return !this.#closed && subscription.isActive;
  }

  /** Tries until the delivery has been made. Answers why it was given up. */
  async #attempts(subscription: Subscription, attempt: () => Promise<void>): Promise<string | undefined> {
    for (let failures = 1; ; failures += 1) {
      try {
        await attempt();
        return undefined;
      } catch (error) {
        if (!(error instanceof DeliveryFailure)) return this.#defect(error);
        const delayMs = error.fault === 'client' ? undefined : retryDelayMs(failures);
        if (delayMs === undefined) return error.message;
        await this.#wait(delayMs);
        if (!this.#isAlive(subscription)) return error.message;
      }
    }
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

  #tell({ subscription, notification }: Delivery, reason: string, deadLetterQueueName?: string): void {
    const { clock, events } = this.#options;
    events.emit({
      type: 'delivery-failed',
      atMs: clock.now(),
      topicName: notification.topicName,
      messageId: notification.messageId,
      protocol: subscription.protocol,
      endpoint: nameIn(subscription.endpoint),
      reason,
      ...(deadLetterQueueName !== undefined && { deadLetterQueueName }),
    });
  }

  #defect(error: unknown): string {
    const { clock, events } = this.#options;
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    events.emit({ type: 'notice', atMs: clock.now(), level: 'error', message });
    return 'The local runtime failed on it.';
  }
}

function nameIn(arn: string): string {
  return (
    arn
      .split(':')
      .slice(arn.includes(':function:') ? 6 : 5)
      .join(':') || arn
  );
}

const secondMs = 1000;
const [immediately, before, backingOff, after] = [3, 2, 10, 100_000];
const longestMs = 20 * secondMs;

/**
 * When SNS tries again after so many failures of a queue or a function, without the jitter that it adds: three times at
 * once, twice after a second, ten times with a delay that grows from 1 to 20 s, and every 20 s then, 100,015 times in
 * all. Source: SNS Developer Guide, "Amazon SNS message delivery retries".
 *
 * @returns undefined for never
 */
export function retryDelayMs(failures: number): number | undefined {
  if (failures <= immediately) return 0;
  if (failures <= immediately + before) return secondMs;
  const step = failures - immediately - before;
  if (step <= backingOff) return Math.round(secondMs * (longestMs / secondMs) ** ((step - 1) / (backingOff - 1)));
  return step <= backingOff + after ? longestMs : undefined;
}
