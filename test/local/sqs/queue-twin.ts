import assert from 'node:assert/strict';
import { EventStream } from '../../../local/events.ts';
import { QueueRegistry } from '../../../local/sqs/queue-registry.ts';
import type { Queue } from '../../../local/sqs/queue.ts';
import { ManualClock } from '../manual-clock.ts';
import { accountId, queueModel, region } from './queue-model.ts';

export type Step =
  | { readonly kind: 'send'; readonly delay: number }
  | { readonly kind: 'receive'; readonly max: number; readonly timeout: number }
  | { readonly kind: 'delete' | 'outdated delete'; readonly pick: number }
  | { readonly kind: 'change'; readonly pick: number; readonly timeout: number }
  | { readonly kind: 'wait'; readonly seconds: number };

/** A message as plainly as it can be said: when it is visible, and the handles it was received under. */
interface Plain {
  readonly body: string;
  readonly sentAt: number;
  visibleAt: number;
  handles: string[];
}

const retentionSeconds = 60;
const maxReceiveCount = 3;

/** A queue and beside it a list that is scanned for everything: slow, but easy to see through. Both must agree. */
export class QueueTwin {
  readonly #clock = new ManualClock(0);
  readonly #queue: Queue;
  readonly #deadLetters: Queue;
  readonly #inOrder: boolean;
  #plain: Plain[] = [];
  #now = 0;
  #sent = 0;

  constructor(handOut: { seed: number } | undefined) {
    const queues = new QueueRegistry({ clock: this.#clock, events: new EventStream(), region, accountId, handOut });
    const redrivePolicy = { deadLetterTargetArn: queues.arnOf('dead'), maxReceiveCount };
    const orders = queueModel('orders', { messageRetentionSeconds: retentionSeconds, redrivePolicy });
    queues.applyTemplate([queueModel('dead'), orders]);
    this.#queue = queues.require('orders');
    this.#deadLetters = queues.require('dead');
    this.#inOrder = handOut === undefined;
  }

  async apply(step: Step): Promise<void> {
    const alive = this.#alive();
    const latest = alive.flatMap(({ handles }) => handles.slice(-1));
    switch (step.kind) {
      case 'send':
        this.#send(step.delay);
        break;
      case 'receive':
        this.#receive(step.max, step.timeout);
        break;
      case 'delete':
        this.#delete(latest[step.pick]);
        break;
      case 'outdated delete': {
        const handle = alive.flatMap(({ handles }) => handles.slice(0, -1))[step.pick];
        if (handle !== undefined) assert.equal(this.#queue.delete(handle), false);
        break;
      }
      case 'change':
        this.#change(latest[step.pick], step.timeout);
        break;
      case 'wait':
        this.#now += step.seconds;
        await this.#clock.advance(step.seconds * 1000);
    }
    this.#compareCounts();
  }

  close(): void {
    this.#queue.close();
    this.#deadLetters.close();
  }

  #alive(): Plain[] {
    return this.#plain.filter(({ sentAt }) => this.#now < sentAt + retentionSeconds);
  }

  #visible(): Plain[] {
    return this.#alive().filter(({ visibleAt }) => visibleAt <= this.#now);
  }

  #send(delay: number): void {
    const body = String((this.#sent += 1));
    this.#queue.send([{ body, senderId: 'test', delaySeconds: delay }]);
    this.#plain.push({ body, sentAt: this.#now, visibleAt: this.#now + delay, handles: [] });
  }

  #receive(max: number, timeout: number): void {
    const visible = this.#visible();
    const fresh = visible.filter(({ handles }) => handles.length < maxReceiveCount);
    const messages = this.#queue.receive({ max, visibilityTimeoutSeconds: timeout });
    if (this.#inOrder) assert.equal(messages.length, Math.min(max, fresh.length));
    assert.ok(messages.length <= max && (messages.length > 0 || fresh.length === 0));
    for (const { body, receiptHandle, attributes } of messages) {
      const message = fresh.find((candidate) => candidate.body === body);
      assert.ok(message, `${body} was neither visible nor fresh`);
      message.handles.push(receiptHandle);
      message.visibleAt = this.#now + timeout;
      assert.equal(attributes['ApproximateReceiveCount'], String(message.handles.length));
    }
    this.#moveDeadLetters(visible.filter((message) => !fresh.includes(message)));
  }

  /** Which used-up messages a receive comes across depends on the order; that no others move does not. */
  #moveDeadLetters(usedUp: readonly Plain[]): void {
    for (const { body, receiptHandle } of this.#deadLetters.receive({ max: 1_000 })) {
      assert.ok(
        usedUp.some((message) => message.body === body),
        `${body} moved too early`,
      );
      this.#plain = this.#plain.filter((message) => message.body !== body);
      this.#deadLetters.delete(receiptHandle);
    }
  }

  #delete(handle: string | undefined): void {
    if (handle === undefined) return;
    assert.equal(this.#queue.delete(handle), true);
    this.#plain = this.#plain.filter(({ handles }) => !handles.includes(handle));
  }

  #change(handle: string | undefined, timeout: number): void {
    if (handle === undefined) return;
    this.#queue.changeVisibility(handle, timeout);
    const message = this.#plain.find(({ handles }) => handles.includes(handle));
    if (message !== undefined && message.visibleAt > this.#now) message.visibleAt = this.#now + timeout;
  }

  #compareCounts(): void {
    const hidden = this.#alive().filter(({ visibleAt }) => visibleAt > this.#now);
    const { available, delayed, 'in-flight': inFlight } = this.#queue.counts;
    assert.deepEqual(
      { available, delayed, inFlight },
      {
        available: this.#visible().length,
        delayed: hidden.filter(({ handles }) => handles.length === 0).length,
        inFlight: hidden.filter(({ handles }) => handles.length > 0).length,
      },
    );
  }
}
