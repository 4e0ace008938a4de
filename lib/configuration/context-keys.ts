import { type Grouping, groupings } from '../../shared/message-group.ts';
import type { Configuration } from './configuration.ts';
import { InvalidConfigurationError } from './settings.ts';

/** The settings that a context key may change, and the values of each. */
const options = {
  warmWritesPerSecond: { read: wholeNumber, takes: 'a whole number of writes a second' },
  retainData: { read: yesOrNo, takes: 'true or false' },
  customerManagedKey: { read: yesOrNo, takes: 'true or false' },
  operators: { read: list, takes: 'ARNs of roles or users, with commas between them' },
  alarmEmail: { read: emailAddresses, takes: 'e-mail addresses, with commas between them' },
  runbook: { read: link, takes: 'an address or a path, without spaces' },
  tracing: { read: yesOrNo, takes: 'true or false' },
  fifo: { read: yesOrNo, takes: 'true or false' },
  groupBy: { read: grouping, takes: `one of ${groupings.join(', ')}` },
  http: { read: yesOrNo, takes: 'true or false' },
  jwtIssuer: { read: link, takes: 'an address that begins with https://' },
  jwtAudience: { read: list, takes: 'names of audiences, with commas between them' },
  events: { read: yesOrNo, takes: 'true or false' },
  notifyEmail: { read: emailAddresses, takes: 'e-mail addresses, with commas between them' },
  notifyProcessed: { read: yesOrNo, takes: 'true or false' },
  allEventReasons: { read: yesOrNo, takes: 'true or false' },
  mail: { read: yesOrNo, takes: 'true or false' },
  mailFrom: { read: emailAddress, takes: 'one e-mail address' },
  mailIdentity: { read: yesOrNo, takes: 'true or false' },
} as const satisfies { readonly [Name in keyof Configuration]?: { read: Reader<Configuration[Name]>; takes: string } };

/** The context keys of this app. */
export const contextKeys: readonly string[] = ['stage', 'preset', ...Object.keys(options)];

/** Plain names that the CDK CLI itself uses in cdk.json and cdk.context.json. */
const keysOfTheCli = ['acknowledged-issue-numbers', 'cli-telemetry', 'cdk-migrate'];

/** In the names of feature flags, of the CDK's settings, and of values that the CDK looked up in an account. */
const keyOfTheCdk = /[:@]/;

/**
 * The preset with what a deployment chooses for itself. The context keys have the names of the settings:
 * `cdk deploy -c retainData=false`.
 *
 * @param context all of the app's context
 * @throws InvalidConfigurationError naming every key with a value that makes no sense, and every unknown key: with a
 *   misspelt `alarmEmail`, alarms would tell nobody
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
  const configuration: Configuration = { ...preset, ...Object.fromEntries(chosen) };
  return context['fifo'] === undefined || !configuration.fifo ? configuration : forFifo(configuration);
}

function forFifo({ processOrders, failedOrders, ...others }: Configuration): Configuration {
  return {
    ...others,
    processOrders: { ...processOrders, ...fifoLimits(processOrders) },
    failedOrders: { ...failedOrders, ...fifoLimits(failedOrders) },
  };
}

/** A FIFO queue takes no window, and batches of ten at most (Lambda API, CreateEventSourceMapping). */
const fifoLimits = ({ batchSize }: { readonly batchSize: number }) => ({
  windowSeconds: 0,
  batchSize: Math.min(batchSize, 10),
});

function unknownKey(key: string): readonly string[] {
  if (contextKeys.includes(key) || keysOfTheCli.includes(key) || keyOfTheCdk.test(key)) return [];
  const meant = nearest(key, contextKeys);
  const hint = meant === undefined ? '' : ` Is ${meant} meant?`;
  return [`There is no context key ${key}.${hint} There are ${contextKeys.join(', ')}.`];
}

/** Reads a setting from the value of a context key: its text, its JSON, or the value itself. Undefined: no sense. */
type Reader<Value> = (given: unknown) => Value | undefined;

/** A boolean, or its name. */
function yesOrNo(given: unknown): boolean | undefined {
  return { true: true, false: false }[typeof given === 'boolean' ? String(given) : (given as string)];
}

function grouping(given: unknown): Grouping | undefined {
  return groupings.find((each) => each === given);
}

/** A whole number, or its digits. */
function wholeNumber(given: unknown): number | undefined {
  return /^\d{1,9}$/.test(String(given)) ? Number(given) : undefined;
}

/** Text with commas, as the command line has it, or a list of cdk.json. */
function list(given: unknown): readonly string[] | undefined {
  const items: readonly unknown[] | undefined = Array.isArray(given) ? given : textItems(given);
  return items?.every((item) => typeof item === 'string' && item.trim() !== '')
    ? items.map((item) => (item as string).trim())
    : undefined;
}

/** Without white space, because a mail program would end the link there. */
export function link(given: unknown): string | undefined {
  return typeof given === 'string' && /^\S+$/.test(given.trim()) ? given.trim() : undefined;
}

/** Texts that can be addresses. AWS itself asks each address for its consent. */
export function emailAddresses(given: unknown): readonly string[] | undefined {
  const addresses = list(given);
  return addresses?.every((address) => /^[^\s@]+@[^\s@]+$/.test(address)) === true ? addresses : undefined;
}

/** One of them. */
function emailAddress(given: unknown): string | undefined {
  const [address, ...others] = emailAddresses(given) ?? [];
  return others.length === 0 ? address : undefined;
}

function textItems(given: unknown): readonly string[] | undefined {
  if (typeof given !== 'string') return undefined;
  return given.trim() === '' ? [] : given.split(',');
}

/**
 * The candidate that was probably meant by a word. Case and hyphens make no difference, and at most a third of the
 * candidate's letters may be wrong. Undefined when no candidate is that near.
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const wanted = plain(word);
  const [best] = candidates
    .map((candidate) => ({ candidate, edits: distance(wanted, plain(candidate)) }))
    .filter(({ candidate, edits }) => edits * 3 <= candidate.length)
    .toSorted((one, other) => one.edits - other.edits);
  return best?.candidate;
}

function plain(word: string): string {
  return word.toLowerCase().replaceAll(/[-_]/g, '');
}

/** Levenshtein's distance: how many letters to add, take away or replace. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [above, letter] of from.split('').entries()) {
    const next = [above + 1];
    for (const [index, other] of to.split('').entries()) {
      next.push(Math.min(row[index]! + (letter === other ? 0 : 1), row[index + 1]! + 1, next[index]! + 1));
    }
    row = next;
  }
  return row[to.length]!;
}
