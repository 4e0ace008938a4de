import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { exampleOrder } from '../../../shared/order/example-order.ts';
import { stateOf } from '../../../tools/orders/ledger/books.ts';
import { type ServedPipeline, servePipeline } from './served-pipeline.ts';

const failure = (status: 'failed' | 'replayed' | 'processed', kind = 'invalid') => ({ status, kind });

describe('the state of an order follows the rule of the books', () => {
  test('processed if a copy was, or else on its way, or else failed', () => {
    expect(stateOf([failure('failed')], true)).toBe('processed');
    expect(stateOf([failure('failed'), failure('replayed')], false)).toBe('replayed');
    expect(stateOf([failure('processed'), failure('failed')], false)).toBe('failed');
    expect(stateOf([failure('processed')], false)).toBe('in flight');
    expect(stateOf([], false)).toBe('in flight');
  });

  test('a failure of another order under the same id counts only when it is all there is', () => {
    const another = failure('failed', 'conflicting-id');
    expect(stateOf([another, failure('replayed')], false)).toBe('replayed');
    expect(stateOf([failure('failed'), failure('replayed', 'conflicting-id')], false)).toBe('failed');
    expect(stateOf([another], false)).toBe('failed');
  });
});

describe('orders show', () => {
  let pipeline: ServedPipeline;

  beforeAll(async () => {
    pipeline = await servePipeline();
    const good = exampleOrder(0, 'BOTH-1');
    const bad = JSON.stringify({ ...good, customerAddress: undefined });
    await pipeline.orders(['send', '-', '--unchecked'], { stdin: `${bad}\n${bad}\n${bad}\n` });
    await pipeline.orders(['status', '--wait']);
    await pipeline.orders(['send', '-'], { stdin: JSON.stringify(good) });
    await pipeline.orders(['status', '--wait']);
  });
  afterAll(async () => {
    await pipeline[Symbol.asyncDispose]();
  });

  test('agrees with status on an order of which copies failed and one was processed', async () => {
    expect((await pipeline.orders(['status'])).stdout).toContain('processed 1 + failed 0');
    const { stdout } = await pipeline.orders(['show', 'BOTH-1']);
    expect(stdout).toMatch(/^Order BOTH-1: processed\n/);
    expect(stdout).toContain('The order is processed. 3 failures under its id wait still:');
    expect(stdout.match(/^Failure /gm)).toHaveLength(3);
  });

  test('shows the latest of many lines, and says how to see the rest', async () => {
    const { stdout } = await pipeline.orders(['show', 'BOTH-1', '--limit', '2']);
    expect(stdout).toMatch(/\n… \d+ events left out: --limit 0 shows all\.\n/);
    expect(stdout).toMatch(/\n… 1 failure left out: --limit 0 shows all\.\n/);
    expect(stdout.match(/^2\d{3}-/gm)).toHaveLength(2);
    expect(stdout.match(/^Failure /gm)).toHaveLength(2);
  });

  test.each(['BOTH-*', '*', 'BOTH-1"', 'x'.repeat(5_000)])('takes an id literally: %.10s', async (id) => {
    for (const command of [
      ['show', id],
      ['logs', '--order', id],
      ['edit', id],
      ['replay', id],
    ]) {
      const { exitCode, stdout, stderr } = await pipeline.orders(command);
      expect(stderr).toMatch(/^"[^]{1,45}" cannot be an id: [^\n]*\n$/);
      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    }
  });
});
