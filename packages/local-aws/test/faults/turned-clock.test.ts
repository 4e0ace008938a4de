import { expect, test } from '@jest/globals';
import { TurnedClock } from '../../src/faults/turned-clock.ts';

test('skipping ends the waits one after another, in their order, at their time', () => {
  const startedAtMs = performance.now();
  const clock = new TurnedClock();
  const startMs = clock.now();
  const rung: [string, number][] = [];
  clock.after(60_000, () => rung.push(['a minute', clock.now() - startMs]));
  clock.after(10_000, () => rung.push(['ten seconds', clock.now() - startMs]));
  const cancel = clock.after(20_000, () => rung.push(['never', 0]));
  cancel();
  expect([clock.skip(1_000), clock.skip(), clock.skip(), clock.skip()]).toEqual([false, true, true, false]);
  expect(rung.map(([name]) => name)).toEqual(['ten seconds', 'a minute']);
  // What the test itself took passes as well; each skip rounds up to whole milliseconds.
  const takenMs = performance.now() - startedAtMs + 10;
  for (const [index, expected] of [10_000, 60_000].entries()) {
    expect(rung[index]![1]).toBeGreaterThanOrEqual(expected);
    expect(rung[index]![1]).toBeLessThan(expected + takenMs);
  }
});

test('a wait that is not skipped ends by itself', async () => {
  const clock = new TurnedClock();
  const startedAtMs = performance.now();
  await new Promise<void>((resolve) => clock.after(20, resolve));
  expect(performance.now() - startedAtMs).toBeGreaterThanOrEqual(19);
});

test('a jump changes the time, and no wait', () => {
  const clock = new TurnedClock();
  const startMs = clock.now();
  let rung = false;
  const cancel = clock.after(10_000, () => (rung = true));
  clock.jump(3_600_000);
  expect(clock.now() - startMs).toBeGreaterThanOrEqual(3_600_000);
  expect(rung).toBe(false);
  clock.jump(-7_200_000);
  expect(clock.now()).toBeLessThan(startMs);
  cancel();
});
