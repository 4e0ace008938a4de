import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { advisedVisibilitySeconds, diagnose } from '../src/index.ts';
import { type Facts, type FindingCode, findingCodes, linkOf, type QueueFacts, textOf } from '../src/facts.ts';
import { cases, measured, parking } from './broken-configurations.ts';
import { type Changes, factsWith, measuredRun } from './sound-facts.ts';

const found = (facts: Facts) => diagnose(facts).map(({ code, severity }) => `${severity} ${code}`);
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
      'a window that a large batch needs',
      { mapping: { batchSize: 40, windowSeconds: 1 }, queue: { visibilityTimeoutSeconds: 61 } },
    ],
    ['whole batches of one', { mapping: { batchSize: 1, partialBatchResponses: false } }],
    ['concurrency reserved as high as the mapping goes', { function: { reservedConcurrency: 10 } }],
    [
      'concurrency of its own in an account that has little',
      { function: { reservedConcurrency: 10 }, unreservedConcurrency: 1 },
    ],
    [
      'a mapping without a maximum, which takes what there is',
      { mapping: { maximumConcurrency: null }, unreservedConcurrency: 1 },
    ],
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

  test('of FIFO queues with the same retention is no mistake, because messages start anew behind them', () => {
    const facts = factsWith({ queue: { fifo: true, retentionSeconds: 1_209_600 } });
    expect(found(facts)).toEqual(['warning fifo-order-ends']);
    const [first, behind] = facts.queues as [QueueFacts, QueueFacts];
    expect(diagnose({ ...facts, queues: [{ ...first, redrive: null }, behind], mappings: [] })).toEqual([]);
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

  test('whose visibility timeout is what AWS advises is never short of it', () => {
    const timeouts = fc.integer({ min: 1, max: 900 });
    const windows = fc.integer({ min: 0, max: 300 });
    fc.assert(
      fc.property(timeouts, windows, fc.boolean(), (timeoutSeconds, windowSeconds, aSecondLess) => {
        const visibilityTimeoutSeconds = advisedVisibilitySeconds(timeoutSeconds, windowSeconds) - Number(aSecondLess);
        const facts = factsWith({
          queue: { visibilityTimeoutSeconds },
          function: { timeoutSeconds },
          mapping: { windowSeconds },
        });
        expect(diagnose(facts).some(({ code }) => code === 'visibility-too-short')).toBe(aSecondLess);
      }),
    );
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
