import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { diagnose } from '../../../shared/doctor/diagnose.ts';
import type { Facts, QueueFacts } from '../../../shared/doctor/facts.ts';
import { type Finding, type FindingCode, findingCodes, linkOf, textOf } from '../../../shared/doctor/finding.ts';
import { type Changes, factsWith, measuredRun } from './sound-facts.ts';

const found = (facts: Facts) => diagnose(facts).map(({ code, severity }) => `${severity} ${code}`);
const measured = (changes: Partial<typeof measuredRun>, settings = {}): Changes => ({
  function: { ...settings, measured: { ...measuredRun, ...changes } },
});
const parking: QueueFacts = {
  kind: 'queue',
  name: 'parked',
  fifo: false,
  visibilityTimeoutSeconds: 30,
  retentionSeconds: 1_209_600,
  redrive: null,
};

type Case = readonly [FindingCode, Finding['severity'], Changes, what: string, mend: string];

const cases: readonly Case[] = [
  [
    'timeout-above-visibility',
    'error',
    { queue: { visibilityTimeoutSeconds: 9 } },
    'print may take 10 s, but invoices shows a message again after 9 s: AWS refuses it',
    'Set the visibility timeout to 60 s.',
  ],
  [
    'visibility-too-short',
    'warning',
    {
      queue: { visibilityTimeoutSeconds: 160 },
      mapping: { batchSize: 1_000, windowSeconds: 10 },
      function: { timeoutSeconds: 26 },
    },
    'invoices hides a message for 160 s, less than 6 × the 26 s of print + the window of 10 s = 166 s',
    'Set the visibility timeout to 166 s',
  ],
  [
    'no-dead-letter-queue',
    'warning',
    { queue: { redrive: null } },
    'invoices is consumed and has no dead-letter queue: a message that always fails comes back until it expires after 4 days',
    'Give it a redrive policy',
  ],
  [
    'dead-letters-expire-early',
    'error',
    { deadLetterQueue: { retentionSeconds: 345_600 } },
    'dead-letters keeps messages for 4 days, invoices for 4 days: a message keeps its age when it moves',
    'Set the retention of dead-letters to 14 days',
  ],
  [
    'dead-letters-expire-early',
    'error',
    { queue: { retentionSeconds: 1_209_600 } },
    'dead-letters keeps messages for 14 days, invoices for 14 days',
    'Shorten the retention of invoices',
  ],
  [
    'few-receives',
    'warning',
    { maxReceiveCount: 2 },
    'invoices gives a message up after maxReceiveCount 2, below 3',
    'Set maxReceiveCount to 5 or more.',
  ],
  [
    'dead-letters-move-on-at-once',
    'error',
    { deadLetterQueue: { redrive: { maxReceiveCount: 5, deadLetterQueue: parking } } },
    'dead-letters gives a message up after maxReceiveCount 5, but SQS counts on from the queue before it, which gives up after 5',
    'Set its maxReceiveCount well above 5',
  ],
  [
    'reserved-concurrency-too-low',
    'error',
    { function: { reservedConcurrency: 9 } },
    'print has a reserved concurrency of 9, below the maximum concurrency of 10 of its mapping',
    'Reserve 10 or more',
  ],
  [
    'reserved-concurrency-too-low',
    'warning',
    { function: { reservedConcurrency: 9 }, mapping: { maximumConcurrency: null } },
    'print has a reserved concurrency of 9, which invoices → print does not know of',
    'Give the mapping a maximum concurrency',
  ],
  [
    'batch-outlasts-timeout',
    'error',
    { mapping: { slowestRecordSeconds: 1.1 } },
    'A batch of 10 × 1.1 s for a record at worst = 11 s, above the timeout of print, 10 s',
    'Set the timeout to 11 s or more, or the batch size to 9',
  ],
  [
    'batch-outlasts-timeout',
    'warning',
    { mapping: { batchSize: 41, windowSeconds: 1 }, queue: { visibilityTimeoutSeconds: 61 } },
    'A batch of 41 × 0.25 s for a record at worst (assumed) = 10.25 s',
    'or the batch size to 40',
  ],
  [
    'window-too-long',
    'warning',
    { mapping: { windowSeconds: 1 }, queue: { visibilityTimeoutSeconds: 61 } },
    'A batch of 10 comes from a busy queue in one receive; with a window of 1 s a message of a quiet one waits up to 1 s',
    'Set the window to 0 s',
  ],
  [
    'window-too-long',
    'warning',
    {
      mapping: { batchSize: 1_000, windowSeconds: 11, slowestRecordSeconds: 0.01 },
      queue: { visibilityTimeoutSeconds: 71 },
    },
    'A batch of 1000 comes from a busy queue in 100 receives, about 10 s; with a window of 11 s',
    'Set the window to 10 s',
  ],
  [
    'whole-batch-fails',
    'warning',
    { mapping: { partialBatchResponses: false } },
    'invoices → print does not report failures item by item: one bad message fails its batch of up to 10',
    'switch ReportBatchItemFailures on',
  ],
  [
    'mapping-disabled',
    'warning',
    { mapping: { enabled: false } },
    'invoices → print is disabled: invoices is not consumed',
    'Enable the mapping',
  ],
  [
    'timed-out',
    'error',
    measured({ timeouts: 3, longestMs: 10_000 }),
    '3 of 1000 invocations of print ran into its timeout of 10 s',
    'Look for what they waited for',
  ],
  [
    'timeout-tight',
    'warning',
    measured({ longestMs: 8_001 }),
    'The timeout is 10 s, and the longest of 1000 invocations of print took 8.00 s',
    'Set the timeout higher',
  ],
  [
    'timeout-generous',
    'warning',
    { ...measured({ longestMs: 2_000 }, { timeoutSeconds: 60 }), queue: { visibilityTimeoutSeconds: 360 } },
    'The timeout is 60 s, and the longest of 1000 invocations of print took 2.00 s: messages of a batch that crashed stay hidden for six timeouts, 360 s',
    'Set the timeout to 40 s',
  ],
  [
    'out-of-memory',
    'error',
    measured({ outOfMemory: 1, mostMemoryMb: 256 }),
    '1 of 1000 invocations of print ran out of memory (256 MB)',
    'Set the memory higher',
  ],
  [
    'memory-tight',
    'warning',
    measured({ mostMemoryMb: 205 }),
    'print has 256 MB and used 205 MB at most in 1000 invocations',
    'Set the memory to 320 MB or more.',
  ],
  [
    'memory-unused',
    'warning',
    measured({}, { memoryMb: 3_008 }),
    'print has 3008 MB and used 120 MB at most in 1000 invocations: 1,769 MB are one vCPU',
    'Set the memory to 1769 MB or less.',
  ],
];

