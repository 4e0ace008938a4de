import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { faultNames } from 'local-aws';
import { defineChaos, hasEffectsOf, kindsOf, synthesizeForChaos } from '../../../tools/chaos/chaos.ts';
import { run, type RunResult } from '../../../tools/chaos/run.ts';
import { isSound, summarize, summaryJson, summaryText } from '../../../tools/chaos/summary.ts';
import { TemporaryFolder } from '../../../tools/run/synthesize.ts';
import { parsedOptions } from '../run/parsed-options.ts';

/** `npm run chaos` in short: a few runs that together have every kind of fault but the slow ones. */
const folder = new TemporaryFolder();
const slow = new Set(['table-answers-late', 'table-writes-late', 'table-down']);
const quick = faultNames.filter((name) => !slow.has(name));
const runs = 4;

let assemblies: Awaited<ReturnType<typeof synthesizeForChaos>>;

beforeAll(async () => {
  assemblies = await synthesizeForChaos(folder.path, new AbortController().signal);
});
afterAll(() => folder[Symbol.dispose]());

test('whatever breaks, the books balance', async () => {
  const results: RunResult[] = [];
  for (let number = 0; number < runs; number += 1) {
    const kinds = quick.filter((_, index) => index % runs === number);
    const hasEffects = number % 2 === 1;
    const assembly = hasEffects ? assemblies.withEffects : assemblies.plain;
    results.push(await run({ assembly, seed: 40 + number, kinds, hasEffects }));
  }
  expect(results.flatMap(({ seed, violations }) => violations.map((violation) => ({ seed, ...violation })))).toEqual(
    [],
  );
  const injected = new Set(results.flatMap((result) => [...result.injected.keys()]));
  expect(injected.size).toBeGreaterThan(quick.length * 0.8);
  for (const { messages, processed, labels } of results) {
    expect(messages).toBeGreaterThan(70);
    // One order in sixteen is refused where the processing has effects.
    expect(processed).toBeGreaterThanOrEqual(labels > 0 ? 45 : 55);
  }
});

const result: RunResult = {
  seed: 7,
  kinds: ['pause'],
  injected: new Map([['pause', 3]]),
  violations: [],
  messages: 10,
  processed: 9,
  failed: 1,
  replayed: 0,
  labels: 0,
  told: 0,
  topicFaults: 0,
  accepted: 0,
  lineFaults: 0,
  mails: 0,
  durationMs: 1,
};
const facts = { firstSeed: 7, seconds: 1, allKinds: true };

test('a summary is sound when every run is, and says which was not and why', () => {
  expect(isSound(summarize([result], [], facts))).toBe(true);
  const broken = { ...result, seed: 8, violations: [{ invariant: 'nothing is in flight', detail: 'One message is.' }] };
  const summary = summarize([result, broken], [{ seed: 9, reasons: ['It fell over.'] }], facts);
  expect(isSound(summary)).toBe(false);
  expect(summary.faults.find(({ fault }) => fault === 'pause')).toMatchObject({ runs: 2, injected: 6, failedRuns: 1 });
  const text = summaryText(summary);
  for (const part of ['seed 8', 'nothing is in flight: One message is.', 'seed 9', 'It fell over.']) {
    expect(text).toContain(part);
  }
  expect(JSON.parse(summaryJson(summary))).toMatchObject({ runs: 3, sound: false });
});

test('a summary counts one as one, and says nothing of faults that never struck', () => {
  const text = summaryText(summarize([result], [], facts));
  expect(text).toContain('\n1 run in 1 s, first seed 7: 10 messages sent, 9 orders processed in the end, 1 failure ');
  expect(text).toMatch(/\n\| `pause` .* \| +3 \| +1 \| books balance \|\n/);
  expect(text).toMatch(/\n\| `sqs-500` .* \| +0 \| +0 \| – +\|\n/);
  const broken = { ...result, violations: [{ invariant: 'nothing is in flight', detail: 'One message is.' }] };
  expect(summaryText(summarize([broken], [], facts))).toMatch(/\n\| `pause` .* \| 1 run failed +\|\n/);
});

test('a hundred runs in which a kind of fault never took effect prove nothing of it', () => {
  const results = Array.from({ length: 100 }, () => result);
  const summary = summarize(results, [], facts);
  expect(summary.missing).toHaveLength(faultNames.length - 1);
  expect(isSound(summary)).toBe(false);
  expect(isSound(summarize(results, [], { ...facts, allKinds: false }))).toBe(true);
});

test('a seed decides on the kinds of faults, and many seeds draw all of them', () => {
  expect(kindsOf(3)).toEqual(kindsOf(3));
  const drawn = Array.from({ length: 100 }, (_, seed) => kindsOf(seed));
  expect(new Set(drawn.flat()).size).toBe(faultNames.length);
  for (const kinds of drawn) expect(new Set(kinds).size).toBe(kinds.length);
});

test('a seed decides whether the processing has effects, in about half of the runs, unless an option says so', () => {
  expect(hasEffectsOf(3)).toBe(hasEffectsOf(3));
  const withEffects = Array.from({ length: 100 }, (_, seed) => hasEffectsOf(seed)).filter(Boolean).length;
  expect(withEffects).toBeGreaterThan(35);
  expect(withEffects).toBeLessThan(65);
  expect([parse('--effects'), parse('--no-effects')]).toMatchObject([{ effects: true }, { effects: false }]);
});

const parse = (...args: string[]) => parsedOptions(defineChaos, args);

test('options are read, and mistakes are named', () => {
  expect(parse()).toEqual({ runs: 20, atOnce: 2 });
  expect(parse(...'--runs 3 --seed 4 --faults pause,sqs-500 --json'.split(' '))).toMatchObject({
    runs: 3,
    seed: 4,
    faults: ['pause', 'sqs-500'],
    json: true,
  });
  expect(() => parse('--faults', 'pause,rain')).toThrow(
    /option '--faults <a,b,…>' argument 'pause,rain' is invalid\. It must be one of kill-at-start,.*, not "rain"\./,
  );
  expect(() => parse('--runs', '0')).toThrow("'--runs <n>' argument '0' is invalid. It must be a whole number from 1");
});
