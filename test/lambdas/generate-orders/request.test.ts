import { describe, expect, test } from '@jest/globals';
import { InvalidEventError, parseRequest } from '../../../lambdas/generate-orders/request.ts';

const defaults = { count: 10, badRate: undefined, seed: undefined, from: 0, withEmail: false };

function refusalOf(event: unknown): InvalidEventError {
  try {
    parseRequest(event);
  } catch (error) {
    if (error instanceof InvalidEventError) return error;
  }
  throw new Error('the event was not refused');
}

describe('the event of generate-orders', () => {
  test.each([[{}], [null], [undefined]])('asks for ten orders when it is %j', (event) => {
    expect(parseRequest(event)).toEqual(defaults);
  });

  test('may set everything, to its limits', () => {
    for (const event of [
      { count: 0, badRate: 0, seed: 0, from: 0, withEmail: true },
      { count: 10_000_000, badRate: 1, seed: 4_294_967_295, from: 10_000_000, withEmail: false },
    ]) {
      expect(parseRequest(event)).toEqual(event);
    }
  });

  test.each([
    [{ count: -1 }, 'count must be a whole number from 0 to 10,000,000, not -1.'],
    [{ count: 1.5 }, 'count must be a whole number from 0 to 10,000,000, not 1.5.'],
    [{ count: '10' }, 'count must be a whole number from 0 to 10,000,000, not "10".'],
    [{ count: 10_000_001 }, 'count must be a whole number from 0 to 10,000,000, not 10000001.'],
    [{ count: null }, 'count must be a whole number from 0 to 10,000,000, not null.'],
    [{ badRate: 2 }, 'badRate must be a number from 0 to 1, not 2.'],
    [{ badRate: '0.1' }, 'badRate must be a number from 0 to 1, not "0.1".'],
    [{ seed: -1 }, 'seed must be a whole number from 0 to 4,294,967,295 (32 bits), not -1.'],
    [{ seed: 2 ** 32 }, 'seed must be a whole number from 0 to 4,294,967,295 (32 bits), not 4294967296.'],
    [{ from: 11 }, 'from must be a whole number from 0 to count, not 11.'],
    [{ withEmail: 1 }, 'withEmail must be true or false, not 1.'],
    [{ cuont: 3 }, 'Unknown key "cuont": the keys are count, badRate, seed, from, withEmail.'],
    [[], 'The event must be an object such as {"count": 10}, not [].'],
    ['ten', 'The event must be an object such as {"count": 10}, not "ten".'],
  ])('is refused when it is %j', (event, problem) => {
    const { problems } = refusalOf(event);
    expect(problems.map(({ told }) => told)).toEqual([problem]);
    // For the log, the sentence without what it quotes.
    expect(problem.replace(/, not .*\.$/, '.').replace(/^Unknown key ".*":/, 'A key is unknown:')).toBe(
      problems[0]?.logged,
    );
  });

  test('is refused for all that is wrong with it at once', () => {
    const { problems } = refusalOf({ count: -1, badRate: -1, seed: 'a', extra: true });
    expect(problems.map(({ told }) => told).join(' ')).toMatch(/extra.*count.*badRate.*seed/);
  });
});
