import type { AnySchemaObject, ErrorObject } from 'ajv';
import { brokenOrder, type OrderDefect } from '../../shared/order/broken-order.ts';
import { messageLimits } from '../../shared/pipeline.ts';
import type { OrderSchema } from './order-schema.ts';

/** Every way that was found to break an order, and the rules of the schema for which none was found. */
export interface OrderDefects {
  readonly defects: readonly OrderDefect[];
  /** `/email format` */
  readonly unbroken: readonly string[];
}

/** A character of an example has at most three bytes in UTF-8. */
const mostCharacters = messageLimits.bytes / 3;

type Edit = { readonly removed: true } | { readonly value: unknown } | { readonly length: number };

/** A rule of the schema at a place of an order, with edits of which one may break it. */
interface Rule {
  readonly keyword: string;
  readonly place: readonly string[];
  readonly edits: readonly Edit[];
  /** Where the validator finds the fault, when it is not at the place of the edit. */
  readonly foundAt?: readonly string[];
}

/**
 * Walks the schema beside a good order, and breaks the order once for each rule: a required property is left out, a
 * value has another type, a text is one character too short, and so on. The validator has the last word: an edit
 * counts only if the validator finds this rule broken there in every one of the examples, and if the order fits into a
 * message.
 *
 * @param examples good orders, of which the first is walked through
 */
export function defectsOf({ schema, validate }: OrderSchema, examples: readonly unknown[]): OrderDefects {
  const errorsOf = (order: unknown): readonly ErrorObject[] => (validate(order) ? [] : [...(validate.errors ?? [])]);
  const breaks = ({ keyword, place, foundAt = place }: Rule, edit: Edit) => {
    const isThis = (error: ErrorObject) => error.keyword === keyword && error.instancePath === pointerOf(foundAt);
    const orders = examples.map((example) => brokenOrder(example, { place, ...edit }));
    return orders.every((order) => JSON.stringify(order).length < mostCharacters && errorsOf(order).some(isThis));
  };
  const defects = new Map<string, OrderDefect>();
  const unbroken: string[] = [];
  for (const rule of rulesOf(schema, examples[0])) {
    const edit = rule.edits.find((each) => breaks(rule, each));
    if (edit === undefined) unbroken.push(`${pointerOf(rule.foundAt ?? rule.place)} ${rule.keyword}`.trim());
    else defects.set(JSON.stringify([rule.place, edit]), { place: rule.place, ...edit });
  }
  return { defects: [...defects.values()], unbroken: [...new Set(unbroken)] };
}

