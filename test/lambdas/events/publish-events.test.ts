import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type EventEntry, publishEventsBy } from '../../../lambdas/common/events.ts';
import { createHandler } from '../../../lambdas/process-orders/process-batch.ts';
import type { OwedEvent } from '../../../shared/order-event.ts';
import { captureConsole } from '../captured-console.ts';
import { consumerDependencies } from '../consumer-dependencies.ts';
import { badBody, goodBody, sqsEvent } from '../sqs-event.ts';
import { snsOfTheTest } from './sns-of-the-test.ts';

captureConsole();
const owed = (index: number): OwedEvent => ({
  type: 'order.processed',
  orderId: `order-${index}`,
  orderKey: `order-${index}`,
  messageId: `message-${index}`,
  processedAt: '2026-01-02T03:04:05.678Z',
});

function handlerWith() {
  const sns = snsOfTheTest();
  const { dependencies } = consumerDependencies();
  const handler = createHandler({
    ...dependencies,
    processOrder: ({ record }) =>
      Promise.resolve({ result: 'processed', owed: owed(Number(record.messageId.split('-')[1])) }),
    partialBatchResponses: false,
    maxReceiveCount: 5,
    backoff: { base: 2, cap: 300 },
    publishEvents: sns.publishEvents,
  });
  return {
    sns,
    handler: (bodies: readonly string[]) => handler(sqsEvent(bodies), { getRemainingTimeInMillis: () => 10_000 }),
  };
}

describe('publishing', () => {
  test('counts as done what SNS names as published, and nothing else, whatever SNS answers', async () => {
    const answer = fc.constantFrom('published', 'refused', 'not named', 'request lost');
    await fc.assert(
      fc.asyncProperty(fc.array(answer, { maxLength: 25 }), async (answers) => {
        const of = ({ Message }: EventEntry) => answers[Number(/order-(\d+)/.exec(Message)![1])]!;
        const publish = publishEventsBy((entries) => {
          if (entries.some((entry) => of(entry) === 'request lost')) return Promise.reject(new Error('socket hang up'));
          const ids = (which: string) => entries.filter((entry) => of(entry) === which).map(({ Id }) => Id);
          return Promise.resolve({
            published: ids('published'),
            refused: ids('refused').map((id) => ({ id, why: 'InternalError: ' })),
          });
        }, false);
        const errors = await publish(
          answers.map((_, index) => owed(index)),
          new AbortController().signal,
        );
        const lost = (index: number) => {
          const from = index - (index % 10);
          return answers.slice(from, from + 10).includes('request lost');
        };
        expect(errors.map((error) => error === undefined)).toEqual(
          answers.map((each, index) => each === 'published' && !lost(index)),
        );
      }),
    );
  });
});

describe('process-orders without partial batch responses', () => {
  test('tells of a batch when all of it is processed', async () => {
    const { sns, handler } = handlerWith();
    expect(await handler([goodBody, goodBody])).toEqual({ batchItemFailures: [] });
    expect(sns.told().map(({ orderKey }) => orderKey)).toEqual(['order-0', 'order-1']);
  });

  test('tells nobody of a batch that fails: all of it comes back', async () => {
    const { sns, handler } = handlerWith();
    await expect(handler([goodBody, badBody])).rejects.toThrow('/customerAddress is required');
    expect(sns.told()).toEqual([]);
  });

  test('fails a batch of which an order could not be told', async () => {
    const { sns, handler } = handlerWith();
    sns.answers('is down');
    await expect(handler([goodBody])).rejects.toThrow(
      'Order order-1 (message message-0) fails its batch of 1: EventNotPublished: The event was not published: Error: connect ECONNREFUSED',
    );
  });
});
