import { describe, expect, test } from '@jest/globals';
import { CommanderError } from 'commander';
import { defineServe } from '../../../../tools/run/serve.ts';
import { parsedOptions } from '../parsed-options.ts';

const parse = (...args: string[]) =>
  parsedOptions(
    defineServe({ presets: ['production', 'lab'], stages: ['dev', 'prod', 'lab'], doors: ['http', 'fifo'] }),
    args,
  );

describe('the options of npm run local', () => {
  test('default to the production preset, enforced IAM, watching, and no port by name', () => {
    expect(parse()).toEqual({
      preset: 'production',
      dlq: true,
      iam: 'enforce',
      queueWaits: true,
      watch: true,
    });
  });

  test('are read', () => {
    const words =
      '--port 5000 --preset lab --iam audit --shuffle 7 --no-queue-waits --chaos 8 --no-watch --quiet'.split(' ');
    expect(parse(...words)).toEqual({
      port: 5000,
      preset: 'lab',
      dlq: true,
      iam: 'audit',
      shuffle: 7,
      queueWaits: false,
      chaos: 8,
      watch: false,
      quiet: true,
    });
  });

  test('name stacks', () => {
    expect(parse('--stack', 'Base', 'Shop', '--iam', 'off')).toMatchObject({ stack: ['Base', 'Shop'], iam: 'off' });
  });

  test('name an assembly', () => {
    expect(parse('--assembly', 'cdk.out')).toMatchObject({ assembly: 'cdk.out' });
  });

  test.each([
    [
      ['--port', '65536'],
      `option '--port <n>' argument '65536' is invalid. It must be a whole number from 0 to 65,535, not "65536".`,
    ],
    [
      ['--port', '-1'],
      `option '--port <n>' argument '-1' is invalid. It must be a whole number from 0 to 65,535, not "-1".`,
    ],
    [['--iam', 'on'], "option '--iam <mode>' argument 'on' is invalid. Allowed choices are enforce, audit, off."],
    [['--preset', 'none'], "option '--preset <name>' argument 'none' is invalid. Allowed choices are production, lab."],
    [['--shuffle', 'x'], "option '--shuffle <seed>' argument 'x' is invalid. It must be a whole number"],
    [['--chaos', '-1'], "option '--chaos <seed>' argument '-1' is invalid. It must be a whole number"],
    [
      ['--assembly', 'cdk.out', '--preset', 'lab'],
      "option '--preset <name>' cannot be used with option '--assembly <dir>'",
    ],
    [['--assembly'], "option '--assembly <dir>' argument missing"],
    [['serve'], 'too many arguments. Expected 0 arguments but got 1'],
  ])('%j is refused', (args, message) => {
    expect(() => parse(...args)).toThrow(CommanderError);
    expect(() => parse(...args)).toThrow(message);
  });
});
