import { setImmediate as nextTurn } from 'node:timers/promises';
import { ReceiveMessageCommand, SendMessageBatchCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { queueModel } from './queue-model.ts';
import { type SqsHarness, startSqs } from './sqs-harness.ts';

let sqs: SqsHarness;

beforeEach(async () => {
  sqs = await startSqs([queueModel('orders'), queueModel('patient', { receiveWaitSeconds: 20 })]);
});

const send = (body: string, more: object = {}) =>
  sqs.client.send(new SendMessageCommand({ QueueUrl: sqs.url('orders'), MessageBody: body, ...more }));

/** Lets requests travel over their sockets until so many wait on the queue. */
async function untilWaiting(count: number, name = 'orders'): Promise<void> {
  while (sqs.queue(name).waiting !== count) await nextTurn();
}

/** Turns the clock second by second until the promise has settled; answers the seconds it took. */
async function secondsUntil(promise: Promise<unknown>, waiting = 1, name = 'orders'): Promise<number> {
  const start = sqs.clock.now();
  await untilWaiting(waiting, name);
  while (sqs.queue(name).waiting > 0) await sqs.clock.advance(1_000);
  const seconds = (sqs.clock.now() - start) / 1000;
  await promise;
  return seconds;
}

describe('a long poll', () => {
  test('ends empty after WaitTimeSeconds', async () => {
    const poll = sqs.receive('orders', { WaitTimeSeconds: 5 });
    expect(await secondsUntil(poll)).toBe(5);
    expect(await poll).toEqual([]);
  });

  test("lasts the queue's ReceiveMessageWaitTimeSeconds when the request names none", async () => {
    const poll = sqs.receive('patient');
    expect(await secondsUntil(poll, 1, 'patient')).toBe(20);
  });

  test('ends as soon as a message is sent', async () => {
    const poll = sqs.receive('orders', { WaitTimeSeconds: 20 });
    await untilWaiting(1);
    await send('at last');
    expect((await poll).map(({ Body }) => Body)).toEqual(['at last']);
  });

  test('gets the whole batch that was sent, not its first message', async () => {
    const poll = sqs.receive('orders', { WaitTimeSeconds: 20 });
    await untilWaiting(1);
    const Entries = ['a', 'b', 'c'].map((body) => ({ Id: body, MessageBody: body }));
    await sqs.client.send(new SendMessageBatchCommand({ QueueUrl: sqs.url('orders'), Entries }));
    expect(await poll).toHaveLength(3);
  });

  test('ends when a visibility timeout or a delay does', async () => {
    await send('in flight');
    await send('delayed', { DelaySeconds: 4 });
    await sqs.receive('orders', { VisibilityTimeout: 8 });
    const first = sqs.receive('orders', { WaitTimeSeconds: 20 });
    await secondsUntil(first);
    expect((await first).map(({ Body }) => Body)).toEqual(['delayed']);
    const second = sqs.receive('orders', { WaitTimeSeconds: 20 });
    await secondsUntil(second);
    expect((await second).map(({ Body }) => Body)).toEqual(['in flight']);
  });

  test('that its client gave up swallows no message', async () => {
    const controller = new AbortController();
    const command = new ReceiveMessageCommand({ QueueUrl: sqs.url('orders'), WaitTimeSeconds: 20 });
    const poll = sqs.client.send(command, { abortSignal: controller.signal });
    const outcome = poll.catch((error: unknown) => error);
    await untilWaiting(1);
    controller.abort();
    expect(await outcome).toMatchObject({ name: 'AbortError' });
    await untilWaiting(0);

    await send('for somebody else');
    expect(sqs.queue('orders').counts).toMatchObject({ available: 1, 'in-flight': 0 });
    expect(await sqs.receive('orders')).toHaveLength(1);
  });

  test('three wait, two messages come: two polls get one each, the third goes on waiting', async () => {
    const polls = [1, 2, 3].map(() => sqs.receive('orders', { WaitTimeSeconds: 20, MaxNumberOfMessages: 1 }));
    await untilWaiting(3);
    await send('one');
    await send('two');
    await secondsUntil(Promise.all(polls));
    expect((await Promise.all(polls)).map(({ length }) => String(length)).toSorted()).toEqual(['0', '1', '1']);
  });
});

describe("the poller's way to wait", () => {
  test('one message wakes one waiter', async () => {
    const queue = sqs.queue('orders');
    const controller = new AbortController();
    const woken: number[] = [];
    const taken: string[] = [];
    const waits = [0, 1, 2].map(async (waiter) => {
      await queue.waitForMessages(controller.signal);
      if (controller.signal.aborted) return;
      woken.push(waiter);
      for (const { body } of queue.receive({ max: 10 })) taken.push(body);
    });
    await send('single');
    await sqs.clock.advance(0);
    expect(woken).toEqual([0]);
    expect(taken).toEqual(['single']);
    controller.abort();
    await Promise.all(waits);
  });

  test('a waiter that does not take the message passes it on to the next', async () => {
    const queue = sqs.queue('orders');
    const controller = new AbortController();
    const woken: number[] = [];
    const waits = [0, 1].map(async (waiter) => {
      await queue.waitForMessages(controller.signal);
      woken.push(waiter);
    });
    await send('left lying');
    await Promise.all(waits);
    expect(woken).toEqual([0, 1]);
  });

  test('it goes on while too much is in flight, for a receive would find nothing', async () => {
    const queue = sqs.queue('orders');
    queue.send(Array.from({ length: 120_001 }, () => ({ body: 'x', senderId: 'test' })));
    const [first] = queue.receive({ max: 120_000 });
    const waiting = queue.waitForMessages(new AbortController().signal);
    await nextTurn();
    expect(queue.waiting).toBe(1);
    queue.delete(first?.receiptHandle ?? '');
    await waiting;
    expect(queue.receive({ max: 10 })).toHaveLength(1);
  });

  test('it ends at once when there is a message, and when it is aborted', async () => {
    const queue = sqs.queue('orders');
    const controller = new AbortController();
    const waiting = queue.waitForMessages(controller.signal);
    controller.abort();
    await waiting;
    await send('there');
    await queue.waitForMessages(new AbortController().signal);
    expect(queue.counts.available).toBe(1);
  });
});
