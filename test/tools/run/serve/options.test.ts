import { describe, expect, test } from '@jest/globals';
import { UsageError } from '../../../../tools/orders/errors.ts';
import { parseServeOptions } from '../../../../tools/run/serve/serve.ts';

const parse = (...args: string[]) => parseServeOptions(args, ['production', 'lab']);

describe('the options of npm run local', () => {
  test('default to the production preset, enforced IAM, watching, and port 4566 or the next free one', () => {
    expect(parse()).toEqual({
      port: 4566,
      nextFreePort: true,
      preset: 'production',
      iam: 'enforce',
      watch: true,
      help: false,
    });
  });

  test('are read', () => {
    const words = '--port 5000 --preset lab --iam audit --shuffle 7 --chaos 8 --no-watch'.split(' ');
    expect(parse(...words)).toEqual({
      port: 5000,
      nextFreePort: false,
      preset: 'lab',
      iam: 'audit',
      shuffle: 7,
      chaos: 8,
      watch: false,
      help: false,
    });
  });

  test('name an assembly', () => {
    expect(parse('--assembly', 'cdk.out')).toMatchObject({ assembly: 'cdk.out' });
  });

  test.each([
    [['--port', '65536'], '--port must be a whole number from 0 to 65,535, not "65536".'],
    [['--port', '-1'], '--port must be a whole number from 0 to 65,535, not "-1".'],
    [['--iam', 'on'], '--iam must be one of enforce, audit, off, not "on".'],
    [['--preset', 'none'], '--preset must be one of production, lab, not "none".'],
    [['--shuffle', 'x'], '--shuffle must be a whole number'],
    [['--chaos', '-1'], '--chaos must be a whole number'],
    [['--assembly', 'cdk.out', '--preset', 'lab'], "--preset is for this project's own stack"],
    [['--assembly'], "Option '--assembly <value>' argument missing"],
    [['serve'], "Unexpected argument 'serve'"],
  ])('%j is refused', (args, message) => {
    expect(() => parse(...args)).toThrow(UsageError);
    expect(() => parse(...args)).toThrow(message);
  });
});
