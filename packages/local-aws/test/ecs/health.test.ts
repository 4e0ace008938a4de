import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { afterCheck, startedHealth } from '../../src/services/ecs/health.ts';
import { backOffMs, failureThreshold } from '../../src/services/ecs/deployment.ts';

const check = {
  command: ['CMD', 'true'],
  intervalSeconds: 10,
  timeoutSeconds: 5,
  retries: 3,
  startPeriodSeconds: 60,
} as const;

describe('the health of a container', () => {
  test('is unknown until the first success, and failures within the start period do not count', () => {
    const failed = afterCheck(startedHealth(0), check, false, 59_000);
    expect(failed.status).toBe('UNKNOWN');
    expect(afterCheck(failed, check, true, 60_000).status).toBe('HEALTHY');
  });

  test('is bad when the failures that AWS would have seen are as many as the retries', () => {
    expect(afterCheck(startedHealth(0), check, false, 89_999).status).toBe('UNKNOWN');
    expect(afterCheck(startedHealth(0), check, false, 90_000).status).toBe('UNHEALTHY');
  });

  test('of one that was healthy is bad after exactly as many failures in a row as there are retries', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 12 }), (results) => {
        let health = afterCheck(startedHealth(0), check, true, 0);
        let row = 0;
        for (const isOk of results) {
          if (health.status === 'UNHEALTHY') return;
          health = afterCheck(health, check, isOk, 0);
          row = isOk ? 0 : row + 1;
          expect(health.status).toBe(row >= check.retries ? 'UNHEALTHY' : 'HEALTHY');
        }
      }),
    );
  });
});

test('the waits between restarts double from 1 s to 60 s', () => {
  expect([0, 1, 2, 3, 7, 100].map(backOffMs)).toEqual([0, 1000, 2000, 4000, 60_000, 60_000]);
});

test('the circuit breaker counts half of the desired tasks, 3 to 200', () => {
  expect([1, 6, 7, 20, 1000].map(failureThreshold)).toEqual([3, 3, 4, 10, 200]);
});
