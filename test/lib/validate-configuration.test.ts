import { describe, expect, test } from '@jest/globals';
import { App } from 'aws-cdk-lib';
import { SynthesisMessageLevel } from 'aws-cdk-lib/cx-api';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { FindingCode } from 'queue-doctor';
import { type Configuration, presets } from '../../lib/configuration/configuration.ts';
import { OrderPipelineStack } from '../../lib/stacks/order-pipeline-stack.ts';
import { type ConsumerSettings, visibilityTimeoutSeconds } from '../../lib/configuration/settings.ts';
import { configurationProblems, consumerProblems } from '../../lib/configuration/validate.ts';
import { newOutputFolder } from './synthesize.ts';

const { production } = presets;

function problemsOf(changes: Partial<ConsumerSettings>, fifo = false): readonly string[] {
  return consumerProblems('processOrders', { ...production.processOrders, ...changes }, fifo);
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
  test.each<[string, Partial<ConsumerSettings>, boolean, string]>([
    [
      'batches above 10 without a window',
      { batchSize: 11 },
      false,
      'processOrders.batchSize is 11 with no window: above 10, windowSeconds must be at least 1.',
    ],
    [
      'a maximum concurrency of 1',
      { maximumConcurrency: 1 },
      false,
      'processOrders.maximumConcurrency is 1: it must be a whole number from 2 to 1000.',
    ],
    [
      'a maximum concurrency above 1,000',
      { maximumConcurrency: 1_001 },
      false,
      'processOrders.maximumConcurrency is 1001: it must be a whole number from 2 to 1000.',
    ],
    [
      'a window on a FIFO queue',
      { windowSeconds: 1 },
      true,
      'processOrders.windowSeconds is 1: a FIFO queue takes no batching window, set it to 0.',
    ],
    [
      'batches above 10 from a FIFO queue',
      { batchSize: 11 },
      true,
      'processOrders.batchSize is 11: from a FIFO queue at most 10.',
    ],
    ['no batch', { batchSize: 0 }, false, 'processOrders.batchSize is 0: it must be a whole number from 1 to 10000.'],
    [
      'a window of part of a second',
      { windowSeconds: 0.5 },
      false,
      'processOrders.windowSeconds is 0.5: it must be a whole number from 0 to 300.',
    ],
    [
      'a window above five minutes',
      { windowSeconds: 301 },
      false,
      'processOrders.windowSeconds is 301: it must be a whole number from 0 to 300.',
    ],
    [
      'a function timeout of nothing',
      { timeoutSeconds: 0 },
      false,
      'processOrders.timeoutSeconds is 0: it must be a whole number from 1 to 900.',
    ],
    [
      'less than no reserved concurrency',
      { reservedConcurrency: -1 },
      false,
      'processOrders.reservedConcurrency is -1: it must be a whole number from 0.',
    ],
    [
      'records that take no time',
      { slowestRecordSeconds: 0 },
      false,
      'processOrders.slowestRecordSeconds is 0: it must be a number above 0.',
    ],
    [
      'too little memory',
      { memoryMb: 64 },
      false,
      'processOrders.memoryMb is 64: it must be a whole number from 128 to 10240.',
    ],
  ])('is refused for %s, with a sentence that says so', (_what, changes, fifo, problem) => {
    expect(problemsOf(changes, fifo)).toEqual([problem]);
  });

  test.each<[Partial<ConsumerSettings>, boolean]>([
    [{ timeoutSeconds: 900 }, false],
    [{ batchSize: 10_000, windowSeconds: 1 }, false],
    [{ maximumConcurrency: 2 }, false],
    [{ reservedConcurrency: 0 }, false],
    [{ maximumConcurrency: 1_000 }, true],
  ])('is not one with %j', (changes, fifo) => {
    expect(problemsOf(changes, fifo)).toEqual([]);
  });

  test.each<[string, Partial<Configuration>, string]>([
    [
      'a retention above 14 days',
      { badOrders: { retentionSeconds: 1_209_601 } },
      'badOrders.retentionSeconds is 1209601: it must be a whole number from 60 to 1209600.',
    ],
    [
      'a table that is colder than a new one',
      { warmWritesPerSecond: 3_999 },
      'warmWritesPerSecond is 3999: it must be a whole number from 4000, which a new table takes.',
    ],
    ['no receive at all', { maxReceiveCount: 0 }, 'maxReceiveCount is 0: it must be a whole number from 1 to 1000.'],
    [
      'a wait that SQS does not know',
      { processOrders: { ...production.processOrders, retry: { baseSeconds: 1, capSeconds: 43_201 } } },
      'processOrders.retry.capSeconds is 43201: it must be a whole number from 0 to 43200.',
    ],
    [
      'a longest wait below the shortest',
      { failedOrders: { ...production.failedOrders, retry: { baseSeconds: 5, capSeconds: 4 } } },
      'failedOrders.retry.capSeconds is 4: it must not be below baseSeconds, 5.',
    ],
    [
      'the same address twice, in any case',
      { alarmEmail: ['ada@example.com', 'bob@example.com', 'Ada@example.com'] },
      'alarmEmail has Ada@example.com twice: name each address once.',
    ],
    [
      'an address longer than mail knows',
      { alarmEmail: [`${'a'.repeat(251)}@b.c`] },
      `alarmEmail has an address of 255 characters, ${'a'.repeat(20)}…: an address has 254 at most.`,
    ],
    ['nobody to mail to', { alarmEmail: ['nobody'] }, 'alarmEmail is ["nobody"]: it takes e-mail addresses.'],
    ['a mail to white space', { alarmEmail: [' a@b.c'] }, 'alarmEmail is [" a@b.c"]: it takes e-mail addresses.'],
    ['no runbook', { runbook: '' }, 'runbook is "": it takes an address or a path, without spaces.'],
    [
      'days that CloudWatch does not know',
      { logRetention: 31 as RetentionDays },
      'logRetention is 31: it takes one of the days of CloudWatch, as RetentionDays names them.',
    ],
    [
      'a warning that there is not',
      { acknowledged: [{ code: 'few-recieves' as FindingCode, reason: 'Meant to be.' }] },
      'acknowledged has "few-recieves", which is no warning of the doctor. Is few-receives meant?',
    ],
    [
      'a warning acknowledged for no reason',
      { acknowledged: [{ code: 'few-receives', reason: ' ' }] },
      'acknowledged has "few-receives" without a reason.',
    ],
  ])('is refused for %s', (_what, changes, problem) => {
    expect(configurationProblems({ ...production, ...changes })).toEqual([problem]);
  });

  test('is refused while synthesizing, for all that is wrong with it at once', () => {
    const configuration: Configuration = {
      ...production,
      maxReceiveCount: 0,
      failedOrders: { ...production.failedOrders, maximumConcurrency: 1, batchSize: 11 },
    };
    const app = new App({ outdir: newOutputFolder() });
    expect(() => new OrderPipelineStack(app, 'Refused', { configuration })).toThrow(
      [
        'The configuration cannot be deployed:',
        '- failedOrders.maximumConcurrency is 1: it must be a whole number from 2 to 1000.',
        '- failedOrders.batchSize is 11 with no window: above 10, windowSeconds must be at least 1.',
        '- maxReceiveCount is 0: it must be a whole number from 1 to 1000.',
      ].join('\n'),
    );
  });
});

