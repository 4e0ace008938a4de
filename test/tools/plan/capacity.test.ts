import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { presets } from '../../../lib/configuration/configuration.ts';
import { capacityOf, type CapacitySettings } from '../../../tools/plan/capacity.ts';

const { processOrders, failedOrders, warmWritesPerSecond } = presets.production;
const { maximumConcurrency, batchSize, memoryMb: consumerMemoryMb } = processOrders;
const production: CapacitySettings = { maximumConcurrency, batchSize, consumerMemoryMb, warmWritesPerSecond };
const page = (name: string) => readFileSync(new URL(`../../../${name}`, import.meta.url), 'utf8');

describe('the orders that pass in a second', () => {
  test('fit into a new table by the production preset, as the documents say', () => {
    const { consumer, table } = capacityOf(production);
    expect(consumer).toBeLessThanOrEqual(table);
    const [about, most] = [Math.round(consumer / 100) * 100, table].map((figure) => figure.toLocaleString('en'));
    expect(page('docs/performance.md')).toContain(
      `process-orders writes ${about} orders a second, and a new table takes ${most}`,
    );
    expect(page('docs/reliability.md')).toContain(`A new table takes ${most} writes a second`);
  });

  test('are limited by the table where process-orders may do more, or where orders are larger', () => {
    const wider = capacityOf({ ...production, maximumConcurrency: 20 });
    expect(wider.consumer).toBeGreaterThan(wider.table);
    expect(capacityOf(production, 4_096).table).toBe(1_000);
    expect(capacityOf(production, 4_097).table).toBe(800);
    expect(capacityOf({ ...production, warmWritesPerSecond: 20_000 }).table).toBe(20_000);
  });
});

test('the account must run as many functions at a time as the documents say', () => {
  // The producer runs once.
  const functions = processOrders.maximumConcurrency + failedOrders.maximumConcurrency + 1;
  expect(page('README.md').replaceAll('\n', ' ')).toContain(`an account that runs ${functions} functions at a time`);
  expect(page('docs/deploying.md')).toContain(`the pipeline uses up to ${functions}`);
});
