import { describe, expect, test } from '@jest/globals';
import type { Outcome } from '../../../tools/run/start/outcome.ts';
import { start } from './npm-start.ts';

describe('the production preset', () => {
  test('sends ten orders, fails UserX alone with its reason, and balances', async () => {
    const { exitCode, stdout } = await start();
    expect(stdout).toContain('UserX: /customerAddress is required');
    expect(stdout).toContain('every order is accounted for: sent 10 = processed 9 + failed 1');
    expect(stdout).toContain('In the orders table: 9 processed orders, 1 failure.');
    for (const user of [0, 1, 2, 3, 4, 5, 7, 8, 9]) expect(stdout).toMatch(new RegExp(`Good Order +User${user} `));
    // No escape sequences in a pipe.
    expect(stdout).not.toContain('\u001B');
    expect(exitCode).toBe(0);
  });

  test('with --json prints one document and nothing else, every order accounted for', async () => {
    const { exitCode, stdout } = await start('--count', '2000', '--bad-rate', '0.05', '--seed', '7', '--json');
    const outcome = JSON.parse(stdout) as Outcome;
    expect(outcome).toMatchObject({ sent: 2000, processed: 1900, failed: 100, inFlight: 0, balanced: true, seed: 7 });
    expect(outcome.table).toEqual({ processed: 1900, failed: 100 });
    expect(outcome.failures).toHaveLength(100);
    for (const { kind, reasons } of outcome.failures) {
      expect(['invalid', 'not-json']).toContain(kind);
      expect(reasons.length).toBeGreaterThan(0);
    }
    expect(outcome.ordersPerSecond).toBeCloseTo(2000 / (outcome.durationMs / 1000));
    // Bad orders are received maxReceiveCount times by process-orders and once by failed-orders. A busy machine may keep
    // a request to the table for longer than its client waits: such an order is received again.
    const messages = outcome.batches.reduce((sum, batch) => sum + batch.messages, 0);
    expect(messages).toBeGreaterThanOrEqual(1900 + 100 * 5 + 100);
    expect(exitCode).toBe(0);
  });

  test('with all doors sends by HTTP, counts the events, shows the mails, and balances', async () => {
    const { exitCode, stdout } = await start('--with', 'http,events,mail', '--seed', '7');
    expect(stdout).toContain('By HTTP: 9 accepted, 1 refused:');
    expect(stdout).toContain('Events told of 9 processed orders and 0 failures.');
    expect(stdout).toMatch(
      /^Mails: 9 sent\.\n( {2}success\+user\d@\S+: Your order \S+ is confirmed\n){3} {2}… and 6 more$/m,
    );
    expect(stdout).toContain('✔ every order is accounted for: sent 9 = processed 9 + failed 0');
    // No function is at work when the run ends.
    expect(stdout).not.toContain('REPORT error');
    expect(exitCode).toBe(0);
  });

  test('no orders are no problem', async () => {
    const { exitCode, stdout } = await start('--count', '0', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ sent: 0, balanced: true, ordersPerSecond: 0 });
    expect(exitCode).toBe(0);
  });
});

describe('the command line', () => {
  test.each([
    [['--count', 'abc'], "option '--count <n>' argument 'abc' is invalid. It must be a whole number"],
    [['--bad-rate', '2'], "option '--bad-rate <r>' argument '2' is invalid. It must be a number from 0 to 1"],
    [['--no-such-option'], "unknown option '--no-such-option'"],
  ])('%j is one clear line and exit code 2', async (args, message) => {
    const { exitCode, stdout, stderr } = await start(...args);
    expect(stdout).toBe('');
    expect(stderr.trimEnd().split('\n')).toEqual([expect.stringContaining(message)]);
    expect(exitCode).toBe(2);
  });

  test('--help says what there is', async () => {
    const { exitCode, stdout } = await start('--help');
    expect(stdout).toContain('--bad-rate <r>');
    expect(exitCode).toBe(0);
  });
});
