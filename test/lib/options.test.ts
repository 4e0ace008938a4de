import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { presets } from '../../lib/configuration/configuration.ts';
import { contextKeys, withOptions } from '../../lib/configuration/context-keys.ts';
import { configurationProblems } from '../../lib/configuration/validate.ts';

const { production } = presets;
const chosen = (context: Readonly<Record<string, unknown>>) => withOptions(production, context);

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
    [
      { fifo: 'true', groupBy: 'customer' },
      { fifo: true, groupBy: 'customer' },
    ],
    [
      { http: 'true', jwtIssuer: 'https://tokens.example.com', jwtAudience: 'orders,shop' },
      { http: true, jwtIssuer: 'https://tokens.example.com', jwtAudience: ['orders', 'shop'] },
    ],
    [{ warmWritesPerSecond: '20000' }, { warmWritesPerSecond: 20_000 }],
    [{ warmWritesPerSecond: 20_000 }, { warmWritesPerSecond: 20_000 }],
  ])('as %j set %j', (context, settings) => {
    expect(chosen(context)).toEqual({ ...production, ...settings });
  });

  test('for FIFO queues take the windows away, which FIFO queues have not', () => {
    const { processOrders, failedOrders } = withOptions(presets.lab, { fifo: 'true' });
    expect([processOrders.windowSeconds, failedOrders.windowSeconds]).toEqual([0, 0]);
    expect(configurationProblems(withOptions(presets.lab, { fifo: 'true' }))).toEqual([]);
  });

  test.each([
    [{ groupBy: 'customer' }, 'groupBy is customer, and the queues are standard queues'],
    [{ http: 'true', jwtIssuer: 'https://tokens.example.com' }, 'jwtIssuer and jwtAudience go together'],
    [
      { http: 'true', jwtIssuer: 'tokens.example.com', jwtAudience: 'a' },
      'jwtIssuer is "tokens.example.com": it takes',
    ],
    [{ jwtIssuer: 'https://a.example', jwtAudience: 'a' }, 'jwtIssuer is for the HTTP door, which is off'],
  ])('as %j are problems of the configuration', (context, problem) => {
    expect(configurationProblems(chosen(context)).join()).toContain(problem);
  });

  test('take no address for an e-mail address that cannot be one', () => {
    expect(() => chosen({ alarmEmail: 'ada@example.com, bob' })).toThrow(
      'The context key alarmEmail is "ada@example.com, bob": it takes e-mail addresses, with commas between them.',
    );
  });

  test.each([
    [{ alarmEmail: 'ada@example.com,,bob@example.com' }, 'The context key alarmEmail is "ada@example.com,,bob'],
    [{ operators: ['arn:aws:iam::1:role/a', ''] }, 'The context key operators is ["arn:aws:iam::1:role/a",""]'],
    [
      { warmWritesPerSecond: 'many' },
      'The context key warmWritesPerSecond is "many": it takes a whole number of writes a second.',
    ],
    [
      { runbook: 'not a url' },
      'The context key runbook is "not a url": it takes an address or a path, without spaces.',
    ],
  ])('as %j are refused', (context, message) => {
    expect(() => chosen(context)).toThrow(message);
  });

  test.each([
    ['alarmMail', 'alarmEmail'],
    ['alarmEmails', 'alarmEmail'],
    ['customermanagedkey', 'customerManagedKey'],
    ['presets', 'preset'],
    ['retain-data', 'retainData'],
  ])('that are misspelt, as %s, are refused with the one that is meant', (key, meant) => {
    expect(() => chosen({ [key]: 'false' })).toThrow(`There is no context key ${key}. Is ${meant} meant? There are `);
  });

  test('that there are not are refused with those that there are', () => {
    expect(() => chosen({ maxReceiveCount: '0' })).toThrow(
      'There is no context key maxReceiveCount. There are stage, preset, warmWritesPerSecond, retainData, ',
    );
  });

  test('that the CDK and its CLI keep for themselves change nothing', () => {
    expect(
      chosen({
        'aws:cdk:bundling-stacks': [],
        '@aws-cdk/core:enablePartitionLiterals': true,
        'availability-zones:account=111122223333:region=eu-west-1': ['eu-west-1a'],
        'vpc-provider:account=111122223333:filter.isDefault=true:region=eu-west-1': {},
        'acknowledged-issue-numbers': [19836],
        'cli-telemetry': false,
      }),
    ).toEqual(production);
  });

  test('that make no sense are refused together, with what they take', () => {
    expect(() => chosen({ retainData: 'yes', operators: 7 })).toThrow(
      /The context key retainData is "yes": it takes true or false\.\n- The context key operators is 7: it takes ARNs/,
    );
  });
});

describe('docs/deploying.md', () => {
  const page = readFileSync(new URL('../../docs/deploying.md', import.meta.url), 'utf8');

  test('fixes options in cdk.json that are read', () => {
    const [, members = ''] = /^```json\n"context": \{\n([^]*?),\n```$/m.exec(page)!;
    const context = JSON.parse(`{${members}}`) as Readonly<Record<string, unknown>>;
    const { alarmEmail, operators, customerManagedKey } = chosen(context);
    expect({ alarmEmail, operators, customerManagedKey }).toEqual(context);
    expect(configurationProblems(chosen(context))).toEqual([]);
  });

  test('names every context key, and no other', () => {
    const [, table = ''] = /^\| context key[^]*?\n((?:\|.*\n)+)/m.exec(page)!;
    const named = [...table.matchAll(/^\| `(\w+)`/gm)].map(([, key]) => key!);
    expect(named.toSorted()).toEqual(contextKeys.toSorted());
  });

  test('warns of every option that hurts when a deployment leaves it out', () => {
    const [, warnings = ''] = /That can hurt:\n\n((?:- .*\n)+)/.exec(page)!;
    const named = [...warnings.matchAll(/^- `(\w+)`/gm)].map(([, key]) => key!);
    // Without these, the next deployment loses no data and closes nobody out. A table that is warm stays warm.
    const harmless = ['runbook', 'tracing', 'warmWritesPerSecond'];
    expect(named.toSorted()).toEqual(contextKeys.filter((key) => !harmless.includes(key)).toSorted());
  });
});
