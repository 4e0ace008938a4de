import { describe, expect, test } from '@jest/globals';
import type { RuntimeEvent } from 'local-aws';
import { disagreement, Tally } from '../../../../tools/run/start/tally.ts';

const names = { ordersQueue: 'orders', badOrdersQueue: 'bad', processOrders: 'process', failedOrders: 'failed' };

const sent = (...ids: string[]): RuntimeEvent => ({
  type: 'messages-sent',
  atMs: 1,
  queueName: 'orders',
  messages: ids.map((messageId) => ({ messageId, body: JSON.stringify({ customerName: `User-${messageId}` }) })),
});

const batch = (queueName: 'orders' | 'bad', deleted: string[], kept: string[] = []): RuntimeEvent => ({
  type: 'batch-ended',
  atMs: 2,
  mappingId: 'm',
  queueName,
  functionName: queueName === 'orders' ? 'process' : 'failed',
  executionEnvironmentId: 'e1',
  deleted,
  kept,
});

const log = (functionName: string, message: object): RuntimeEvent => ({
  type: 'log',
  atMs: 2,
  functionName,
  executionEnvironmentId: 'e1',
  logGroupName: 'g',
  logStreamName: 's',
  source: 'function',
  message: JSON.stringify({ level: 'INFO', message }),
});

function booksOf(...events: RuntimeEvent[]) {
  const tally = new Tally(names);
  for (const event of events) tally.add(event);
  return tally.books();
}

test('an order deleted from the orders queue is processed, one deleted from bad-orders has failed', () => {
  const books = booksOf(sent('a', 'b', 'c'), batch('orders', ['a'], ['b', 'c']), batch('bad', ['b']));
  expect(books).toMatchObject({ sent: 3, processed: 1, failed: 1, inFlight: 1, balanced: false });
  expect(books.missing).toEqual(['User-c (c)']);
});

test('the books balance when every order has come to one end', () => {
  const books = booksOf(sent('a', 'b'), batch('orders', ['a']), batch('bad', ['b']));
  expect(books).toMatchObject({ inFlight: 0, balanced: true, missing: [] });
});

test('an order that is delivered twice counts once', () => {
  const books = booksOf(sent('a'), batch('orders', ['a']), batch('orders', ['a']));
  expect(books).toMatchObject({ sent: 1, processed: 1, balanced: true });
});

test('messages of other queues are no orders', () => {
  const books = booksOf({ ...sent('a'), queueName: 'other' } as RuntimeEvent, batch('orders', ['a']));
  expect(books).toMatchObject({ sent: 0, processed: 0 });
});

test.each(['Failed Order', 'Failure Already Recorded'])(
  'failures carry the reasons that failed-orders logged as %s',
  (text) => {
    const failure = { orderId: null, messageId: 'a', kind: 'not-json', reasons: ['the body is not JSON'] };
    const books = booksOf(sent('a'), log('failed', { message: text, ...failure }), batch('bad', ['a']));
    expect(books.failures).toEqual([failure]);
  },
);

describe('an order in bad-orders that failed-orders finds processed', () => {
  const found = log('failed', { message: 'Already Processed', messageId: 'a', firstMessageId: 'a' });

  test('is processed, whether that is logged before or after its batch ends', () => {
    for (const events of [
      [found, batch('bad', ['a'])],
      [batch('bad', ['a']), found],
    ]) {
      const books = booksOf(sent('a'), ...events);
      expect(books).toMatchObject({ processed: 1, failed: 0, balanced: true, alreadyProcessed: ['a'], copies: 0 });
    }
  });

  test('counts once, however often it is delivered', () => {
    const books = booksOf(sent('a'), found, batch('bad', ['a']), found, batch('bad', ['a']));
    expect(books).toMatchObject({ processed: 1, failed: 0, alreadyProcessed: ['a'] });
  });

  test('keeps its label for the outcome', () => {
    const tally = new Tally(names);
    for (const event of [sent('a'), found, batch('bad', ['a'])]) tally.add(event);
    expect(tally.label('a')).toBe('User-a');
  });
});

const duplicate = (messageId: string, firstMessageId: string) =>
  log('process', { message: 'Duplicate Order', messageId, firstMessageId });

test('a message whose order another one brought has no row of its own', () => {
  const books = booksOf(sent('a', 'b'), duplicate('a', 'a'), duplicate('b', 'a'), batch('orders', ['a', 'b']));
  expect(books).toMatchObject({ processed: 2, copies: 1 });
  expect(disagreement({ processed: 1, failed: 0 }, books)).toBeUndefined();
});

test('a table that holds other counts than the queues is a problem that names both', () => {
  const books = booksOf(sent('a', 'b'), batch('orders', ['a']), batch('bad', ['b']));
  expect(disagreement({ processed: 1, failed: 1 }, books)).toBeUndefined();
  expect(disagreement({ processed: 0, failed: 1 }, books)).toBe(
    'The orders table disagrees: it holds 0 processed orders and 1 failures, the queues say 1 and 1.',
  );
  expect(disagreement({ processed: 1, failed: 0 }, books)).toContain('it holds 1 processed orders and 0 failures');
});

test('batches are counted by function instance', () => {
  const books = booksOf(sent('a', 'b'), batch('orders', ['a'], ['b']), batch('orders', ['b']));
  expect(books.batches).toEqual([{ function: 'process', instance: 'e1', batches: 2, messages: 3 }]);
});

test('a failed order keeps its label for the outcome', () => {
  const tally = new Tally(names);
  for (const event of [sent('a'), batch('bad', ['a'])]) tally.add(event);
  expect(tally.label('a')).toBe('User-a');
});
