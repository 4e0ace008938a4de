import { describe, expect, test } from '@jest/globals';
import { type Figure, medianRatio, passed, reportJson, reportText } from '../../../tools/bench/report.ts';

const figure = (value: number, bound?: Figure['bound']): Figure => ({
  id: 'some-rate',
  title: 'Some rate',
  value,
  unit: '',
  ...(bound && { bound }),
});
const report = (...figures: Figure[]) => [{ name: 'part', seconds: 1, figures }];
const plain = (_style: unknown, text: string) => text;

describe('the report of the bench', () => {
  test.each([
    ['below what it must be at least', figure(0.89, { atLeast: 0.9 }), false],
    ['at what it must be at least', figure(0.9, { atLeast: 0.9 }), true],
    ['above what it may be at most', figure(1.31, { atMost: 1.3 }), false],
    ['at what it may be at most', figure(1.3, { atMost: 1.3 }), true],
    ['without a bound', figure(1e9), true],
    ['no number', figure(Number.NaN), false],
  ])('judges a figure %s', (_what, judged, holds) => {
    expect(passed(report(judged))).toBe(holds);
    expect(reportText(report(judged), plain)).toContain(holds ? 'Every bound holds.' : '1 bound does not hold.');
  });

  test('does not pass when a part could not be measured, and says why', () => {
    const failed = [...report(figure(1)), { name: 'other', seconds: 1, figures: [], error: 'No npm.' }];
    expect(passed(failed)).toBe(false);
    expect(reportText(failed, plain)).toContain('other could not be measured: No npm.');
  });

  test('as JSON names each figure with its bound and whether it holds', () => {
    expect(JSON.parse(reportJson(report(figure(0.5, { atLeast: 0.9 }))))).toMatchObject({
      passed: false,
      parts: [{ name: 'part', figures: [{ id: 'some-rate', value: 0.5, bound: { atLeast: 0.9 }, holds: false }] }],
    });
  });
});

test('a ratio is the middle of what the rounds gave one by one, so that a slow round is slow for both', () => {
  expect(medianRatio([90, 9, 95], [100, 10, 100])).toBe(0.9);
});
