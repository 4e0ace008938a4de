import { isObject } from '../../endpoint/json.ts';

/**
 * JSON paths as EventBridge has them: `$.detail.items[0].id`, with `*` for all members. Names have letters, digits,
 * dashes, underscores and slashes; other names stand in brackets: `$['a b']` (EventBridge User Guide, "Input
 * transformation").
 */
export type JsonPath = readonly Step[];

/** A name, an index of a list, or `*` for all. */
type Step = string | number | typeof all;

const all = Symbol('all');

/** Undefined for a text that is no such path. */
export function parseJsonPath(text: string): JsonPath | undefined {
  if (!text.startsWith('$')) return undefined;
  const steps: Step[] = [];
  const step = /\.(?<name>[\w/-]+|\*)|\[(?:(?<index>\d+)|(?<every>\*)|'(?<quoted>[^']+)'|"(?<double>[^"]+)")\]/y;
  for (let at = 1; at < text.length; at = step.lastIndex) {
    step.lastIndex = at;
    const groups = step.exec(text)?.groups;
    if (groups === undefined) return undefined;
    const { name, index, every, quoted, double } = groups;
    if (name === '*' || every !== undefined) steps.push(all);
    else steps.push(index === undefined ? (name ?? quoted ?? double ?? '') : Number(index));
  }
  return steps;
}

/** What the path leads to: a list when the path has a `*`. Undefined when there is nothing. */
export function valueAt(path: JsonPath, value: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (step === all) {
    const items = Array.isArray(value) ? value : isObject(value) ? Object.values(value) : [];
    return items.map((item) => valueAt(rest, item)).filter((item) => item !== undefined);
  }
  if (typeof step === 'number') return Array.isArray(value) ? valueAt(rest, value[step]) : undefined;
  return isObject(value) && Object.hasOwn(value, step) ? valueAt(rest, value[step]) : undefined;
}
