import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { decide } from '../../lambdas/process-orders/outcome.ts';
import { presets } from '../../lib/configuration/configuration.ts';

const { maxReceiveCount, processOrders } = presets.production;
const { baseSeconds, capSeconds } = processOrders.retry;
const order = { messageId: 'm', receiptHandle: 'r', orderId: null, customerName: null, traceId: null };

/** The waits between the tries of an order that fails for a passing reason each time, in seconds. */
const waits = (random: () => number): readonly number[] =>
  Array.from({ length: maxReceiveCount - 1 }, (_, index) => {
    const failed = { ...order, receiveCount: index + 1, result: 'transient', error: new Error('down') } as const;
    const { visibilityChanges } = decide([failed], { base: baseSeconds, cap: capSeconds }, random, maxReceiveCount);
    return visibilityChanges[0]!.visibilityTimeoutSeconds;
  });
const sum = (seconds: readonly number[]) => seconds.reduce((total, each) => total + each, 0);
const page = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');

test('the tries of an order outlast a table that is down for a minute, as the documents say', () => {
  const shortest = waits(() => 0);
  const longest = waits(() => 1 - Number.EPSILON);
  expect([shortest, longest]).toEqual([
    [5, 10, 20, 40],
    [10, 20, 40, 80],
  ]);
  const [from, to] = [sum(shortest), sum(longest)];
  expect(from).toBeGreaterThan(60);
  expect(page('reliability.md')).toContain(`after ${from} s at the earliest and ${to} s at the latest`);
  expect(page('runbook.md')).toContain(`once it lasts longer than ${from} to ${to} s`);
});
