import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { EventStream } from '../../src/events.ts';
import { faultKinds, faultNames } from '../../src/faults/fault-kinds.ts';
import { planFaults } from '../../src/faults/fault-plan.ts';
import { Injection } from '../../src/faults/injection.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';

const seed = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const kind = fc.constantFrom(...faultNames);

test('the same seed strikes at the same opportunities, one to three times in each span', () => {
  fc.assert(
    fc.property(seed, kind, fc.nat(20), (number, name, window) => {
      const { span } = faultKinds[name];
      const struck = (plan = planFaults(number)) =>
        Array.from({ length: span }, (_, index) => plan.strikes(name, window * span + index));
      expect(struck()).toEqual(struck());
      const times = struck().filter(Boolean).length;
      expect(times).toBeGreaterThanOrEqual(1);
      expect(times).toBeLessThanOrEqual(3);
    }),
  );
});

test('what one kind draws does not depend on what others do', () => {
  const plan = planFaults(7);
  plan.random('pause')();
  expect(plan.random('clock-forward')()).toBe(planFaults(7).random('clock-forward')());
});

test('a kind that is not in the plan never strikes', () => {
  const plan = planFaults(7, ['pause']);
  expect(Array.from({ length: 100 }, (_, index) => plan.strikes('sqs-500', index))).not.toContain(true);
});

test('what took effect is counted and told, up to the most of each kind, and nothing strikes once it is stopped', () => {
  const events = new EventStream();
  const told: string[] = [];
  events.subscribe((event) => event.type === 'fault-injected' && told.push(`${event.fault} ${event.detail}`));
  const injection = new Injection(planFaults(7, ['pause', 'sqs-500']), events, new ManualClock(), 2);
  for (let opportunity = 0; opportunity < 200; opportunity += 1) {
    if (injection.strikes('pause')) injection.took('pause', 'worker');
  }
  expect(injection.counts).toEqual(new Map([['pause', 2]]));
  expect(told).toEqual(['pause worker', 'pause worker']);
  injection.stop();
  expect(Array.from({ length: 100 }, () => injection.strikes('sqs-500'))).not.toContain(true);
});
