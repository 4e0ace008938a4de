import { expect, test } from '@jest/globals';
import { hostileBodies, mostBytes } from './hostile-bodies.ts';
import { consume, largeBodies } from './large-bodies.ts';

/*
 * What reading the dearest bodies costs, beside the time that a function has, is a figure of `npm run bench`
 * (tools/bench/body-reading.ts). What is tested here holds on any machine: the time grows as the body does.
 */

/** What eight parts of a body take, for which a reader of quadratic time needs an eighth of the time of the whole. */
const parts = 8;
/** Between 1, what a reader of linear time needs, and 8. */
const mostGrowth = 3;
/** Half a message shows the growth in half the time. */
const wholeBytes = mostBytes / 2;
/** Some systems count processor time in steps of 4 ms; and what is below matters to nobody. */
const floorMs = 20;

/** Processor time of this thread, in milliseconds: the least of three runs. */
function cpuMs(work: () => void): number {
  const runs = [1, 2, 3].map(() => {
    const before = process.threadCpuUsage();
    work();
    const { user, system } = process.threadCpuUsage(before);
    return (user + system) / 1_000;
  });
  return Math.min(...runs);
}

test.each(Object.entries(largeBodies))('the time to read a body of %s grows as the body does', (_what, bodyOfBytes) => {
  const whole = bodyOfBytes(wholeBytes);
  const part = bodyOfBytes(wholeBytes / parts);
  expect(Buffer.byteLength(whole)).toBeLessThanOrEqual(wholeBytes);
  expect(Buffer.byteLength(part)).toBeGreaterThan(wholeBytes / parts / 2);
  const partsMs = cpuMs(() => {
    for (let times = 0; times < parts; times += 1) consume(part);
  });
  expect(cpuMs(() => consume(whole))).toBeLessThan(mostGrowth * partsMs + floorMs);
});

test.each(hostileBodies)('a body ($name) is read to its end, and has its own content', ({ body }) => {
  expect(consume(body)).toBe(true);
});
