import { describe, expect, test } from '@jest/globals';
import { EventStream } from '../../src/events.ts';
import { QueueRegistry } from '../../src/services/sqs/queue-registry.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { accountId, queueModel, region } from './queue-model.ts';

/** A standard queue on a clock that stands still. */
function standardQueue() {
  const clock = new ManualClock();
  const queues = new QueueRegistry({ clock, events: new EventStream(), region, accountId });
  queues.applyTemplate([queueModel('orders')]);
  const queue = queues.require('orders');
  return {
    clock,
    queue,
    send: (bodies: readonly string[], groupId?: string) =>
      queue.send(bodies.map((body) => ({ body, senderId: 'test', ...(groupId !== undefined && { groupId }) }))),
    receive: (max: number) => queue.receive({ max }),
    bodies: (max: number) => queue.receive({ max }).map(({ body }) => body),
  };
}

const named = (group: string, count: number) => numbers(count).map((number) => `${group}-${number}`);

const numbers = (count: number) => Array.from({ length: count }, (_, index) => String(index));

/** The portions in which a queue with so many messages is handed out. */
function portions(seed: number | undefined, count: number, max = 10): string[][] {
  const queues = new QueueRegistry({
    clock: new ManualClock(),
    events: new EventStream(),
    region,
    accountId,
    handOut: seed === undefined ? undefined : { seed },
  });
  queues.applyTemplate([queueModel('orders')]);
  const queue = queues.require('orders');
  queue.send(numbers(count).map((body) => ({ body, senderId: 'test' })));
  const handed: string[][] = [];
  while (queue.counts.available > 0) handed.push(queue.receive({ max }).map(({ body }) => body));
  return handed;
}

describe('handing out', () => {
  test('without a seed is in order and as much as asked for', () => {
    expect(portions(undefined, 25)).toEqual([numbers(10), numbers(20).slice(10), numbers(25).slice(20)]);
  });

  test('with a seed gives every message once, in portions of 1 to max and out of order', () => {
    for (const seed of [1, 2, 3, -4, 2 ** 31]) {
      const handed = portions(seed, 200);
      expect(handed.flat().toSorted()).toEqual(numbers(200).toSorted());
      expect(handed.flat()).not.toEqual(numbers(200));
      for (const { length } of handed) {
        expect(length).toBeGreaterThanOrEqual(1);
        expect(length).toBeLessThanOrEqual(10);
      }
      expect(new Set(handed.map(({ length }) => length)).size).toBeGreaterThan(3);
    }
  });

  test('is the same for the same seed and another for another', () => {
    expect(portions(7, 50)).toEqual(portions(7, 50));
    expect(portions(7, 50)).not.toEqual(portions(8, 50));
  });
});

describe('a message that is visible again', () => {
  test('is handed out before a younger one', async () => {
    const { clock, send, bodies } = standardQueue();
    send(['old']);
    expect(bodies(1)).toEqual(['old']);
    send(['young']);
    await clock.advance(30_000);
    expect(bodies(1)).toEqual(['old']);
    expect(bodies(1)).toEqual(['young']);
  });

  test('goes to its place among others that come back, in whatever order their timeouts end', () => {
    const { queue, send, receive, bodies } = standardQueue();
    send(numbers(20));
    const received = receive(10);
    for (const { receiptHandle } of received.toReversed()) queue.changeVisibility(receiptHandle, 0);
    expect(bodies(20)).toEqual(numbers(20));
  });

  test('goes to the back once it was received three times, so that it holds up nobody', () => {
    const { queue, send, receive, bodies } = standardQueue();
    send(['poison', 'next']);
    for (let receives = 1; receives <= 3; receives += 1) {
      const [message] = receive(1);
      expect(message?.body).toBe('poison');
      queue.changeVisibility(message?.receiptHandle ?? '', 0);
    }
    expect(bodies(2)).toEqual(['next', 'poison']);
  });

  test('goes to its place among 50,000 that wait', () => {
    const { queue, send, receive } = standardQueue();
    send(numbers(50_000));
    const received = receive(20_000);
    expect(received).toHaveLength(20_000);
    for (const { receiptHandle } of received.toReversed()) queue.changeVisibility(receiptHandle, 0);
    expect(receive(20_000).map(({ body }) => body)).toEqual(numbers(20_000));
  });
});

describe('message groups of a standard queue', () => {
  test('a backlog of one group lets the message of a quiet one pass in the next receive', () => {
    const { send, bodies } = standardQueue();
    send(named('noisy', 200), 'noisy');
    expect(bodies(10)).toEqual(named('noisy', 10));
    send(['quiet'], 'quiet');
    send(['nobody']);
    const next = bodies(10);
    expect(next.slice(0, 2)).toEqual(['quiet', 'nobody']);
    expect(next.slice(2)).toEqual(named('noisy', 18).slice(10));
  });

  test('quiet groups wait for hardly a receive while one group has a thousand messages', () => {
    const { queue, send, receive } = standardQueue();
    send(named('noisy', 1_000), 'noisy');
    let slowest = 0;
    for (let round = 0; round < 50; round += 1) {
      receive(10).forEach(({ receiptHandle }) => queue.delete(receiptHandle));
      send([`quiet-${round}`], `quiet-${round % 3}`);
      let receives = 0;
      for (let served = false; !served; receives += 1) {
        for (const { body, receiptHandle } of receive(10)) {
          served ||= body === `quiet-${round}`;
          queue.delete(receiptHandle);
        }
      }
      slowest = Math.max(slowest, receives);
    }
    expect(slowest).toBe(1);
    expect(queue.counts).toMatchObject({ available: expect.any(Number), 'in-flight': 0 });
  });

  test('of two noisy groups the one with fewer messages in flight comes first', () => {
    const { send, bodies } = standardQueue();
    send(named('a', 100), 'a');
    send(named('b', 100), 'b');
    bodies(60);
    const next = bodies(10);
    expect(next.filter((body) => body.startsWith('b-')).length).toBeGreaterThanOrEqual(5);
  });

  test('without a backlog groups are served in the order of their messages', () => {
    const { send, bodies } = standardQueue();
    for (const number of numbers(20)) send([number], `group-${Number(number) % 2}`);
    expect(bodies(20)).toEqual(numbers(20));
  });

  test('a group that has sent nothing for five minutes is quiet again', async () => {
    const { clock, send, bodies } = standardQueue();
    send(named('noisy', 200), 'noisy');
    await clock.advance(5 * 60_000);
    bodies(10);
    send(['quiet'], 'quiet');
    expect(bodies(10)).toEqual(named('noisy', 20).slice(10));
  });

  test('every message is handed out once, also with a seed', () => {
    const queues = new QueueRegistry({
      clock: new ManualClock(),
      events: new EventStream(),
      region,
      accountId,
      handOut: { seed: 3 },
    });
    queues.applyTemplate([queueModel('orders')]);
    const queue = queues.require('orders');
    const sent = numbers(300);
    queue.send(
      sent.map((body) => ({
        body,
        senderId: 'test',
        ...(Number(body) % 4 > 0 && { groupId: `g${Number(body) % 3}` }),
      })),
    );
    const handed: string[] = [];
    while (queue.counts.available > 0) handed.push(...queue.receive({ max: 10 }).map(({ body }) => body));
    expect(handed.toSorted()).toEqual(sent.toSorted());
  });
});
