import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { exampleOrder } from '../../../shared/order/example-order.ts';
import { stateOf } from '../../../tools/orders/ledger/books.ts';
import { documentsOf } from './collected-io.ts';
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

const order = (id: string, changes: object = {}) => `${JSON.stringify({ ...exampleOrder(0, id), ...changes })}\n`;

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
    expect(stdout).toContain('The order is processed. 3 failures under its id still wait:');
    expect(stdout.match(/^Failure /gm)).toHaveLength(3);
  });

  test('shows the latest of many lines, and says how to see the rest', async () => {
    const { stdout } = await pipeline.orders(['show', 'BOTH-1', '--limit', '2']);
    expect(stdout).toMatch(/\n… \d+ events left out: --limit 0 shows all\.\n/);
    expect(stdout).toMatch(/\n… 1 failure left out: --limit 0 shows all\.\n/);
    expect(stdout.match(/^2\d{3}-/gm)).toHaveLength(2);
    expect(stdout.match(/^Failure /gm)).toHaveLength(2);
  });

  describe('an id by its first eight digits, as a narrow terminal shows it', () => {
    const orderId = '4be0643f-1d98-473b-97cd-ca98a65347dd';
    const twin = '4be0643f-aaaa-473b-97cd-ca98a65347dd';
    const processedId = '7d3cb2a1-1d98-473b-97cd-ca98a65347dd';
    const bad = { customerAddress: undefined };

    beforeAll(async () => {
      const stdin = order(orderId, bad) + order(processedId) + order('7d3cb2a1');
      await pipeline.orders(['send', '-', '--unchecked'], { stdin });
      await pipeline.orders(['status', '--wait']);
    });

    test('names an order, its failure or its message, for each command that takes an id', async () => {
      const { stdout } = await pipeline.orders(['show', '4be0643f']);
      expect(stdout).toMatch(new RegExp(`^Order ${orderId}: failed\n`));
      const failureId = /^Failure (\S+),/m.exec(stdout)?.[1] ?? '';
      expect((await pipeline.orders(['show', failureId.slice(0, 8)])).stdout).toMatch(`Order ${failureId}: failed`);
      expect((await pipeline.orders(['show', '7d3cb2a1-1'])).stdout).toMatch(`Order ${processedId}: processed`);
      for (const id of ['4be0643f', failureId.slice(0, 8)]) {
        const edited = await pipeline.orders(['edit', id, '--dry-run', '--set', '/customerAddress=C']);
        expect(edited.stdout).toContain('It would pass.');
      }
      const twice = await pipeline.orders(['replay', '--dry-run', '--force', '4be0643f', orderId]);
      expect(twice.stdout).toBe('Would replay 1 failure.\n');
      expect((await pipeline.orders(['logs', '--order', '4be0643f'])).stdout).toContain(orderId);
    });

    test('is the whole id of an order that has no more than these digits', async () => {
      expect((await pipeline.orders(['show', '7d3cb2a1'])).stdout).toMatch(/^Order 7d3cb2a1: processed\n/);
      const { exitCode, stderr } = await pipeline.orders(['edit', '7d3cb2a1', '--set', '/a=1']);
      expect(stderr).toContain('There is no failure with the id 7d3cb2a1');
      expect(exitCode).toBe(1);
    });

    test('is refused where several ids begin so, with all of them', async () => {
      await pipeline.orders(['send', '-', '--unchecked'], { stdin: order(twin, bad) });
      await pipeline.orders(['status', '--wait']);
      for (const command of [['show'], ['replay'], ['edit', '--set', '/a=1']]) {
        const { exitCode, stderr } = await pipeline.orders([...command, '4be0643f']);
        expect(stderr).toMatch(/^Several ids begin with 4be0643f: /);
        for (const id of [orderId, twin]) expect(stderr).toContain(id);
        expect(exitCode).toBe(1);
      }
      expect((await pipeline.orders(['show', '4be0643f-a'])).stdout).toMatch(`Order ${twin}: failed`);
    });

    test('is what show and failed print on a terminal of 80 columns, and nothing is cut', async () => {
      for (const columns of [60, 80, 120]) {
        const shown = await pipeline.orders(['show', orderId], { columns });
        const listed = await pipeline.orders(['failed', '--list'], { columns });
        expect(shown.stdout).toContain('/customerAddress is required');
        expect(listed.stdout).not.toContain('…');
        const [, table = ''] = shown.stdout.split('\n\n');
        const titles = shown.stdout.split('\n').filter((line) => line.startsWith('Failure '));
        expect(titles).toHaveLength(1);
        for (const line of [...table.split('\n'), ...titles, ...listed.stdout.split('\n')]) {
          expect(line.length).toBeLessThanOrEqual(columns);
        }
        expect(/ 4be0643f /.test(listed.stdout)).toBe(columns < 120);
      }
    });
  });

  test('logs finds the lines about an order in all functions, and names the instance of each', async () => {
    const logged = await pipeline.orders(['logs', '--order', 'BOTH-1', '--json']);
    const lines = documentsOf<{
      function: string;
      instance: string;
      logStreamName: string;
      message: { message: { message: string } };
    }>(logged);
    const texts = lines.map((line) => `${line.function} ${line.message.message.message}`);
    expect(texts.filter((text) => text === 'process-orders Bad Order')).toHaveLength(15);
    expect(texts.filter((text) => text === 'failed-orders Failed Order')).toHaveLength(3);
    expect(texts.at(-1)).toBe('process-orders Good Order');
    for (const { instance, logStreamName } of lines) expect(logStreamName).toContain(`]${instance}`);
    expect((await pipeline.orders(['logs', 'process-orders', '--order', 'BOTH-1'])).stdout).toMatch(
      /^\d\d:\d\d:\d\d\.\d{3}Z {2}process-orders +[\da-f]{4} {2}Bad Order +orderId=/,
    );
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
