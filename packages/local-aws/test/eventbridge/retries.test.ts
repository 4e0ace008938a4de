import { describe, expect, test } from '@jest/globals';
import { EventStream, type RuntimeEvent } from '../../src/events.ts';
import { Deliveries, retryDelayMs } from '../../src/services/eventbridge/deliveries.ts';
import type { RuleTarget } from '../../src/services/eventbridge/model.ts';
import { Rule } from '../../src/services/eventbridge/rule.ts';
import { scheduledEvent } from '../../src/services/eventbridge/bus-event.ts';
import { type Delivery, TargetFailure, type Targets } from '../../src/services/eventbridge/targets.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { queueArn, ruleArn } from './eventbridge-harness.ts';

/** Deliveries to a target that fails `times` times, because its service is down. */
function failing(times: number, about: Partial<RuleTarget> = {}) {
  const clock = new ManualClock();
  const events = new EventStream();
  const told: RuntimeEvent[] = [];
  events.subscribe((event) => told.push(event));
  const attemptsAtMs: number[] = [];
  const letters: Readonly<Record<string, string>>[] = [];
  const startMs = clock.now();
  const targets = {
    async deliver() {
      attemptsAtMs.push(clock.now() - startMs);
      if (attemptsAtMs.length <= times) throw new TargetFailure('ERROR_FROM_TARGET', 'It is down.');
    },
    async sendDeadLetter(_queueArn: string, _delivery: Delivery, attributes: Readonly<Record<string, string>>) {
      letters.push(attributes);
    },
  } as unknown as Targets;
  const deliveries = new Deliveries({ clock, events, targets });
  const identity = { name: 'r', arn: ruleArn('r'), busName: 'default' };
  const event = scheduledEvent(ruleArn('r'), { id: '1', account: '0', region: 'us-east-1', nowMs: startMs });
  deliveries.start({
    rule: new Rule(identity, { state: 'ENABLED' }),
    target: { Id: 't', Arn: queueArn('q'), DeadLetterConfig: { Arn: queueArn('dead') }, ...about },
    event,
    input: '{}',
    acceptedAtMs: startMs,
    cameFromBus: false,
  });
  return { clock, told, attemptsAtMs, letters, deliveries };
}

describe('a target whose service is down', () => {
  test('gets the event later, after a delay that doubles', async () => {
    const { clock, attemptsAtMs, letters } = failing(3);
    await clock.advance(60_000);
    expect(attemptsAtMs).toEqual([0, 1000, 3000, 7000]);
    expect(letters).toEqual([]);
  });

  test('is given up after its retries, and the dead letter says so', async () => {
    const { clock, attemptsAtMs, letters, told } = failing(9, { RetryPolicy: { MaximumRetryAttempts: 2 } });
    await clock.advance(60_000);
    expect(attemptsAtMs).toHaveLength(3);
    expect(letters).toMatchObject([
      { ERROR_CODE: 'ERROR_FROM_TARGET', EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts', RETRY_ATTEMPTS: '2' },
    ]);
    expect(told).toMatchObject([{ type: 'target-failed', deadLetterQueueName: 'dead' }]);
  });

  test('is given up when the event is too old', async () => {
    const { clock, attemptsAtMs, letters } = failing(999, { RetryPolicy: { MaximumEventAgeInSeconds: 60 } });
    await clock.advance(600_000);
    expect(attemptsAtMs.at(-1)).toBe(31_000);
    expect(letters).toMatchObject([{ EXHAUSTED_RETRY_CONDITION: 'MaximumEventAgeInSeconds', RETRY_ATTEMPTS: '5' }]);
  });

  test('gets nothing more once the runtime has ended', async () => {
    const { clock, attemptsAtMs, deliveries } = failing(9);
    await clock.advance(0);
    deliveries.close();
    await clock.advance(600_000);
    expect(attemptsAtMs).toEqual([0]);
  });
});

test('the delays of all retries together are longer than the 24 hours of the default', () => {
  const totalMs = Array.from({ length: 185 }, (_, index) => retryDelayMs(index + 1)).reduce((sum, ms) => sum + ms, 0);
  expect(totalMs).toBeGreaterThan(86_400_000);
});