function pointerOf(place: readonly string[]): string {
  return place.map((name) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function rulesOf(root: AnySchemaObject, order: unknown): readonly Rule[] {
  const seen = new Set<string>();

  function* walk(part: unknown, place: readonly string[], value: unknown): Generator<Rule> {
    if (typeof part !== 'object' || part === null) return;
    const schema = part as Readonly<Record<string, unknown>>;
    const reference = typeof schema['$ref'] === 'string' ? schema['$ref'] : undefined;
    if (reference !== undefined && !seen.has(`${reference} ${pointerOf(place)}`)) {
      seen.add(`${reference} ${pointerOf(place)}`);
      yield* walk(referred(root, reference), place, value);
    }
    for (const [keyword, edits] of Object.entries(editsOf)) {
      if (keyword in schema && !isIdle(keyword, schema[keyword]))
        yield { keyword, place, edits: edits(schema[keyword] as number, value) };
    }
    for (const keyword of ['allOf', 'anyOf', 'oneOf', 'then', 'else'] as const) {
      for (const branch of [schema[keyword] ?? []].flat()) yield* walk(branch, place, value);
    }
    yield* walkList(schema, place, value);
    yield* walkObject(schema, place, value);
  }

  function* walkList(schema: Readonly<Record<string, unknown>>, place: readonly string[], value: unknown) {
    if (!Array.isArray(value)) return;
    const { items, prefixItems = Array.isArray(items) ? items : [] } = schema;
    for (const [index, element] of (value as readonly unknown[]).entries()) {
      const own = (prefixItems as readonly unknown[])[index];
      yield* walk(own ?? items, [...place, String(index)], element);
      // The others are like this one.
      if (own === undefined) return;
    }
  }

  function* walkObject(schema: Readonly<Record<string, unknown>>, place: readonly string[], value: unknown) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
    const members = value as Readonly<Record<string, unknown>>;
    const { additionalProperties } = schema;
    const without = (name: string, keyword: string): Rule => ({
      keyword,
      place: [...place, name],
      edits: [{ removed: true }],
      foundAt: place,
    });
    for (const name of listOf(schema['required'])) yield without(name, 'required');
    for (const keyword of ['dependentRequired', 'dependencies'] as const) {
      const dependent = Object.entries(schema[keyword] ?? {}).filter(([name]) => Object.hasOwn(members, name));
      for (const name of dependent.flatMap(([, names]) => listOf(names))) yield without(name, keyword);
    }
    for (const [name, part] of Object.entries(schema['properties'] ?? {}))
      yield* walk(part, [...place, name], members[name]);
    for (const [pattern, part] of Object.entries(schema['patternProperties'] ?? {})) {
      const name = Object.keys(members).find((each) => new RegExp(pattern, 'u').test(each));
      if (name !== undefined) yield* walk(part, [...place, name], members[name]);
    }
    const unexpected = [...place, 'unexpected'];
    for (const keyword of ['additionalProperties', 'unevaluatedProperties'] as const) {
      if (schema[keyword] === false) yield { keyword, place: unexpected, edits: [{ value: 1 }], foundAt: place };
    }
    yield* walk(additionalProperties, unexpected, undefined);
  }

  return [...walk(root, [], order)];
}

function listOf(names: unknown): readonly string[] {
  return Array.isArray(names) ? (names as readonly string[]) : [];
}

/** The part of the schema that a reference within the file names. */
function referred(root: AnySchemaObject, reference: string): unknown {
  const [, pointer = ''] = /#(.*)$/.exec(reference) ?? [];
  return pointer
    .split('/')
    .slice(1)
    .map((token) => decodeURIComponent(token).replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((part, token) => (part as Readonly<Record<string, unknown>> | undefined)?.[token], root);
}

/** A least length of 0 is a rule that nothing breaks. */
const isIdle = (keyword: string, limit: unknown) => limit === 0 && /^min[A-Z]/.test(keyword);

const among = (all: readonly unknown[]): readonly Edit[] => all.map((value) => ({ value }));
const ofLength = (length: number, value: unknown): readonly Edit[] =>
  length < 0 || value === undefined ? [] : [{ length }];

/** A value of each type. The near miss of another comes first: a number as a text, a list as one text. */
const values: readonly unknown[] = ['7', 7, null, true, [], {}, 1.5];

const earliest = ['0001-01-01', '0001-01-01T00:00:00Z', '00:00:00Z'];
const latest = ['9999-12-31', '9999-12-31T23:59:59Z', '23:59:59Z'];

/** Edits that may break a rule about a value itself, by keyword, the likeliest first. */
const editsOf: Readonly<Record<string, (limit: number, value: unknown) => readonly Edit[]>> = {
  type: () => among(values),
  enum: () => among(['none of these', ...values]),
  const: () => among(['something else', ...values]),
  anyOf: () => among(values),
  oneOf: () => among(values),
  not: () => among(values),
  pattern(_limit, value) {
    const text = typeof value === 'string' ? value : '';
    return among([`${text}?`, `${text} `, '?', ' ', '', 'x', '0', text.slice(1), text.slice(0, -1)]);
  },
  format: (name) => among([`no ${name}`, '', '%', '(', 'x', 2 ** 70, 1.5]),
  minLength: (limit, value) => (value === undefined && limit > 0 ? [{ value: '' }] : ofLength(limit - 1, value)),
  maxLength: (limit, value) => ofLength(limit + 1, value),
  minimum: (limit) => among([limit - 1]),
  exclusiveMinimum: (limit) => among([limit]),
  maximum: (limit) => among([limit + 1]),
  exclusiveMaximum: (limit) => among([limit]),
  multipleOf: (factor) => among([factor / 2]),
  minItems: (limit, value) => ofLength(limit - 1, value),
  maxItems: (limit, value) => ofLength(limit + 1, value),
  uniqueItems: (_limit, value) => (Array.isArray(value) ? ofLength(value.length + 1, value) : []),
  contains: (_limit, value) => ofLength(0, value),
  minProperties: () => among([{}]),
  maxProperties: (limit) => among([Object.fromEntries(Array.from({ length: limit + 1 }, (_, index) => [index, 1]))]),
  propertyNames: () => among([{ '?': 1 }, { '': 1 }, { a: 1 }, { ['x'.repeat(100)]: 1 }]),
  formatMinimum: () => among(earliest),
  formatExclusiveMinimum: () => among(earliest),
  formatMaximum: () => among(latest),
  formatExclusiveMaximum: () => among(latest),
};
