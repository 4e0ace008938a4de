import { SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { messageLimits as limits } from '../../../shared/pipeline.ts';
import {
  type EntryRefusal,
  type OrderMessage,
  sendAll,
  type SendBatchDependencies,
  sqsSendMessageBatch,
} from '../../../lambdas/common/send.ts';

function* stream(count: number): Generator<OrderMessage> {
  for (let index = 0; index < count; index += 1) yield { index, orderId: `order-${index}`, body: '{}' };
}

function refusal(position: number, senderFault = false): EntryRefusal {
  return { position, code: senderFault ? 'InvalidMessageContents' : 'InternalError', message: 'Sorry.', senderFault };
}

function dependencies(changes: Partial<SendBatchDependencies>): SendBatchDependencies {
  return {
    sendMessageBatch: () => Promise.resolve([]),
    sleep: () => Promise.resolve(),
    random: () => 0.5,
    mayContinue: () => true,
    signal: new AbortController().signal,
    ...changes,
  };
}

describe('sending a stream of orders', () => {
  test('queues each once, several requests at a time but never more than ten', async () => {
    const sent: number[] = [];
    let inFlight = 0;
    let peak = 0;
    const result = await sendAll(
      stream(1_234),
      dependencies({
        async sendMessageBatch(messages) {
          inFlight += 1;
          peak = Math.max(peak, inFlight);
          await new Promise((resolve) => setImmediate(resolve));
          sent.push(...messages.map(({ index }) => index));
          inFlight -= 1;
          return [];
        },
      }),
    );
    expect(result).toEqual({ queued: 1_234, notQueued: [], lastIndex: 1_233 });
    expect(sent.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 1_234 }, (_, index) => index));
    expect(peak).toBe(10);
  });

  test('sends again what SQS refused for its own reasons, and only that, waiting longer from try to try', async () => {
    const tries: (readonly number[])[] = [];
    const waits: number[] = [];
    const result = await sendAll(
      stream(4),
      dependencies({
        sendMessageBatch(messages) {
          tries.push(messages.map(({ index }) => index));
          return Promise.resolve(tries.length < 4 ? [refusal(messages.length - 1)] : []);
        },
        sleep(milliseconds) {
          waits.push(milliseconds);
          return Promise.resolve();
        },
      }),
    );
    expect(tries).toEqual([[0, 1, 2, 3], [3], [3], [3]]);
    expect(waits).toEqual([50, 100, 200]);
    expect(result).toEqual({ queued: 4, notQueued: [], lastIndex: 3 });
  });

  test('names what SQS refused because of the sender, without trying again', async () => {
    let requests = 0;
    const result = await sendAll(
      stream(3),
      dependencies({
        sendMessageBatch() {
          requests += 1;
          return Promise.resolve([refusal(1, true)]);
        },
      }),
    );
    expect(requests).toBe(1);
    expect(result).toEqual({
      queued: 2,
      notQueued: [{ index: 1, orderId: 'order-1', code: 'InvalidMessageContents', message: 'Sorry.' }],
      lastIndex: 2,
    });
  });

  test('gives up after five tries and names what is left', async () => {
    let requests = 0;
    const result = await sendAll(
      stream(2),
      dependencies({
        sendMessageBatch() {
          requests += 1;
          return Promise.resolve([refusal(0)]);
        },
      }),
    );
    expect(requests).toBe(5);
    expect(result.notQueued.map(({ index, code }) => [index, code])).toEqual([[0, 'InternalError']]);
  });

  test('stops when a request fails as a whole, and names the orders of that request', async () => {
    const result = await sendAll(
      stream(10_000),
      dependencies({
        sendMessageBatch: ([first]) =>
          first!.index === 30 ? Promise.reject(new TypeError('No network.')) : Promise.resolve([]),
      }),
    );
    expect(result.notQueued.map(({ index }) => index)).toEqual([30, 31, 32, 33, 34, 35, 36, 37, 38, 39]);
    expect(result.notQueued[0]).toMatchObject({ orderId: 'order-30', code: 'TypeError', message: 'No network.' });
    expect(result.lastIndex).toBeLessThan(1_000);
  });

  test('names an order that is too large for the orders queue and sends the others', async () => {
    const messages = [...stream(3)];
    messages[1] = { ...messages[1]!, body: 'a'.repeat(limits.bytes + 1) };
    const result = await sendAll(messages, dependencies({}));
    expect(result).toMatchObject({ queued: 2, notQueued: [{ index: 1, code: 'MessageTooLarge' }] });
  });

  test('accounts for every order, whatever SQS refuses and whenever it has to stop', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(300),
        fc.infiniteStream(fc.integer({ min: 0, max: 9 })),
        fc.nat(60),
        async (count, draws, turns) => {
          let turnsLeft = turns;
          const accepted = new Set<number>();
          const result = await sendAll(
            stream(count),
            dependencies({
              mayContinue: () => (turnsLeft -= 1) > 0,
              async sendMessageBatch(messages) {
                const draw = next(draws);
                if (draw === 9) throw new Error('No network.');
                await Promise.resolve();
                const refusals = messages.flatMap((_, position) => {
                  const fate = next(draws);
                  return fate > 7 ? [refusal(position, fate === 9)] : [];
                });
                for (const [position, { index }] of messages.entries()) {
                  if (!refusals.some((refused) => refused.position === position)) accepted.add(index);
                }
                return refusals;
              },
            }),
          );
          const taken = (result.lastIndex ?? -1) + 1;
          expect(result.queued).toBe(accepted.size);
          expect([...accepted, ...result.notQueued.map(({ index }) => index)].toSorted((a, b) => a - b)).toEqual(
            Array.from({ length: taken }, (_, index) => index),
          );
        },
      ),
    );
  });
});

function next(draws: Iterator<number, unknown>): number {
  return draws.next().value as number;
}

test('a FIFO queue takes another order under the same id for another message', async () => {
  const client = new SQSClient({ region: 'eu-west-1' });
  const ids: string[] = [];
  client.send = (({ input }: { input: { Entries: readonly { readonly MessageDeduplicationId: string }[] } }) => {
    ids.push(...input.Entries.map(({ MessageDeduplicationId: id }) => id));
    return Promise.resolve({});
  }) as SQSClient['send'];
  const bodies = ['{"items":1}', '{"items":[]}', '{"items":[]}'];
  const messages = bodies.map((body, index) => ({ index, orderId: 'same', body }));
  await sqsSendMessageBatch('https://sqs/orders.fifo', client)(messages, new AbortController().signal);
  expect(ids[0]).not.toBe(ids[1]);
  expect(ids[1]).toBe(ids[2]);
});
