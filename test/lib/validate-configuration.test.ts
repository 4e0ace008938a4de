import { describe, expect, test } from '@jest/globals';
import { App } from 'aws-cdk-lib';
import { type Configuration, presets } from '../../lib/configuration.ts';
import { OrderPipelineStack } from '../../lib/order-pipeline-stack.ts';
import { type ConsumerSettings, visibilityTimeoutSeconds } from '../../lib/settings.ts';
import { configurationProblems, consumerProblems } from '../../lib/validate-configuration.ts';

const { production } = presets;
const standard = { fifo: false, visibilityTimeoutSeconds: 60 };

function problemsOf(changes: Partial<ConsumerSettings>, queue: Partial<typeof standard> = {}): readonly string[] {
  return consumerProblems('processOrders', { ...production.processOrders, ...changes }, { ...standard, ...queue });
}

describe('the presets', () => {
  test.each(Object.keys(presets) as (keyof typeof presets)[])('of which %s is one can be deployed', (preset) => {
    expect(configurationProblems(presets[preset])).toEqual([]);
  });

  test('hide messages for six function timeouts and the window', () => {
    expect(visibilityTimeoutSeconds({ ...production.processOrders, timeoutSeconds: 7, windowSeconds: 11 })).toBe(53);
  });
});

describe('a configuration that AWS would refuse', () => {
  test.each<[string, Partial<ConsumerSettings>, Partial<typeof standard>, string]>([
    [
      'batches above 10 without a window',
      { batchSize: 11 },
      {},
      'processOrders.batchSize is 11 with no window: above 10, windowSeconds must be at least 1.',
    ],
    [
      'a maximum concurrency of 1',
      { maximumConcurrency: 1 },
      {},
      'processOrders.maximumConcurrency is 1: it must be a whole number from 2 to 1000.',
    ],
    [
      'a maximum concurrency above 1,000',
      { maximumConcurrency: 1_001 },
      {},
      'processOrders.maximumConcurrency is 1001: it must be a whole number from 2 to 1000.',
    ],
    [
      'a function timeout above the visibility timeout',
      { timeoutSeconds: 61 },
      {},
      "processOrders.timeoutSeconds is 61, more than its queue's visibility timeout of 60 s: messages would come back while they are being processed.",
    ],
    [
      'a window on a FIFO queue',
      { windowSeconds: 1 },
      { fifo: true },
      'processOrders.windowSeconds is 1: a FIFO queue takes no batching window, set it to 0.',
    ],
    [
      'batches above 10 from a FIFO queue',
      { batchSize: 11 },
      { fifo: true },
      'processOrders.batchSize is 11: from a FIFO queue at most 10.',
    ],
    ['no batch', { batchSize: 0 }, {}, 'processOrders.batchSize is 0: it must be a whole number from 1 to 10000.'],
    [
      'a window of part of a second',
      { windowSeconds: 0.5 },
      {},
      'processOrders.windowSeconds is 0.5: it must be a whole number from 0 to 300.',
    ],
    [
      'a window above five minutes',
      { windowSeconds: 301 },
      {},
      'processOrders.windowSeconds is 301: it must be a whole number from 0 to 300.',
    ],
    [
      'a function timeout of nothing',
      { timeoutSeconds: 0 },
      {},
      'processOrders.timeoutSeconds is 0: it must be a whole number from 1 to 900.',
    ],
    [
      'too little memory',
      { memoryMb: 64 },
      {},
      'processOrders.memoryMb is 64: it must be a whole number from 128 to 10240.',
    ],
  ])('is refused for %s, with a sentence that says so', (_what, changes, queue, problem) => {
    expect(problemsOf(changes, queue)).toEqual([problem]);
  });

  test.each<[Partial<ConsumerSettings>, Partial<typeof standard>]>([
    [{ timeoutSeconds: 60 }, {}],
    [{ batchSize: 10_000, windowSeconds: 1 }, {}],
    [{ maximumConcurrency: 2 }, {}],
    [{ maximumConcurrency: 1_000 }, { fifo: true }],
  ])('is not one with %j', (changes, queue) => {
    expect(problemsOf(changes, queue)).toEqual([]);
  });

  test.each<[string, Partial<Configuration>, string]>([
    [
      'failures that expire before orders',
      { badOrders: { retentionSeconds: 345_600 } },
      'badOrders.retentionSeconds (345600) must be longer than orders.retentionSeconds (345600): a message keeps the age it has when it moves to the dead-letter queue, and would expire there early.',
    ],
    [
      'a retention above 14 days',
      { badOrders: { retentionSeconds: 1_209_601 } },
      'badOrders.retentionSeconds is 1209601: it must be a whole number from 60 to 1209600.',
    ],
    ['no receive at all', { maxReceiveCount: 0 }, 'maxReceiveCount is 0: it must be a whole number from 1 to 1000.'],
    [
      'a wait that SQS does not know',
      { processOrders: { ...production.processOrders, retry: { baseSeconds: 1, capSeconds: 43_201 } } },
      'processOrders.retry.capSeconds is 43201: it must be a whole number from 0 to 43200.',
    ],
  ])('is refused for %s', (_what, changes, problem) => {
    expect(configurationProblems({ ...production, ...changes })).toEqual([problem]);
  });

  test('is refused when failures would be parked before they can be written down', () => {
    const failedOrders = { ...production.failedOrders, maxReceiveCount: 5 };
    expect(configurationProblems({ ...production, failedOrders })).toEqual([
      'failedOrders.maxReceiveCount (5) must exceed maxReceiveCount (5): the receives from the orders queue count, and failures would be parked before they are written down.',
    ]);
  });

  test('is refused when parked messages would expire early', () => {
    expect(configurationProblems({ ...production, parkedOrders: { retentionSeconds: 60 } })).toEqual([
      'parkedOrders.retentionSeconds (60) must not be shorter than badOrders.retentionSeconds (1209600): a message keeps its age there, too.',
    ]);
  });

  test('is refused while synthesizing, for all that is wrong with it at once', () => {
    const configuration: Configuration = {
      ...production,
      maxReceiveCount: 0,
      failedOrders: { ...production.failedOrders, maximumConcurrency: 1, batchSize: 11 },
    };
    expect(() => new OrderPipelineStack(new App(), 'Refused', { configuration })).toThrow(
      [
        'The configuration cannot be deployed:',
        '- failedOrders.maximumConcurrency is 1: it must be a whole number from 2 to 1000.',
        '- failedOrders.batchSize is 11 with no window: above 10, windowSeconds must be at least 1.',
        '- maxReceiveCount is 0: it must be a whole number from 1 to 1000.',
      ].join('\n'),
    );
  });
});

describe('FIFO queues', () => {
  test('can be deployed', () => {
    expect(configurationProblems({ ...production, fifo: true })).toEqual([]);
  });
});
