import { describe, expect, test } from '@jest/globals';
import { UsageError } from '../../../../tools/orders/errors.ts';
import { parseStartOptions } from '../../../../tools/run/start/options.ts';

const parse = (...args: string[]) => parseStartOptions(args, ['production', 'lab']);

describe('good command lines', () => {
  test('nothing asks for the production preset and leaves the orders to the producer', () => {
    expect(parse()).toEqual({ preset: 'production', json: false, help: false });
  });

  test('every option is read', () => {
    const line = ['--count', '100', '--bad-rate', '0.25', '--seed', '7', '--preset', 'lab', '--json'];
    expect(parse(...line)).toEqual({ count: 100, badRate: 0.25, seed: 7, preset: 'lab', json: true, help: false });
  });

  test.each(['0', '0.0', '1', '.5', '1e-3'])('a bad rate of %s is a rate', (rate) => {
    expect(parse('--bad-rate', rate).badRate).toBe(Number(rate));
  });

  test('the largest seed that the producer makes up can be given back', () => {
    expect(parse('--seed', '4294967295').seed).toBe(4_294_967_295);
  });
});

describe('mistakes are one line that names the option and the value', () => {
  test.each([
    [['--count', '-1'], '--count must be a whole number from 0 to 10,000,000, not "-1".'],
    [['--count=-1'], '--count must be a whole number from 0 to 10,000,000, not "-1".'],
    [['--count', 'abc'], '--count must be a whole number from 0 to 10,000,000, not "abc".'],
    [['--count', '1.5'], '--count must be a whole number from 0 to 10,000,000, not "1.5".'],
    [['--count', '1e3'], '--count must be a whole number from 0 to 10,000,000, not "1e3".'],
    [['--count', ''], '--count must be a whole number from 0 to 10,000,000, not "".'],
    [['--count', '10000001'], '--count must be a whole number from 0 to 10,000,000, not "10000001".'],
    [['--bad-rate', '2'], '--bad-rate must be a number from 0 to 1, not "2".'],
    [['--bad-rate', '-0.1'], '--bad-rate must be a number from 0 to 1, not "-0.1".'],
    [['--bad-rate', ''], '--bad-rate must be a number from 0 to 1, not "".'],
    [['--bad-rate', 'NaN'], '--bad-rate must be a number from 0 to 1, not "NaN".'],
    [['--seed', '4294967296'], '--seed must be a whole number from 0 to 4,294,967,295, not "4294967296".'],
    [['--preset', 'prod'], '--preset must be one of production, lab, not "prod".'],
    [['--cuont', '5'], "Unknown option '--cuont'"],
    [['5'], "Unexpected argument '5'"],
    [['--count'], "Option '--count <value>' argument missing"],
  ])('%j', (args, message) => {
    const run = () => parse(...args);
    expect(run).toThrow(UsageError);
    expect(run).toThrow(message);
    expect(run).toThrow(/^[^\n]+$/);
  });
});
