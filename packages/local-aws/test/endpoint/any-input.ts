import fc from 'fast-check';
import type { Shape, StructureShape } from '../../src/endpoint/api.ts';

/** What a member's type is in dynalite's own tables (`dynalite/validations`), as far as it is looked at here. */
export type DynaliteType =
  string | { readonly type: string; readonly children?: unknown; readonly enum?: readonly string[] };

/** Member names that are a trap for anything that keeps names in a plain object. */
const trappedNames = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '', '.'] as const;

const trickyText = fc.constantFrom(
  '',
  ' ',
  '\u0000',
  '\u001B[2J',
  '\uD800',
  '../../../etc/passwd',
  '__proto__',
  'x'.repeat(5_000),
  '-1',
  '1e999',
  'true',
  'null',
  '%00%zz',
  '[',
  '{"a":',
  '(a+)+$',
  'é😀',
);
export const anyText = fc.oneof(trickyText, fc.string({ unit: 'binary', maxLength: 20 }));
const trickyNumber = fc.constantFrom(0, -1, 1, 0.5, 20, 2 ** 31, -(2 ** 53), 1e308, 5e-324);
const scalar = fc.oneof(fc.constant(null), fc.boolean(), trickyNumber, anyText);

/** Any JSON, of whatever type, with names that are traps. */
export const anyJson: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    members(fc.oneof(fc.constantFrom(...trappedNames, 'S', 'N', 'L', 'M', 'a'), anyText), tie('value')),
  ),
})).value;

/** From entries: a member called `__proto__` is one like any other, as `JSON.parse` makes it. */
function members(name: fc.Arbitrary<string>, value: fc.Arbitrary<unknown>): fc.Arbitrary<object> {
  return fc.array(fc.tuple(name, value), { maxLength: 3 }).map((entries) => Object.fromEntries(entries));
}

/** Values that exist in the runtime under test, so that some requests get past the first check. */
export type Known = Readonly<Record<string, readonly unknown[]>>;

/** An object with any of these members: mostly of the right type, at times of any. */
function record(types: ReadonlyMap<string, fc.Arbitrary<unknown>>, known: Known): fc.Arbitrary<object> {
  const optional = [...types].map(([name, value]) => {
    const values = known[name] ?? [];
    const given = values.length === 0 ? value : fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...values) }, value);
    return fc
      .oneof(
        { weight: 5, arbitrary: given },
        { weight: 1, arbitrary: anyJson },
        { weight: 2, arbitrary: fc.constant(undefined) },
      )
      .map((content) => [name, content] as const);
  });
  const stranger = fc.tuple(fc.constantFrom(...trappedNames), anyJson);
  return fc
    .tuple(fc.tuple(...optional), fc.option(stranger, { freq: 8, nil: undefined }))
    .map(([entries, odd]) =>
      Object.fromEntries([...entries, ...(odd === undefined ? [] : [odd])].filter(([, value]) => value !== undefined)),
    );
}

/** Input of an operation whose shape the endpoint declares. */
export function inputOf(shape: StructureShape, known: Known): fc.Arbitrary<object> {
  return record(new Map(Object.entries(shape.members).map(([name, member]) => [name, valueOf(member, known)])), known);
}

function valueOf(shape: Shape, known: Known): fc.Arbitrary<unknown> {
  if (shape === 'string') return anyText;
  if (shape === 'integer') return fc.oneof(trickyNumber, fc.integer({ min: -2, max: 12 }));
  if (shape === 'boolean') return fc.boolean();
  if (shape === 'blob') return fc.oneof(fc.constantFrom('', 'AA==', 'AAAA'), anyText);
  if ('list' in shape) return fc.array(valueOf(shape.list, known), { maxLength: 3 });
  if ('map' in shape) return members(anyText, valueOf(shape.map, known));
  return inputOf(shape, known);
}

/** Input of a DynamoDB operation, by the types that dynalite declares for it. */
export function dynamodbInputOf(types: Readonly<Record<string, DynaliteType>>, known: Known): fc.Arbitrary<object> {
  return record(new Map(Object.entries(types).map(([name, type]) => [name, dynaliteValue(type, known)])), known);
}

function dynaliteValue(declared: DynaliteType, known: Known): fc.Arbitrary<unknown> {
  const { type, children, enum: choices } = typeof declared === 'string' ? { type: declared } : declared;
  if (type.startsWith('AttrStruct')) return attributeValue;
  if (type === 'Boolean') return fc.boolean();
  if (/^(Short|Integer|Long|Double)$/.test(type)) return trickyNumber;
  if (choices !== undefined) return fc.constantFrom(...choices);
  if (type === 'String') return fc.oneof(expression, anyText);
  const inner = children as DynaliteType | Readonly<Record<string, DynaliteType>> | undefined;
  const isStructure = typeof inner === 'object' && typeof inner['type'] !== 'string';
  const content =
    inner === undefined
      ? anyJson
      : isStructure
        ? dynamodbInputOf(inner as Record<string, DynaliteType>, known)
        : dynaliteValue(inner as DynaliteType, known);
  if (/List/.test(type)) return fc.array(content, { maxLength: 3 });
  if (/Map</.test(type)) return members(fc.oneof(fc.constantFrom('id', '#n', ':v', 'orders'), anyText), content);
  return content;
}

const expression = fc.constantFrom(
  'id = :v',
  '#n = :v AND begins_with(id, :v)',
  'SET #n = :v, a[0].b = if_not_exists(a, :v) REMOVE c ADD d :v',
  'SET a[99999999999] = :v',
  'attribute_exists(#n) OR NOT (id IN (:v, :v))',
  '#n, a.b[1].c',
  '((((((((((id = :v))))))))))',
  'size(id) BETWEEN :v AND :v',
);

const attributeValue: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    anyText.map((S) => ({ S })),
    fc.constantFrom(
      { S: 'a' },
      { S: '' },
      { N: '1' },
      { N: 'NaN' },
      { N: '1e400' },
      { B: 'AA==' },
      { NULL: true },
      { BOOL: false },
    ),
    fc.constantFrom(
      { SS: [] },
      { SS: ['a', 'a'] },
      { NS: ['1', null] },
      { BS: ['A'] },
      {},
      { S: 'a', N: '1' },
      { L: null },
      { M: [] },
    ),
    fc.array(tie('value'), { maxLength: 3 }).map((L) => ({ L })),
    members(anyText, tie('value')).map((M) => ({ M })),
    anyJson,
  ),
})).value;

/** A document of which one or two values or names are replaced by others, or gone. */
export function nearly(valid: unknown): fc.Arbitrary<unknown> {
  const paths = pathsOf(valid);
  const change = fc.tuple(fc.constantFrom(...paths), fc.oneof(anyJson, expression, attributeValue, fc.constant(gone)));
  return fc.array(change, { minLength: 1, maxLength: 2 }).map((changes) => {
    let changed = valid;
    for (const [path, value] of changes) changed = replaced(changed, path, value);
    return changed;
  });
}

const gone = Symbol('gone');

function pathsOf(value: unknown): string[][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => [[name], ...pathsOf(member).map((path) => [name, ...path])]);
}

function replaced(document: unknown, [name, ...rest]: readonly string[], value: unknown): unknown {
  if (typeof document !== 'object' || document === null || name === undefined) return document;
  const entries = Object.entries(document).flatMap(([key, member]): [string, unknown][] => {
    if (key !== name) return [[key, member]];
    if (rest.length > 0) return [[key, replaced(member, rest, value)]];
    return value === gone ? [] : [[key, value]];
  });
  return Array.isArray(document) ? entries.map(([, member]) => member) : Object.fromEntries(entries);
}
