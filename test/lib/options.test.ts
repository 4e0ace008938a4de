import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { presets } from '../../lib/configuration.ts';
import { withOptions } from '../../lib/options.ts';

const { production } = presets;
const chosen = (context: Readonly<Record<string, unknown>>) => withOptions(production, (key) => context[key]);

describe('the context keys of a deployment', () => {
  test('change nothing when there are none', () => {
    expect(chosen({})).toEqual(production);
  });

  test.each([
    [{ retainData: 'false' }, { retainData: false }],
    [{ retainData: false }, { retainData: false }],
    [
      { operators: 'arn:aws:iam::1:role/a, arn:aws:iam::1:role/b' },
      { operators: ['arn:aws:iam::1:role/a', 'arn:aws:iam::1:role/b'] },
    ],
    [{ operators: ['arn:aws:iam::1:role/a'] }, { operators: ['arn:aws:iam::1:role/a'] }],
    [{ operators: '' }, { operators: [] }],
    [{ alarmEmail: 'ada@example.com,bob@example.com' }, { alarmEmail: ['ada@example.com', 'bob@example.com'] }],
    [{ runbook: 'https://git.example.com/runbook.md' }, { runbook: 'https://git.example.com/runbook.md' }],
    [{ tracing: 'true' }, { tracing: true }],
  ])('as %j set %j', (context, settings) => {
    expect(chosen(context)).toEqual({ ...production, ...settings });
  });

  test('take no address for an e-mail address that cannot be one', () => {
    expect(() => chosen({ alarmEmail: 'ada@example.com, bob' })).toThrow(
      'The context key alarmEmail is "ada@example.com, bob": it takes e-mail addresses, with commas between them.',
    );
  });

  test('that make no sense are refused together, with what they take', () => {
    expect(() => chosen({ retainData: 'yes', operators: 7 })).toThrow(
      /The context key retainData is "yes": it takes true or false\.\n- The context key operators is 7: it takes ARNs/,
    );
  });
});

test('the README names every context key, and no other', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const [, table = ''] = /^\| context key[^]*?\n((?:\|.*\n)+)/m.exec(readme)!;
  const named = [...table.matchAll(/^\| `(\w+)`/gm)].map(([, key]) => key!);
  const asked: string[] = [];
  withOptions(production, (key) => void asked.push(key));
  expect(named.toSorted()).toEqual(['preset', ...asked].toSorted());
});
