import { describe, expect, test } from '@jest/globals';
import { retryDelayMs } from '../../src/services/lambda/async-invoker.ts';
import { ConcurrencyLedger } from '../../src/services/lambda/concurrency.ts';
import { functionModel } from './function-fixture.ts';

describe('concurrency', () => {
  const reserved = functionModel({ name: 'reserved', reservedConcurrency: 2 });
  const first = functionModel({ name: 'first' });
  const second = functionModel({ name: 'second' });
  const all = [reserved, first, second];

  test('a reserved concurrency is the function’s limit, and a place given back can be taken again', () => {
    const ledger = new ConcurrencyLedger(10);
    ledger.enter(reserved, all);
    const leave = ledger.enter(reserved, all);
    expect(() => ledger.enter(reserved, all)).toThrow(
      expect.objectContaining({
        code: 'TooManyRequestsException',
        message: 'Rate Exceeded.',
        httpStatus: 429,
        members: { Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded', Type: 'User' },
      }),
    );
    leave();
    expect(() => ledger.enter(reserved, all)).not.toThrow();
  });

  test('the other functions share what the account has left over', () => {
    const ledger = new ConcurrencyLedger(4);
    ledger.enter(first, all);
    ledger.enter(second, all);
    expect(() => ledger.enter(first, all)).toThrow(
      expect.objectContaining({ members: { Reason: 'ConcurrentInvocationLimitExceeded', Type: 'User' } }),
    );
    expect(() => ledger.enter(reserved, all)).not.toThrow();
  });

  test('a reserved concurrency of 0 switches the function off', () => {
    const off = functionModel({ name: 'off', reservedConcurrency: 0 });
    expect(() => new ConcurrencyLedger(10).enter(off, [off])).toThrow('Rate Exceeded.');
  });
});

describe('an asynchronous invocation', () => {
  const minuteMs = 60_000;

  test('is tried again after one and after two minutes when the function fails, then never', () => {
    const delays = [1, 2, 3].map((count) => retryDelayMs({ ending: 'function-error', count, eventAgeMs: 0 }));
    expect(delays).toEqual([minuteMs, 2 * minuteMs, undefined]);
  });

  test('is tried again after 1 s to 5 min when throttled, for 6 hours', () => {
    const delays = [1, 2, 3, 20].map((count) => retryDelayMs({ ending: 'throttled', count, eventAgeMs: 0 }));
    expect(delays).toEqual([1000, 2000, 4000, 5 * minuteMs]);
    expect(retryDelayMs({ ending: 'throttled', count: 20, eventAgeMs: 6 * 60 * minuteMs })).toBeUndefined();
  });

  test('is tried again as often and as long as the function’s settings say', () => {
    const failed = { ending: 'function-error', count: 1, eventAgeMs: 0 } as const;
    expect(retryDelayMs(failed, { maximumRetryAttempts: 0 })).toBeUndefined();
    expect(retryDelayMs(failed, { maximumRetryAttempts: 1 })).toBe(minuteMs);
    expect(retryDelayMs({ ...failed, count: 2 }, { maximumRetryAttempts: 1 })).toBeUndefined();
    expect(retryDelayMs({ ...failed, eventAgeMs: 1 }, { maximumEventAgeSeconds: 60 })).toBeUndefined();
    const throttled = { ending: 'throttled', count: 20, eventAgeMs: 0 } as const;
    expect(retryDelayMs(throttled, { maximumEventAgeSeconds: 299 })).toBeUndefined();
  });
});