// Two cases need two changes that another rule minds, too.
const beside: Partial<Record<FindingCode, readonly string[]>> = {
  'visibility-too-short': ['warning batch-outlasts-timeout'],
};

describe('a configuration', () => {
  test('with nothing wrong has no findings', () => {
    expect(diagnose(factsWith())).toEqual([]);
  });

  test.each(cases)(
    'that is wrong by %s (%s) is found, with figures and a way out',
    (code, severity, changes, what, mend) => {
      const facts = factsWith(changes);
      expect(found(facts).toSorted()).toEqual([`${severity} ${code}`, ...(beside[code] ?? [])].toSorted());
      const finding = diagnose(facts).find((each) => each.code === code)!;
      expect(finding.what).toContain(what);
      expect(finding.mend).toContain(mend);
      expect(textOf(finding)).toBe(`${finding.what} ${finding.mend} (docs/doctor.md#${code})`);
    },
  );

  test('is broken above in each way that the doctor knows', () => {
    expect(new Set(cases.map(([code]) => code))).toEqual(new Set(findingCodes));
  });

  test.each<[string, Changes]>([
    [
      'FIFO queues with the same retention, whose messages start anew behind them',
      { queue: { fifo: true, retentionSeconds: 1_209_600 } },
    ],
    [
      'a window that a large batch needs',
      { mapping: { batchSize: 40, windowSeconds: 1 }, queue: { visibilityTimeoutSeconds: 61 } },
    ],
    ['whole batches of one', { mapping: { batchSize: 1, partialBatchResponses: false } }],
    ['concurrency reserved as high as the mapping goes', { function: { reservedConcurrency: 10 } }],
    [
      'a long timeout that few invocations speak against',
      { ...measured({ invocations: 99 }, { timeoutSeconds: 60 }), queue: { visibilityTimeoutSeconds: 360 } },
    ],
    ['much memory of which half is used', measured({ mostMemoryMb: 1_504 }, { memoryMb: 3_008 })],
    ['one vCPU whatever is used', measured({}, { memoryMb: 1_769 })],
    ['a function that was not measured', { function: { measured: { ...measuredRun, invocations: 0, longestMs: 0 } } }],
  ])('with %s is sound', (_what, changes) => {
    expect(diagnose(factsWith(changes))).toEqual([]);
  });

  test('whose timeout equals the visibility timeout is short of what AWS advises, but not refused', () => {
    expect(found(factsWith({ queue: { visibilityTimeoutSeconds: 10 } }))).toEqual(['warning visibility-too-short']);
  });

  test('whose parking queue keeps messages as long as its dead-letter queue, 14 days, is sound', () => {
    const { queues, functions, mappings } = factsWith({
      deadLetterQueue: { redrive: { maxReceiveCount: 6, deadLetterQueue: parking } },
    });
    expect(diagnose({ queues: [...queues, parking], functions, mappings })).toEqual([]);
  });

  test('with two mappings to one function adds their concurrencies up', () => {
    const { queues, functions, mappings } = factsWith({ function: { reservedConcurrency: 19 } });
    const twice = { queues, functions, mappings: [...mappings, ...mappings] };
    expect(diagnose(twice)[0]!.what).toContain('below the maximum concurrency of 20 of its mappings together');
  });

  test('that is unknown in all that a deployment decides has no findings', () => {
    const unknown = undefined;
    const facts = factsWith({
      queue: { visibilityTimeoutSeconds: unknown, retentionSeconds: unknown, redrive: unknown },
      function: { timeoutSeconds: unknown, memoryMb: unknown, reservedConcurrency: unknown },
      mapping: {
        batchSize: unknown,
        windowSeconds: unknown,
        maximumConcurrency: unknown,
        partialBatchResponses: unknown,
      },
    });
    expect(diagnose(facts)).toEqual([]);
  });

  test('that is wrong in several ways has its errors told first', () => {
    const facts = factsWith({ maxReceiveCount: 1, function: { reservedConcurrency: 1 } });
    expect(found(facts)).toEqual(['error reserved-concurrency-too-low', 'warning few-receives']);
  });
});

describe('docs/doctor.md', () => {
  const headings = readFileSync(new URL('../../../docs/doctor.md', import.meta.url), 'utf8').matchAll(/^#+ (.+)$/gm);
  /** As GitHub makes them of headings without punctuation. */
  const anchors = [...headings].map(([, heading]) => heading!.toLowerCase().replaceAll('`', '').replaceAll(' ', '-'));

  test('has a section for each finding, which its link leads to', () => {
    for (const code of findingCodes) {
      const [file, anchor] = linkOf({ code }).split('#');
      expect(file).toBe('docs/doctor.md');
      expect(anchors).toContain(anchor);
    }
  });
});
