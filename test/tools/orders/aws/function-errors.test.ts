import { describe, expect, test } from '@jest/globals';
import { readErrors } from '../../../../tools/orders/aws/function-errors.ts';

const atMs = Date.UTC(2026, 10, 20, 14);
const thrown = (requestId: string) => ({
  level: 'ERROR',
  requestId,
  message: { errorType: 'TypeError', errorMessage: 'boom', stackTrace: [] },
});
const logged = (requestId: string, error?: object) => ({
  level: 'ERROR',
  requestId,
  message: { message: 'Order Not Processed', error },
});
const report = (requestId: string, status: string, errorType?: string) => ({
  type: 'platform.report',
  record: { requestId, status, errorType },
});

async function read(...documents: readonly object[]) {
  async function* events() {
    for (const [index, document] of documents.entries()) {
      yield await Promise.resolve({ atMs: atMs + index * 1000, message: `${JSON.stringify(document)}\n` });
    }
  }
  return readErrors(events());
}

async function counted(...documents: readonly object[]): Promise<number> {
  const { groups } = await read(...documents);
  return groups.reduce((sum, { count }) => sum + count, 0);
}

test('an invocation that threw counts once: its line and its report are of one error', async () => {
  expect(await counted(thrown('a'), report('a', 'error'))).toBe(1);
  expect(await counted(report('a', 'error'), thrown('b'), thrown('a'), report('b', 'error'))).toBe(2);
});

test('what only the report tells counts as well', async () => {
  expect(await counted(report('a', 'error'))).toBe(1);
  expect(await counted(thrown('a'), report('a', 'timeout'))).toBe(2);
});

test('lines that the function logged count each', async () => {
  expect(await counted(logged('a'), logged('a'), thrown('a'), report('a', 'error'))).toBe(3);
  expect(await counted({ level: 'error', message: 'own' }, logged('b'), report('b', 'error'))).toBe(3);
});

const refused = (id: string) => ({ name: 'TimeoutError', message: `no answer for ${id}, status 503` });
const at = (second: number) => new Date(atMs + second * 1000).toISOString();

describe('errors with the same message', () => {
  test('are one group, whatever ids and amounts they name, the most frequent group first', async () => {
    const { groups } = await read(
      thrown('a'),
      logged('b', refused('5560ab16-d9a9-4049-9bfe-bce4a6489b20')),
      report('c', 'timeout'),
      logged('d', refused('order-12345')),
      report('e', 'error', 'Runtime.ExitError'),
      { level: 'ERROR', message: { message: 'Visibility Not Changed', error: 'AccessDenied: no' } },
    );
    expect(groups).toEqual([
      { message: 'Order Not Processed: TimeoutError: no answer for *, status 503', count: 2, lastAt: at(3) },
      { message: 'TypeError: boom', count: 1, lastAt: at(0) },
      { message: 'the invocation ended: timeout', count: 1, lastAt: at(2) },
      { message: 'Visibility Not Changed: AccessDenied: no', count: 1, lastAt: at(5) },
      { message: 'the invocation ended: error (Runtime.ExitError)', count: 1, lastAt: at(4) },
    ]);
  });

  test('are named by the first line of a long message', async () => {
    const { groups } = await read({ level: 'ERROR', message: `${'x'.repeat(400)}\nand more` });
    expect(groups).toMatchObject([{ message: 'x'.repeat(300) }]);
  });
});

test('the next tries that functions log are times, and no errors', async () => {
  const tries = [
    { messageId: 'm1', inSeconds: 37 },
    { messageId: 'm2', inSeconds: 120 },
  ];
  const { groups, nextTriesMs } = await read({ level: 'INFO', message: { message: 'Tries Scheduled', tries } });
  expect(groups).toEqual([]);
  expect(nextTriesMs).toEqual([atMs + 37_000, atMs + 120_000]);
});
