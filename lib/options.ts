import type { Configuration } from './configuration.ts';
import { InvalidConfigurationError } from './validate-configuration.ts';

/** Reads one setting from the text or the JSON of a context key; undefined when it makes no sense. */
type Reader<Value> = (given: unknown) => Value | undefined;

const yesOrNo: Reader<boolean> = (given) =>
  ({ true: true, false: false })[typeof given === 'boolean' ? String(given) : (given as string)];

/** Text with commas, as the command line has it, or a list of cdk.json. */
const list: Reader<readonly string[]> = (given) => {
  const items: readonly unknown[] | undefined = Array.isArray(given) ? given : textItems(given);
  return items?.every((item) => typeof item === 'string') ? items.map((item) => item.trim()) : undefined;
};

const text: Reader<string> = (given) => (typeof given === 'string' && given.trim() !== '' ? given.trim() : undefined);

/** No more than that it can be one: whether it is, AWS asks the address itself. */
const emailAddresses: Reader<readonly string[]> = (given) => {
  const addresses = list(given);
  return addresses?.every((address) => /^[^\s@]+@[^\s@]+$/.test(address)) === true ? addresses : undefined;
};

function textItems(given: unknown): readonly string[] | undefined {
  return typeof given === 'string' ? given.split(',').filter((item) => item.trim() !== '') : undefined;
}

/** The settings that a context key may change, and what each takes. */
const options = {
  retainData: { read: yesOrNo, takes: 'true or false' },
  customerManagedKey: { read: yesOrNo, takes: 'true or false' },
  operators: { read: list, takes: 'ARNs of roles or users, with commas between them' },
  alarmEmail: { read: emailAddresses, takes: 'e-mail addresses, with commas between them' },
  runbook: { read: text, takes: 'an address or a path' },
  tracing: { read: yesOrNo, takes: 'true or false' },
} as const satisfies { readonly [Name in keyof Configuration]?: { read: Reader<Configuration[Name]>; takes: string } };

/**
 * The preset with what a deployment chooses for itself, in the context keys that are called like the settings:
 * `cdk deploy -c retainData=false`.
 *
 * @throws InvalidConfigurationError naming every key with a value that cannot be read
 */
export function withOptions(preset: Configuration, contextOf: (key: string) => unknown): Configuration {
  const problems: string[] = [];
  const chosen = Object.entries(options).flatMap(([name, { read, takes }]) => {
    const given = contextOf(name);
    if (given === undefined) return [];
    const value = read(given);
    if (value === undefined) problems.push(`The context key ${name} is ${JSON.stringify(given)}: it takes ${takes}.`);
    return [[name, value] as const];
  });
  if (problems.length > 0) throw new InvalidConfigurationError(problems);
  return { ...preset, ...Object.fromEntries(chosen) };
}
