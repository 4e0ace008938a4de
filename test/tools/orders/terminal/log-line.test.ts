import { describe, expect, test } from '@jest/globals';
import { type FunctionLogEvent, logLine } from '../../../../tools/orders/terminal/log-line.ts';

const plain = (_style: unknown, text: string) => text;
const ids = { orderId: '63560944-1cb3-4788-a9b2-337c04f7a1c3', messageId: '5c782358-a583-470b-bdc0-e9bbeddcacef' };

function told(level: string, message: unknown, columns?: number): string {
  const event: FunctionLogEvent = {
    function: 'process-orders',
    atMs: Date.UTC(2026, 0, 1, 12, 30, 15, 7),
    logStreamName: '2026/01/01/[$LATEST]5d13aa00',
    message: JSON.stringify({ level, message }),
  };
  return logLine(event, plain, columns) ?? '';
}

const good = { message: 'Good Order', ...ids, receiveCount: 1, traceId: '1-6b0e13cd-332a92b4433881907e3bc059' };
const stack = 'AccessDeniedException: no\n    at x (node_modules/a.js:1:2)\n    at async lambdas/c.ts:3:4';
const message = 'User is not authorized to perform: dynamodb:UpdateItem because no identity-based policy allows it';
const error = { name: 'AccessDeniedException', message, stack };

describe.each([60, 80, 120])('a terminal of %d columns', (columns) => {
  test('has a processed order in one line, with the first digits of its id at least', () => {
    const line = told('INFO', good, columns);
    expect(line).toMatch(/process-orders +5d13 {2}Good Order .*63560944/);
    expect(line.length).toBeLessThanOrEqual(columns);
  });

  test('has an error in words, all of them, without its stack and without line feeds in letters', () => {
    const text = told(
      'ERROR',
      { message: 'Order Not Processed', ...ids, receiveCount: 2, error, tries: [error] },
      columns,
    );
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(columns);
    expect(text.replaceAll(/\s+/g, ' ')).toContain(`receiveCount=2 error=AccessDeniedException: ${message}`);
    expect(text).not.toContain('node_modules');
    expect(text).not.toContain(String.raw`\n`);
  });

  test('has a text of several lines without marks in their place', () => {
    const text = told('INFO', `first line\nsecond line ${'word '.repeat(40)}`, columns);
    expect(text.replaceAll(/\s+/g, ' ')).toContain(' first line second line word');
    expect(text).not.toContain('\uFFFD');
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(columns);
  });
});

test('a pipe gets everything in one line', () => {
  // The column of names is as wide as the longest name of a function.
  expect(told('INFO', good).replace(/ +5d13/, '  5d13')).toBe(
    `12:30:15.007Z  process-orders  5d13  Good Order      orderId=${ids.orderId} messageId=${ids.messageId} ` +
      `receiveCount=1 traceId=${good.traceId}`,
  );
});
