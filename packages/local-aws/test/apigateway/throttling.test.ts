import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Throttling } from '../../src/services/apigateway/throttling.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';

const stageWith = (rateLimit: number, burstLimit: number) => ({
  name: '$default',
  defaultThrottle: { rateLimit, burstLimit },
  routeThrottles: {},
});

test('a bucket lets a burst through, and then as many as its rate', async () => {
  const clock = new ManualClock();
  const throttling = new Throttling(clock);
  const admitted = () =>
    Array.from({ length: 20 }, () => throttling.admits('api', stageWith(2, 5), 'GET /')).filter(Boolean).length;
  expect(admitted()).toBe(5);
  await clock.advance(1000);
  expect(admitted()).toBe(2);
  await clock.advance(60_000);
  expect(admitted()).toBe(5);
});

test('never more pass than the burst and the rate allow, however requests come', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 1, max: 50 }),
      fc.array(fc.tuple(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 0, max: 20 })), { maxLength: 10 }),
      async (rate, burst, portions) => {
        const clock = new ManualClock();
        const throttling = new Throttling(clock);
        let passed = 0;
        let elapsedMs = 0;
        for (const [waitMs, requests] of portions) {
          await clock.advance(waitMs);
          elapsedMs += waitMs;
          for (let count = 0; count < requests; count += 1) {
            if (throttling.admits('api', stageWith(rate, burst), 'GET /')) passed += 1;
          }
        }
        expect(passed).toBeLessThanOrEqual(burst + Math.ceil((elapsedMs / 1000) * rate));
      },
    ),
    { numRuns: 30 },
  );
});

test('a clock that is set back closes no door', () => {
  let nowMs = 100_000;
  const throttling = new Throttling({ now: () => nowMs, after: () => () => {} });
  const admits = () => throttling.admits('api', stageWith(2, 5), 'GET /');
  expect(admits()).toBe(true);
  nowMs -= 10_000;
  expect(admits()).toBe(true);
  nowMs += 1_000;
  expect(Array.from({ length: 20 }, admits).filter(Boolean)).toHaveLength(5);
});
