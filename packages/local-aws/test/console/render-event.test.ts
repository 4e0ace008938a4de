import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { renderEvent } from '../../src/console.ts';
import type { LogEvent, RuntimeEvent } from '../../src/events.ts';

const atMs = Date.UTC(2026, 0, 1, 12, 30, 15, 7);
const options = {
  color: false,
  functionLabel: (name: string) => name.replace('physical-', ''),
  queueLabel: (name: string) => name.replace('physical-', ''),
  messageLabel: (messageId: string) => (messageId === 'known' ? 'cat.jpg' : undefined),
};
const log: LogEvent = {
  type: 'log',
  atMs,
  functionName: 'physical-worker',
  executionEnvironmentId: 'c41a0b77',
  logGroupName: 'group',
  logStreamName: 'stream',
  source: 'function',
  message: '2026-01-01T12:30:15.007Z\tid\tINFO\thello\n',
};
const batch = { type: 'batch-ended', atMs, mappingId: 'm', queueName: 'physical-uploads', functionName: 'f' } as const;

/** What stands behind time and source. */
const batchLine = (event: RuntimeEvent) => renderEvent(event, { ...options, batches: true })?.slice(38);

describe.each([60, 80, 120])('a terminal of %d columns', (columns) => {
  const ids = { orderId: '63560944-1cb3-4788-a9b2-337c04f7a1c3', messageId: '5c782358-a583-470b-bdc0-e9bbeddcacef' };
  const told = (level: string, message: object, messageLabel = (): string | undefined => undefined) => {
    const event = { ...log, functionName: 'process-orders', message: JSON.stringify({ level, message }) };
    return renderEvent(event, { ...options, columns, messageLabel }) ?? '';
  };

  test('has a processed order in one line, with the first digits of its id at least', () => {
    const fields = { message: 'Good Order', ...ids, receiveCount: 1 };
    for (const line of [told('INFO', fields), told('INFO', fields, () => 'User1')]) {
      expect(line).toMatch(/Good Order .*63560944/);
      expect(line.length).toBeLessThanOrEqual(columns);
    }
  });

  test('has an error with what it says first, its own code below, and no line feeds in letters', () => {
    const stack =
      'Error: no\n    at x (node_modules/a.js:1:2)\n    at node:internal/b:1:2\n    at async lambdas/c.ts:3:4';
    const error = { name: 'AccessDeniedException', message: 'User is not authorized', stack };
    const text = told('ERROR', { message: 'Order Not Processed', ...ids, receiveCount: 2, error, tries: [{ error }] });
    const [first, ...below] = text.split('\n');
    const tries = 'tries=[{"error":"AccessDeniedException: User is not authorized"}]';
    expect(first).toMatch(/receiveCount=2 {2}error=AccessDeniedException: User is not authorized {2}tries=/);
    expect(first).toContain(tries);
    expect(below).toEqual(['    at async lambdas/c.ts:3:4']);
    expect(text).not.toContain(String.raw`\n`);
  });
});

