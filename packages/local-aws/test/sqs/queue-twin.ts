import assert from 'node:assert/strict';
import { EventStream } from '../../src/events.ts';
import type { ReceivedMessage } from '../../src/services/sqs/message.ts';
import { QueueRegistry } from '../../src/services/sqs/queue-registry.ts';
import type { Queue } from '../../src/services/sqs/queue.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { accountId, queueModel, region } from './queue-model.ts';

export type Step =
  | { readonly kind: 'send'; readonly delay: number }
  | { readonly kind: 'receive'; readonly max: number; readonly timeout: number }
  | { readonly kind: 'delete' | 'outdated delete'; readonly pick: number }
  | { readonly kind: 'change'; readonly pick: number; readonly timeout: number }
  | { readonly kind: 'poll'; readonly max: number; readonly timeout: number }
  | { readonly kind: 'give up'; readonly pick: number }
  | { readonly kind: 'purge' }
  | { readonly kind: 'retain'; readonly seconds: number }
  | { readonly kind: 'wait'; readonly seconds: number };

/** A message as plainly as it can be said: when it is visible, and the handles it was received under. */
interface Plain {
  readonly body: string;
  readonly sentAt: number;
  visibleAt: number;
  handles: string[];
}

const maxReceiveCount = 3;

/** A queue and beside it a list that is scanned for everything: slow, but easy to see through. Both must agree. */
export class QueueTwin {
  readonly #clock = new ManualClock(0);
  readonly #queue: Queue;
  readonly #deadLetters: Queue;
  readonly #inOrder: boolean;
  #retentionSeconds = 20;
  #plain: Plain[] = [];
  /** Long polls that have got nothing yet, in the order of their coming. */
  #polls: AbortController[] = [];
  readonly #faults: unknown[] = [];
  #now = 0;
  #sent = 0;

  constructor(handOut: { seed: number } | undefined) {
    const queues = new QueueRegistry({ clock: this.#clock, events: new EventStream(), region, accountId, handOut });
    const redrivePolicy = { deadLetterTargetArn: queues.arnOf('dead'), maxReceiveCount };
    const orders = queueModel('orders', { messageRetentionSeconds: this.#retentionSeconds, redrivePolicy });
    queues.applyTemplate([queueModel('dead'), orders]);
    this.#queue = queues.require('orders');
    this.#deadLetters = queues.require('dead');
    this.#inOrder = handOut === undefined;
  }

  async apply(step: Step): Promise<void> {
    const alive = (this.#plain = this.#alive());
    const latest = alive.flatMap(({ handles }) => handles.slice(-1));
    switch (step.kind) {
      case 'send':
        this.#send(step.delay);
        break;
      case 'receive':
        this.#receive(step.max, step.timeout);
        break;
      case 'poll':
        this.#poll(step.max, step.timeout);
        break;
      case 'give up':
        this.#polls[step.pick]?.abort();
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
      case 'purge':
        this.#queue.purge();
        this.#plain = [];
        break;
      case 'retain':
        this.#retentionSeconds = step.seconds;
        this.#queue.configure({ ...this.#queue.settings, messageRetentionSeconds: step.seconds });
        break;
      case 'wait':
        for (let second = 0; second < step.seconds; second += 1) {
          this.#now += 1;
          await this.#clock.advance(1000);
          this.#moveDeadLetters();
        }
    }
    await this.#clock.advance(0);
    this.#compare();
  }

  close(): void {
    this.#queue.close();
    this.#deadLetters.close();
  }

  #alive(): Plain[] {
    return this.#plain.filter(({ sentAt }) => this.#now < sentAt + this.#retentionSeconds);
  }

  #visible(): Plain[] {
    return this.#alive().filter(({ visibleAt }) => visibleAt <= this.#now);
  }

  #fresh(): Plain[] {
    return this.#visible().filter(({ handles }) => handles.length < maxReceiveCount);
  }

  #send(delay: number): void {
    const body = String((this.#sent += 1));
    const group = this.#sent % 3;
    const groupId = group > 0 && { groupId: `group-${group}` };
    this.#queue.send([{ body, senderId: 'test', delaySeconds: delay, ...groupId }]);
    this.#plain.push({ body, sentAt: this.#now, visibleAt: this.#now + delay, handles: [] });
  }

  #receive(max: number, timeout: number): void {
    const { length } = this.#fresh();
    const messages = this.#queue.receive({ max, visibilityTimeoutSeconds: timeout });
    if (this.#inOrder) assert.equal(messages.length, Math.min(max, length));
    assert.ok(messages.length <= max && (messages.length > 0 || length === 0));
    this.#received(messages, timeout);
  }

  #poll(max: number, timeout: number): void {
    const stop = new AbortController();
    this.#polls.push(stop);
    const polled = this.#queue.receiveOrWait({ max, visibilityTimeoutSeconds: timeout }, stop.signal);
    polled
      .then((messages) => this.#polled(stop, messages, timeout))
      .catch((fault: unknown) => this.#faults.push(fault));
  }

  #polled(poll: AbortController, messages: readonly ReceivedMessage[], timeout: number): void {
    assert.equal(messages.length === 0, poll.signal.aborted);
    const earlier = this.#polls.slice(0, this.#polls.indexOf(poll));
    assert.ok(messages.length === 0 || earlier.every(({ signal }) => signal.aborted), 'first come, first served');
    this.#polls = this.#polls.filter((other) => other !== poll);
    this.#received(messages, timeout);
  }

  #received(messages: readonly ReceivedMessage[], timeout: number): void {
    for (const { body, receiptHandle, attributes } of messages) {
      const message = this.#fresh().find((candidate) => candidate.body === body);
      assert.ok(message, `${body} was neither visible nor fresh`);
      message.handles.push(receiptHandle);
      message.visibleAt = this.#now + timeout;
      assert.equal(attributes['ApproximateReceiveCount'], String(message.handles.length));
    }
  }

  /** Which used-up messages a receive comes across depends on the order; that no others move does not. */
  #moveDeadLetters(): void {
    const usedUp = this.#visible().filter(({ handles }) => handles.length >= maxReceiveCount);
    // One by one: a sample need not hold all of them.
    for (
      let dead = this.#deadLetters.receive({ max: 1 });
      dead.length > 0;
      dead = this.#deadLetters.receive({ max: 1 })
    ) {
      const { body, receiptHandle } = dead[0]!;
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

  #compare(): void {
    assert.deepEqual(this.#faults, []);
    this.#moveDeadLetters();
    assert.equal(this.#queue.waiting, this.#polls.length);
    assert.ok(this.#polls.length === 0 || this.#visible().length === 0, 'somebody waits for what is there');
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
