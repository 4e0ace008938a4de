import { expect, test } from '@jest/globals';
import { EventStream, type RuntimeEvent } from '../../src/events.ts';
import { AsyncInvoker } from '../../src/services/lambda/async-invoker.ts';
import { ConcurrencyLedger } from '../../src/services/lambda/concurrency.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { functionModel } from './function-fixture.ts';

/** How often an event to a function that is always throttled is tried within 20 s, and what is told meanwhile. */
async function throttledFor20Seconds(reservedConcurrency: number) {
  const fn = functionModel({ reservedConcurrency });
  const ledger = new ConcurrencyLedger(10);
  for (let place = 0; place < reservedConcurrency; place += 1) ledger.enter(fn, [fn]);
  const clock = new ManualClock();
  const events = new EventStream();
  const emitted: RuntimeEvent[] = [];
  events.subscribe((event) => void emitted.push(event));
  let attempts = 0;
  const invoke = async () => {
    attempts += 1;
    ledger.enter(fn, [fn]);
    throw new Error('not throttled');
  };
  new AsyncInvoker({ clock, events, find: () => fn, invoke }).enqueue(fn.name, '{}', {});
  await clock.advance(20_000);
  return { attempts, emitted };
}

test('an event that is throttled is tried again after 1, 2, 4 and 8 s', async () => {
  expect(await throttledFor20Seconds(1)).toEqual({ attempts: 5, emitted: [] });
});

test('an event to a function with reserved concurrency 0 is given up at once', async () => {
  expect(await throttledFor20Seconds(0)).toEqual({
    attempts: 1,
    emitted: [expect.objectContaining({ message: expect.stringMatching(/gave up .* concurrency is 0\.$/) })],
  });
});
