import type { Configuration } from './configuration.ts';
import { nearest } from './nearest.ts';
import { emailAddresses, link, list, type Reader, yesOrNo } from './settings.ts';
import { InvalidConfigurationError } from './validate.ts';

/** The settings that a context key may change, and what each takes. */
const options = {
  retainData: { read: yesOrNo, takes: 'true or false' },
  customerManagedKey: { read: yesOrNo, takes: 'true or false' },
  operators: { read: list, takes: 'ARNs of roles or users, with commas between them' },
  alarmEmail: { read: emailAddresses, takes: 'e-mail addresses, with commas between them' },
  runbook: { read: link, takes: 'an address or a path, without spaces' },
  tracing: { read: yesOrNo, takes: 'true or false' },
} as const satisfies { readonly [Name in keyof Configuration]?: { read: Reader<Configuration[Name]>; takes: string } };

/** The context keys of this app. */
export const contextKeys: readonly string[] = ['preset', ...Object.keys(options)];

/** What the CDK CLI itself keeps in cdk.json and cdk.context.json under plain names. */
const keysOfTheCli = ['acknowledged-issue-numbers', 'cli-telemetry', 'cdk-migrate'];

/** Feature flags, settings of the CDK and what it has looked up in an account have one of these in their names. */
const keyOfTheCdk = /[:@]/;

/**
 * The preset with what a deployment chooses for itself, in the context keys that are called like the settings:
 * `cdk deploy -c retainData=false`.
 *
 * @param context all of the app's context
 * @throws InvalidConfigurationError naming every key with a value that cannot be read, and every key that nobody reads:
 *   a misspelt `alarmEmail` would leave alarms without anyone to tell
 */
export function withOptions(preset: Configuration, context: Readonly<Record<string, unknown>>): Configuration {
  const problems = Object.keys(context).flatMap(unknownKey);
  const chosen = Object.entries(options).flatMap(([name, { read, takes }]) => {
    const given = context[name];
    if (given === undefined) return [];
    const value = read(given);
    if (value === undefined) problems.push(`The context key ${name} is ${JSON.stringify(given)}: it takes ${takes}.`);
    return [[name, value] as const];
  });
  if (problems.length > 0) throw new InvalidConfigurationError(problems);
  return { ...preset, ...Object.fromEntries(chosen) };
}

function unknownKey(key: string): readonly string[] {
  if (contextKeys.includes(key) || keysOfTheCli.includes(key) || keyOfTheCdk.test(key)) return [];
  const meant = nearest(key, contextKeys);
  const hint = meant === undefined ? '' : ` Is ${meant} meant?`;
  return [`There is no context key ${key}.${hint} There are ${contextKeys.join(', ')}.`];
}
