import { describe, expect, test } from '@jest/globals';
import type { RuntimeEvent } from 'local-aws';
import { type Outcome, outcomeText } from '../../../../tools/run/start/outcome.ts';
import { forgottenRows, Tally } from '../../../../tools/run/start/tally.ts';

const names = { ordersQueue: 'orders', badOrdersQueue: 'bad', processOrders: 'process', failedOrders: 'failed' };
const instance = 'e1';

const sent = (...ids: string[]): RuntimeEvent => ({
  type: 'messages-sent',
  atMs: 1,
  queueName: 'orders',
  messages: ids.map((messageId) => ({ messageId, body: JSON.stringify({ customerName: `User-${messageId}` }) })),
});

const batch = (queueName: 'orders' | 'bad', deleted: string[], kept: string[] = [], atMs = 2): RuntimeEvent => ({
  type: 'batch-ended',
  atMs,
  mappingId: 'm',
  queueName,
  functionName: queueName === 'orders' ? 'process' : 'failed',
  executionEnvironmentId: instance,
  deleted,
  kept,
});

const log = (functionName: string, message: object): RuntimeEvent => ({
  type: 'log',
  atMs: 2,
  functionName,
  executionEnvironmentId: instance,
  logGroupName: 'g',
  logStreamName: 's',
  source: 'function',
  message: JSON.stringify({ level: 'ERROR', message }),
});

const invocation = (errorMessage?: string): RuntimeEvent => ({
  type: 'invocation-ended',
  atMs: 2,
  functionName: 'process',
  executionEnvironmentId: instance,
  requestId: 'r',
  durationMs: 1,
  outcome: errorMessage === undefined ? 'success' : 'error',
  ...(errorMessage !== undefined && { errorMessage }),
});

const recorded = (messageId: string, kind: string, reasons: string[] = []) =>
  log('failed', { message: 'Failed Order', messageId, orderId: `order-${messageId}`, kind, reasons });

/** What `npm start` says of each failure after these events. */
function told(...events: RuntimeEvent[]): string[] {
  const tally = new Tally(names);
  for (const event of events) tally.add(event);
  const books = tally.books();
  const table = { processed: books.processed, failed: books.failed };
  const outcome: Outcome = { ...books, preset: 'production', table, durationMs: 1, ordersPerSecond: 1, problems: [] };
  const text = outcomeText(outcome, { color: false, label: (id) => tally.label(id), functionLabel: (name) => name });
  return text.split('\n').filter((line) => line.startsWith('  User-'));
}

const outage = { name: 'TimeoutError', message: 'The API did not answer within 2 s.' };
const notProcessed = (messageId: string, error = outage) =>
  log('process', { message: 'Order Not Processed', messageId, error });

describe('a valid order that ran out of attempts is told with its true last error', () => {
  const end = [batch('bad', ['a']), recorded('a', 'out-of-attempts')];

  test('an outage that the function caught', () => {
    const first = { name: 'Error', message: 'another, earlier' };
    const events = [
      notProcessed('a', first),
      batch('orders', [], ['a']),
      notProcessed('a'),
      batch('orders', [], ['a']),
    ];
    expect(told(sent('a'), ...events, ...end)).toEqual([
      '  User-a: a valid order, out of attempts: TimeoutError: The API did not answer within 2 s.',
    ]);
  });

  test('an outage that ended the invocation', () => {
    const events = [invocation('Task timed out after 10.00 seconds'), batch('orders', [], ['a'])];
    expect(told(sent('a'), ...events, ...end)).toEqual([
      '  User-a: a valid order, out of attempts: Task timed out after 10.00 seconds',
    ]);
  });

  test('another order, where one bad order fails its whole batch', () => {
    const error = 'Order order-x (message x) fails its batch of 2: /customerAddress is required';
    const events = [invocation(error), batch('orders', [], ['a', 'x'])];
    const bad = [
      batch('bad', ['a', 'x']),
      recorded('a', 'out-of-attempts'),
      recorded('x', 'invalid', ['/a is required']),
    ];
    expect(told(sent('a', 'x'), ...events, ...bad)).toEqual([
      '  User-a: a valid order, out of attempts: its batch failed with a bad order in it',
      '  User-x: /a is required',
    ]);
  });

  test('as the ledger has it, where the ledger has one', () => {
    expect(
      told(sent('a'), notProcessed('a'), batch('bad', ['a']), recorded('a', 'out-of-attempts', ['the last word'])),
    ).toEqual(['  User-a: a valid order, out of attempts: the last word']);
  });
});

test('messages in flight are known with how often they were received in vain, and since when no order has ended', () => {
  const tally = new Tally(names);
  for (const event of [sent('a', 'b'), batch('orders', ['b'], ['a'], 5), batch('orders', [], ['a'], 9)])
    tally.add(event);
  expect(tally.messagesInFlight).toEqual(['a']);
  expect([tally.tries('a'), tally.tries('b')]).toEqual([2, 0]);
  expect(tally.lastEndAtMs).toBe(5);
});

test('a handler that writes no rows is told as that', () => {
  const tally = new Tally(names);
  for (const event of [sent('a'), batch('orders', ['a'])]) tally.add(event);
  expect(forgottenRows({ processed: 0, failed: 0 }, tally.books())).toMatch(
    /^process-orders wrote no order into the table/,
  );
  expect(forgottenRows({ processed: 1, failed: 0 }, tally.books())).toBeUndefined();
});
