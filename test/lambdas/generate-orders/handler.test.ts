import { describe, expect, test } from '@jest/globals';
import { createHandler, type Dependencies } from '../../../lambdas/generate-orders/generate.ts';
import type { MetricCounts } from '../../../shared/telemetry.ts';
import { captureConsole } from '../captured-console.ts';
import { deadlineOf } from '../deadline-of.ts';

const lines = captureConsole();

function handlerWith(changes: Partial<Dependencies>) {
  return createHandler({
    sendMessageBatch: () => Promise.resolve([]),
    sleep: () => Promise.resolve(),
    random: () => 0.5,
    publishMetrics: () => {},
    startDeadline: () => deadlineOf(),
    ...changes,
  });
}

const plentyOfTime = { getRemainingTimeInMillis: () => 60_000 };

async function answerOf(handler: ReturnType<typeof createHandler>, event: unknown, context = plentyOfTime) {
  const response = await handler(event, context);
  return { ...response, body: JSON.parse(response.body) as Record<string, unknown> };
}

describe('generate-orders', () => {
  test('answers as the lecture demo does, with how many orders it queued and by which seed', async () => {
    expect(await answerOf(handlerWith({}), {})).toEqual({
      statusCode: 200,
      headers: { 'content-type': 'application/json' },
      body: { requested: 10, queued: 10, seed: 2_147_483_648 },
    });
    expect(lines).toEqual([
      { level: 'info', line: { message: 'Orders Queued', requested: 10, queued: 10, seed: 2_147_483_648 } },
    ]);
  });

  test('uses the seed it is given', async () => {
    expect((await answerOf(handlerWith({}), { seed: 7 })).body).toMatchObject({ seed: 7 });
  });

  test('refuses an event it does not understand with status 400 and says why', async () => {
    expect(await answerOf(handlerWith({}), { count: -1 })).toMatchObject({
      statusCode: 400,
      body: { problems: ['count must be a whole number from 0 to 10,000,000, not -1.'] },
    });
    expect(lines).toMatchObject([{ level: 'error', line: { message: 'Event Refused' } }]);
  });

  test('says with status 500 which orders could not be queued, and why', async () => {
    const handler = handlerWith({
      sendMessageBatch: () =>
        Promise.resolve([{ position: 2, code: 'InvalidMessageContents', message: 'No.', senderFault: true }]),
    });
    const { statusCode, body } = await answerOf(handler, { seed: 7 });
    expect(statusCode).toBe(500);
    expect(body).toMatchObject({
      requested: 10,
      queued: 9,
      failed: [{ index: 2, code: 'InvalidMessageContents', message: 'No.' }],
    });
    expect(lines).toMatchObject([{ level: 'error', line: { message: 'Orders Not Queued' } }]);
  });

  test('counts the orders it queued and those it could not queue', async () => {
    const published: MetricCounts[] = [];
    const handler = handlerWith({
      sendMessageBatch: () =>
        Promise.resolve([{ position: 2, code: 'InvalidMessageContents', message: 'No.', senderFault: true }]),
      publishMetrics: (counts) => published.push(counts),
    });
    await answerOf(handler, { seed: 7 });
    expect(published).toEqual([{ OrdersQueued: 9, OrdersNotQueued: 1 }]);
  });

  test('stops while there is time left, says where, and goes on from there to the same orders', async () => {
    const sent: string[] = [];
    let remainingMs = 60_000;
    const handler = handlerWith({
      sendMessageBatch(messages) {
        remainingMs -= 1_000;
        sent.push(...messages.map(({ orderId }) => orderId));
        return Promise.resolve([]);
      },
    });
    const context = { getRemainingTimeInMillis: () => remainingMs };
    const first = await answerOf(handler, { count: 1_000, seed: 7, badRate: 0.1 }, context);
    expect(first.statusCode).toBe(200);
    expect(remainingMs).toBe(5_000);
    expect(first.body).toEqual({ requested: 1_000, queued: 550, seed: 7, next: 550 });

    remainingMs = 100_000;
    const second = await answerOf(handler, { count: 1_000, seed: 7, badRate: 0.1, from: 550 }, context);
    expect(second.body).toEqual({ requested: 450, queued: 450, seed: 7 });

    const resumed = sent.splice(0);
    await answerOf(handler, { count: 1_000, seed: 7, badRate: 0.1 });
    expect(resumed).toEqual(sent);
  });

  test('keeps a share of a short timeout for itself, and gives requests until shortly before its end', async () => {
    const given: number[] = [];
    const handler = handlerWith({
      startDeadline(milliseconds) {
        given.push(milliseconds);
        return deadlineOf();
      },
    });
    await answerOf(handler, { count: 1 }, { getRemainingTimeInMillis: () => 4_000 });
    expect(given).toEqual([3_800]);
  });
});
