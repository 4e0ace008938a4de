import { afterEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { AwsError, type RpcService } from '../../src/endpoint/api.ts';
import { EventStream } from '../../src/events.ts';
import { Deliveries, retryDelayMs } from '../../src/services/sns/deliveries.ts';
import type { Notification } from '../../src/services/sns/notification.ts';
import { defaultSubscriptionSettings } from '../../src/services/sns/subscription-attributes.ts';
import { Targets } from '../../src/services/sns/targets.ts';
import { Subscription } from '../../src/services/sns/topic.ts';
import { SqsService } from '../../src/services/sqs/service.ts';
import { EventWatch } from '../../src/testing/event-watch.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { queueModel } from '../sqs/queue-model.ts';
import { accountId, queueArn, region, topicArn } from './sns-harness.ts';

const closers: (() => void)[] = [];

afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** Deliveries to real queues, which SQS fails at as often as `fails` says. */
function startDeliveries(queueNames: readonly string[], fails: () => AwsError | undefined) {
  const clock = new ManualClock();
  const events = new EventStream();
  const watch = new EventWatch(events);
  const queues = queueNames.map((name) => queueModel(name, { arn: queueArn(name) }));
  const service = new SqsService({ queues, clock, events, region, accountId, endpointUrl: 'http://127.0.0.1' });
  const { SendMessage } = service.rpc.operations;
  const failing: RpcService = {
    ...service.rpc,
    operations: {
      SendMessage: {
        ...SendMessage!,
        run(input, context) {
          const error = fails();
          if (error !== undefined) throw error;
          return SendMessage!.run(input, context);
        },
      },
    },
  };
  const targets = new Targets({
    authorizer: { lacksAsService: () => undefined },
    sqs: failing,
    isQueue: (arn) => service.queue(arn) !== undefined,
    sendMail: () => undefined,
  });
  const deliveries = new Deliveries({ clock, events, targets });
  closers.push(() => {
    deliveries.close();
    service.close();
  });
  const bodies = (name: string) => {
    const taken = [];
    for (;;) {
      const messages = service.queue(queueArn(name))?.receive({ max: 10 }) ?? [];
      if (messages.length === 0) return taken;
      for (const { receiptHandle } of messages) service.queue(queueArn(name))?.delete(receiptHandle);
      taken.push(...messages.map(({ body }) => body));
    }
  };
  return { clock, watch, deliveries, bodies };
}

const subscriptionTo = (queueName: string, deadLetters?: string) =>
  new Subscription(
    { arn: `${topicArn('t')}:id`, topicArn: topicArn('t'), protocol: 'sqs', endpoint: queueArn(queueName) },
    {
      ...defaultSubscriptionSettings,
      rawMessageDelivery: true,
      ...(deadLetters !== undefined && { redrivePolicy: { text: '', deadLetterTargetArn: queueArn(deadLetters) } }),
    },
  );

const notification = (text: string, more: Partial<Notification> = {}): Notification => ({
  messageId: text,
  topicArn: topicArn('t'),
  topicName: 't',
  displayName: '',
  text,
  attributes: {},
  publishedAtMs: 0,
  signatureVersion: '1',
  isFifo: false,
  ...more,
});

const unavailable = () => new AwsError('ServiceUnavailable', 'SQS is unavailable.', { httpStatus: 503 });

test('SNS tries 100,015 times in 23 days, as AWS says', () => {
  const delays = Array.from({ length: 100_015 }, (_, index) => retryDelayMs(index + 1) ?? Number.NaN);
  expect(delays.slice(0, 6)).toEqual([0, 0, 0, 1000, 1000, 1000]);
  expect(delays.slice(5, 15)).toEqual(delays.slice(5, 15).toSorted((a, b) => a - b));
  expect(delays.slice(14, 17)).toEqual([20_000, 20_000, 20_000]);
  expect(Math.floor(delays.reduce((sum, delay) => sum + delay, 0) / 86_400_000)).toBe(23);
  expect(retryDelayMs(100_016)).toBeUndefined();
});

describe('a delivery that SQS fails at', () => {
  test('is tried again, at once first and then by the clock', async () => {
    let left = 6;
    const { clock, deliveries, bodies, watch } = startDeliveries(['q'], () =>
      (left -= 1) >= 0 ? unavailable() : undefined,
    );
    deliveries.start({ subscription: subscriptionTo('q', 'nowhere'), notification: notification('a') });
    await clock.advance(0);
    expect(left).toBe(2);
    await clock.advance(2_999);
    expect(bodies('q')).toEqual([]);
    await clock.advance(1);
    expect(bodies('q')).toEqual(['a']);
    expect(watch.ofType('delivery-failed')).toEqual([]);
  });

  test('by refusing it is not tried again', async () => {
    let attempts = 0;
    const refused = () => ((attempts += 1) === 1 ? new AwsError('InvalidMessageContents', 'Not so.') : undefined);
    const { clock, deliveries, bodies, watch } = startDeliveries(['q', 'dead'], refused);
    deliveries.start({ subscription: subscriptionTo('q', 'dead'), notification: notification('a') });
    await clock.advance(60_000);
    expect([bodies('q'), bodies('dead'), attempts]).toEqual([[], ['a'], 2]);
    expect(watch.ofType('delivery-failed')).toMatchObject([{ reason: 'Not so.', deadLetterQueueName: 'dead' }]);
  });

  test('goes nowhere any more once its subscription has ended, or the runtime', async () => {
    let isDown = true;
    const { clock, deliveries, bodies } = startDeliveries(['q'], () => (isDown ? unavailable() : undefined));
    const ended = subscriptionTo('q');
    deliveries.start({ subscription: ended, notification: notification('a') });
    await clock.advance(10_000);
    ended.isActive = false;
    isDown = false;
    await clock.advance(60_000);
    expect(bodies('q')).toEqual([]);

    isDown = true;
    deliveries.start({ subscription: subscriptionTo('q'), notification: notification('b') });
    await clock.advance(10_000);
    deliveries.close();
    isDown = false;
    await clock.advance(60_000);
    expect(bodies('q')).toEqual([]);
  });
});

test('messages of a group of a FIFO topic arrive in their order and once, whatever SQS fails at', async () => {
  const property = fc.asyncProperty(
    fc.array(fc.boolean(), { maxLength: 60 }),
    fc.integer({ min: 1, max: 9 }),
    async (failing, count) => {
      const left = [...failing];
      const { clock, deliveries, bodies } = startDeliveries(['q.fifo'], () =>
        left.shift() === true ? unavailable() : undefined,
      );
      const subscription = subscriptionTo('q.fifo');
      for (let index = 0; index < count; index += 1) {
        for (const groupId of ['g', 'h']) {
          const text = `${groupId}${index}`;
          const fifo = { isFifo: true, groupId, deduplicationId: text };
          deliveries.start({ subscription, notification: notification(text, fifo) });
        }
      }
      await clock.advance(3_600_000);
      const arrived = bodies('q.fifo');
      for (const groupId of ['g', 'h']) {
        expect(arrived.filter((text) => text.startsWith(groupId))).toEqual(
          Array.from({ length: count }, (_, index) => `${groupId}${index}`),
        );
      }
    },
  );
  await fc.assert(property, { numRuns: 20 });
});
