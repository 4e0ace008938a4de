import { expect, test } from '@jest/globals';
import type { RuntimeEvent } from '../../../local/events.ts';
import { Tally } from '../../../ops/start/tally.ts';

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
  environmentId: 'e1',
  deleted,
  kept,
});

const log = (functionName: string, message: object): RuntimeEvent => ({
  type: 'log',
  atMs: 2,
  functionName,
  environmentId: 'e1',
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

test('failures carry the reasons that failed-orders logged', () => {
  const failure = { orderId: null, messageId: 'a', kind: 'not-json', reasons: ['the body is not JSON'] };
  const books = booksOf(sent('a'), log('failed', { message: 'Failed Order', ...failure }), batch('bad', ['a']));
  expect(books.failures).toEqual([failure]);
});

test('an order logged as good in a batch that threw is named when it fails', () => {
  const books = booksOf(
    sent('a', 'b'),
    log('process', { message: 'Good Order', messageId: 'a' }),
    batch('orders', [], ['a', 'b']),
    batch('bad', ['a', 'b']),
  );
  expect(books.processedThenFailed).toEqual(['a']);
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
