import { describe, expect, test } from '@jest/globals';
import { CommanderError } from 'commander';
import { contextOf, stackOf, withPresetOfStage } from '../../../../tools/run/pipeline-template.ts';
import { defineStart, type StartOptions } from '../../../../tools/run/start/options.ts';
import { parsedOptions } from '../parsed-options.ts';

const parse = (...args: string[]) =>
  parsedOptions(
    defineStart({ presets: ['production', 'lab'], stages: ['dev', 'prod', 'lab'], doors: ['http', 'fifo'] }),
    args,
  ) as StartOptions;

describe('good command lines', () => {
  test('nothing asks for the production preset and leaves the orders to the producer', () => {
    expect(parse()).toEqual({ preset: 'production', dlq: true });
  });

  test('every option is read', () => {
    const line = ['--count', '100', '--bad-rate', '0.25', '--seed', '7', '--preset', 'lab', '--json'];
    expect(parse(...line)).toEqual({ count: 100, badRate: 0.25, seed: 7, preset: 'lab', json: true, dlq: true });
  });

  test('settings of the orders queue and its consumer, and the order of messages, are read', () => {
    const numbers = '--batch-size 5 --window 2 --max-concurrency 3 --visibility-timeout 40 --max-receive-count 2';
    expect(parse(...`${numbers} --shuffle 7`.split(' '))).toEqual({
      preset: 'production',
      batchSize: 5,
      window: 2,
      maxConcurrency: 3,
      visibilityTimeout: 40,
      maxReceiveCount: 2,
      shuffle: 7,
      dlq: true,
    });
    expect(parse('--no-dlq')).toEqual({ preset: 'production', dlq: false });
    expect(() => parse('--no-dlq', '--max-receive-count', '2')).toThrow('cannot be used with option');
    expect(() => parse('--window', '-1')).toThrow('It must be a whole number');
  });

  test('doors are a list, each of which becomes a context key', () => {
    expect(parse('--with', 'http,fifo', '--with', 'http')).toMatchObject({ with: ['http', 'fifo'] });
    expect(contextOf(parse('--with', 'http, fifo'))).toEqual({ preset: 'production', http: 'true', fifo: 'true' });
    expect(contextOf(parse('--stage', 'dev', '--with', 'http'))).toEqual({ stage: 'dev', http: 'true' });
    expect(() => parse('--with', 'htp')).toThrow('There is no "htp". There are http, fifo.');
  });

  test('a stage brings its preset and its stack, and goes with no other preset', () => {
    const stages = { dev: { preset: 'production' }, lab: { preset: 'lab' } };
    const choice = withPresetOfStage(parse('--stage', 'lab'), stages);
    expect(choice).toMatchObject({ stage: 'lab', preset: 'lab' });
    expect([contextOf(choice), stackOf(choice)]).toEqual([{ stage: 'lab' }, 'OrderPipeline-lab']);
    expect(() => parse('--stage', 'lab', '--preset', 'lab')).toThrow("cannot be used with option '--preset <name>'");
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
    [
      ['--count', '-1'],
      `option '--count <n>' argument '-1' is invalid. It must be a whole number from 0 to 10,000,000, not "-1".`,
    ],
    [
      ['--count=-1'],
      `option '--count <n>' argument '-1' is invalid. It must be a whole number from 0 to 10,000,000, not "-1".`,
    ],
    [
      ['--count', 'abc'],
      `option '--count <n>' argument 'abc' is invalid. It must be a whole number from 0 to 10,000,000, not "abc".`,
    ],
    [
      ['--count', '1.5'],
      `option '--count <n>' argument '1.5' is invalid. It must be a whole number from 0 to 10,000,000, not "1.5".`,
    ],
    [
      ['--count', '1e3'],
      `option '--count <n>' argument '1e3' is invalid. It must be a whole number from 0 to 10,000,000, not "1e3".`,
    ],
    [
      ['--count', ''],
      `option '--count <n>' argument '' is invalid. It must be a whole number from 0 to 10,000,000, not "".`,
    ],
    [
      ['--count', '10000001'],
      `option '--count <n>' argument '10000001' is invalid. It must be a whole number from 0 to 10,000,000, not "10000001".`,
    ],
    [['--bad-rate', '2'], `option '--bad-rate <r>' argument '2' is invalid. It must be a number from 0 to 1, not "2".`],
    [
      ['--bad-rate', '-0.1'],
      `option '--bad-rate <r>' argument '-0.1' is invalid. It must be a number from 0 to 1, not "-0.1".`,
    ],
    [['--bad-rate', ''], `option '--bad-rate <r>' argument '' is invalid. It must be a number from 0 to 1, not "".`],
    [
      ['--bad-rate', 'NaN'],
      `option '--bad-rate <r>' argument 'NaN' is invalid. It must be a number from 0 to 1, not "NaN".`,
    ],
    [
      ['--seed', '4294967296'],
      `option '--seed <n>' argument '4294967296' is invalid. It must be a whole number from 0 to 4,294,967,295, not "4294967296".`,
    ],
    [['--preset', 'prod'], "option '--preset <name>' argument 'prod' is invalid. Allowed choices are production, lab."],
    [['--cuont', '5'], "unknown option '--cuont'\n(Did you mean --count?)"],
    [['5'], 'too many arguments. Expected 0 arguments but got 1'],
    [['--count'], "option '--count <n>' argument missing"],
  ])('%j', (args, message) => {
    const run = () => parse(...args);
    expect(run).toThrow(CommanderError);
    expect(run).toThrow(message);
    expect(run).toThrow(/^error: [^\n]+(\n\(Did you mean [^\n]+)?$/);
  });
});