const named = (stackName: string, fifo = false) =>
  new OrderPipelineStack(
    new App({ context: { 'aws:cdk:bundling-stacks': [] }, outdir: newOutputFolder() }),
    stackName,
    { configuration: { ...production, fifo } },
  );

test.each([1_023, 262_145])(
  'messages of %d bytes are more or less than queues and rows take',
  (maximumMessageBytes) => {
    expect(configurationProblems({ ...production, maximumMessageBytes })).toEqual([
      `maximumMessageBytes is ${maximumMessageBytes}: it must be a whole number from 1024 to 262144.`,
    ]);
  },
);

describe('the name of a stack', () => {
  test('is refused when it makes names of queues longer than SQS takes, with each of them', () => {
    const stackName = 'S'.repeat(81 - '-bad-orders'.length);
    expect(() => named(stackName)).toThrow(
      [
        'The configuration cannot be deployed:',
        `- The queue name ${stackName}-bad-orders has 81 characters, of which SQS takes 80: give the stack a name that is shorter by 1.`,
        `- The queue name ${stackName}-parked-orders has 84 characters, of which SQS takes 80: give the stack a name that is shorter by 4.`,
      ].join('\n'),
    );
  });

  test.each([
    [80 - '-parked-orders'.length, false],
    [80 - '-parked-orders.fifo'.length, true],
  ])('may have %d characters (FIFO queues: %s), and no more', (length, fifo) => {
    expect(named('S'.repeat(length), fifo).stackName).toHaveLength(length);
    expect(() => named('S'.repeat(length + 1), fifo)).toThrow(/-parked-orders(\.fifo)? has 81 characters/);
  });
});

describe('FIFO queues', () => {
  test('can be deployed', () => {
    const configuration = { ...production, fifo: true };
    expect(configurationProblems(configuration)).toEqual([]);
    const app = new App({ context: { 'aws:cdk:bundling-stacks': [] }, outdir: newOutputFolder() });
    const { stackName } = new OrderPipelineStack(app, 'Fifo', { configuration });
    // The doctor says what FIFO queues cannot hold (docs/doctor.md), which stops no deployment.
    const { messages } = app.synth().getStackByName(stackName);
    expect(messages.filter(({ level }) => level === SynthesisMessageLevel.ERROR)).toEqual([]);
  });
});
