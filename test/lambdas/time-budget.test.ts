import { expect, test } from '@jest/globals';
import { startDeadline, timeBudget } from '../../lambdas/common/time.ts';

const budgetOf = (remainingMs: number) => timeBudget({ getRemainingTimeInMillis: () => remainingMs });

test('of the time there is, some is kept to report what did not get done', () => {
  expect(budgetOf(10_000)).toEqual({ workMs: 7_000, processingMs: 8_000, publishingMs: 0, reportingMs: 1_000 });
  expect(budgetOf(400)).toEqual({ workMs: 250, processingMs: 300, publishingMs: 0, reportingMs: 50 });
});

test('with events, there is time to publish them after the processing', () => {
  const budget = timeBudget({ getRemainingTimeInMillis: () => 10_000 }, true);
  expect(budget).toEqual({ workMs: 5_000, processingMs: 6_000, publishingMs: 2_000, reportingMs: 1_000 });
});

test('a deadline that is past, as one of a clock that jumped, leaves no time and breaks nothing', () => {
  const { processingMs, reportingMs } = budgetOf(-71_600);
  expect([processingMs, reportingMs]).toEqual([0, 0]);
  expect(() => startDeadline(processingMs)[Symbol.dispose]()).not.toThrow();
});