describe('an event at the terminal', () => {
  test.each<[string, RuntimeEvent, string]>([
    ['log', log, 'worker           c41a  hello'],
    [
      'log of an object, with what is known of its message',
      {
        ...log,
        message: JSON.stringify({
          level: 'WARN',
          message: {
            message: 'Bad',
            messageId: 'known',
            traceId: '1-2',
            name: 'cat.jpg',
            none: null,
            empty: [],
            why: ['a', 'b'],
            n: 1,
          },
        }),
      },
      'worker           c41a  Bad  cat.jpg  why=a; b  n=1',
    ],
    [
      'batch of which messages stay',
      { ...batch, deleted: ['a'], kept: ['b'], reason: 'the function failed' },
      'runtime                uploads: 1 of a batch of 2 stay: the function failed',
    ],
    [
      'batch of which messages stay hidden',
      { ...batch, deleted: ['a'], kept: ['b', 'c'], comeBackAtMs: [atMs + 36_500, atMs + 120_000], reason: 'reported' },
      'runtime                uploads: 2 of a batch of 3 stay, hidden for 37 to 120 s: reported',
    ],
    [
      'batch of which a message comes back at once',
      { ...batch, deleted: [], kept: ['b'], comeBackAtMs: [atMs], reason: 'reported' },
      'runtime                uploads: 1 of a batch of 1 stay: reported',
    ],
    [
      'message that moved',
      { type: 'message-moved', atMs, messageId: 'known', fromQueueName: 'physical-uploads', toQueueName: 'bad' },
      'runtime                cat.jpg: uploads → bad',
    ],
    [
      'message that expired',
      { type: 'message-expired', atMs, messageId: 'm1', queueName: 'physical-uploads' },
      'runtime                m1 expired in uploads',
    ],
    [
      'batch that was filtered',
      { ...batch, type: 'messages-filtered', messageIds: ['a', 'b'] },
      'runtime                2 messages match no filter and are deleted unprocessed',
    ],
    [
      'message that reaches its dead-letter queue instead of its subscriber',
      {
        type: 'delivery-failed',
        atMs,
        topicName: 'news',
        messageId: 'm1',
        protocol: 'sqs',
        endpoint: 'physical-uploads',
        reason: 'There is no queue.',
        deadLetterQueueName: 'physical-dead',
      },
      'runtime                news: a message for uploads → dead: There is no queue.',
    ],
    [
      'message that is lost',
      {
        type: 'delivery-failed',
        atMs,
        topicName: 'news',
        messageId: 'm1',
        protocol: 'lambda',
        endpoint: 'physical-worker',
        reason: 'It may not.',
      },
      'runtime                news: a message for worker is lost: It may not.',
    ],
    [
      'a fault',
      { type: 'fault-injected', atMs, fault: 'out-of-order', detail: '3 messages of q' },
      'runtime                FAULT out-of-order: 3 messages of q',
    ],
    ['notice', { type: 'notice', atMs, level: 'warning', message: 'Look here.' }, 'runtime                Look here.'],
  ])('%s is one line', (_name, event, expected) => {
    expect(renderEvent(event, options)).toBe(`12:30:15.007Z  ${expected}`);
    expect(stripVTControlCharacters(renderEvent(event, { ...options, color: true }) ?? '')).toBe(
      `12:30:15.007Z  ${expected}`,
    );
  });

  test('publishing is a line where batches are', () => {
    const message = { messageId: 'm', body: 'a', deliveries: 2, filtered: 1, isDuplicate: false };
    const published = { type: 'messages-published', atMs, topicName: 'news', messages: [message] } as const;
    expect(renderEvent(published, options)).toBeUndefined();
    expect(batchLine(published)).toBe('news: 1 message published, 2 deliveries, 1 filtered out');
    const duplicate = { ...message, deliveries: 1, filtered: 0, isDuplicate: true };
    expect(batchLine({ ...published, messages: [duplicate, { ...duplicate, deliveries: 0 }] })).toBe(
      'news: 2 messages published, 1 delivery, 2 duplicate',
    );
  });

  test('batch of which nothing stays is a line where it is wanted', () => {
    const done = { ...batch, executionEnvironmentId: 'c41a0b77', deleted: ['a', 'b'], kept: [] };
    expect(batchLine(done)).toBe('uploads: batch of 2 to f c41a, all deleted');
    expect(batchLine({ ...done, gone: ['c'] })).toBe(
      'uploads: batch of 3 to f c41a, 2 deleted, 1 had left the queue before',
    );
  });

  test.each<RuntimeEvent>([
    { ...log, message: 'START RequestId: 1 Version: $LATEST' },
    { ...batch, deleted: ['a'], kept: [] },
    { ...batch, type: 'batch-started', messageIds: ['a'] },
    { type: 'messages-sent', atMs, queueName: 'q', messages: [] },
    {
      type: 'invocation-started',
      atMs,
      functionName: 'f',
      executionEnvironmentId: 'e',
      requestId: 'r',
      traceHeader: 't',
    },
  ])('%j that says nothing new is no line', (event) => {
    expect(renderEvent(event, options)).toBeUndefined();
  });

  test('has the color of its environment and of its severity, and none when told so', () => {
    const colored = renderEvent(
      { ...log, message: `2026-01-01T12:30:15.007Z\tid\tERROR\tno` },
      { ...options, color: true },
    );
    expect(colored).toContain('\u001B[31mno\u001B[39m');
    const other = renderEvent({ ...log, executionEnvironmentId: 'c41b0b77' }, { ...options, color: true });
    expect(other?.split('worker')[0]).not.toBe(colored?.split('worker')[0]);
    expect(renderEvent(log, options)).not.toContain('\u001B');
  });

  test('shows what an order, a log or a request brings without moving the cursor or forging a line', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\u001B[2J\u009B31m', 'a\r\n12:30 forged', '\u202Eevil'),
    );
    const property = fc.property(text, fc.boolean(), (evil, isJson) => {
      const json = JSON.stringify({ level: 'INFO', message: { message: evil, [evil]: evil, list: [evil] } });
      const events: RuntimeEvent[] = [
        { ...log, message: isJson ? json : evil },
        { type: 'notice', atMs, level: 'error', message: evil },
        { ...batch, deleted: [], kept: ['b'], reason: evil },
        { type: 'message-moved', atMs, messageId: evil, fromQueueName: 'a', toQueueName: 'b' },
      ];
      for (const event of events) {
        const [first = '', ...rest] = (renderEvent(event, options) ?? '12').split('\n');
        expect(first).toMatch(/^12/);
        for (const line of rest) expect(line.startsWith('    ')).toBe(true);
        // oxlint-disable-next-line no-control-regex
        expect([first, ...rest].join('')).not.toMatch(/[\u0000-\u001F\u007F-\u009F\u2028\u2029\u202A-\u202E]/);
      }
    });
    fc.assert(property, { numRuns: 300 });
  });
});
