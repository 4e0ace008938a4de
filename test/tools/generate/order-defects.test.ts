import { describe, expect, test } from '@jest/globals';
import { brokenOrder, type OrderDefect } from '../../../shared/order/broken-order.ts';
import { defectsOf } from '../../../tools/generate/order-defects.ts';
import { readOrderSchema } from '../../../tools/generate/order-schema.ts';
import { type Schema, schemaOf } from './generated-validator.ts';

function found(schema: Schema, example: unknown) {
  return defectsOf(readOrderSchema(JSON.stringify(schema), 'order.schema.json'), [example]);
}

/** The keywords of the rules that defects break, and their places. */
function brokenRules(schema: Schema, example: unknown): readonly string[] {
  const read = readOrderSchema(JSON.stringify(schema), 'order.schema.json');
  return defectsOf(read, [example]).defects.flatMap((defect) => {
    expect(read.validate(brokenOrder(example, defect))).toBe(false);
    return (read.validate.errors ?? []).map(({ instancePath, keyword }) => `${instancePath} ${keyword}`);
  });
}

describe('an order is broken', () => {
  test.each<[Schema, unknown]>([
    [{ type: 'string' }, 'a'],
    [{ type: 'integer' }, 1],
    [{ type: ['string', 'null'] }, null],
    [{ enum: ['a', 'b'] }, 'a'],
    [{ const: 7 }, 7],
    [{ type: 'string', pattern: '^[a-z]{2}$' }, 'ab'],
    [{ type: 'string', pattern: 'a' }, 'ab'],
    [{ type: 'string', format: 'email' }, 'a@example.com'],
    [{ type: 'string', format: 'date-time' }, '2026-01-01T00:00:00Z'],
    [{ type: 'string', format: 'regex' }, 'a'],
    [{ type: 'string', format: 'ipv6' }, '::1'],
    [{ type: 'integer', format: 'int32' }, 1],
    [{ type: 'string', minLength: 3 }, 'abcd'],
    [{ type: 'string', maxLength: 5_000 }, 'abcd'],
    [{ type: 'number', minimum: 1 }, 2],
    [{ type: 'number', maximum: 1 }, 1],
    [{ type: 'number', exclusiveMinimum: 0 }, 2],
    [{ type: 'number', exclusiveMaximum: 3 }, 2],
    [{ type: 'number', multipleOf: 5 }, 10],
    [{ type: 'array', minItems: 2 }, [1, 2]],
    [{ type: 'array', maxItems: 2 }, [1, 2]],
    [{ type: 'array', uniqueItems: true }, [1, 2]],
    [{ type: 'array', contains: { const: 1 } }, [1, 2]],
    [{ type: 'object', required: ['a'], properties: { a: {} } }, { a: 1 }],
    [{ type: 'object', additionalProperties: false, properties: { a: {} } }, { a: 1 }],
    [
      { type: 'object', dependencies: { a: ['b'] } },
      { a: 1, b: 1 },
    ],
    [{ type: 'object', minProperties: 1 }, { a: 1 }],
    [{ type: 'object', maxProperties: 3 }, { a: 1 }],
    [{ type: 'object', propertyNames: { type: 'string', maxLength: 3 } }, { a: 1 }],
    [
      { type: 'string', format: 'date', formatMinimum: '2026-01-01', formatExclusiveMaximum: '2027-01-01' },
      '2026-12-24',
    ],
    [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, 'a'],
    [{ oneOf: [{ type: 'string' }, { type: 'null' }] }, 'a'],
    [{ not: { type: 'null' } }, 'a'],
  ])('by each keyword of %j', (rule, value) => {
    const schema = schemaOf({ value: rule });
    const broken = brokenRules(schema, { value });
    const places = Object.keys(rule).filter((keyword) => keyword !== 'properties');
    expect(places.filter((keyword) => !broken.includes(`/value ${keyword}`))).toEqual([]);
    expect(found(schema, { value }).unbroken).toEqual([]);
  });

  test.each<[string, Schema, unknown, string]>([
    [
      'behind a reference',
      schemaOf({ a: { $ref: '#/$defs/x' } }, { $defs: { x: { const: 1 } } }),
      { a: 1 },
      '/a const',
    ],
    ['in an element', schemaOf({ a: { type: 'array', items: { const: 1 } } }), { a: [1, 1] }, '/a/0 const'],
    [
      'in an object in a list',
      schemaOf({ a: { type: 'array', items: { type: 'object', required: ['b'] } } }),
      { a: [{ b: 1 }] },
      '/a/0 required',
    ],
    [
      'in a property that the example does not have',
      schemaOf({ a: { type: 'string', format: 'date' } }),
      {},
      '/a format',
    ],
    [
      'in a part of allOf',
      schemaOf({ a: { allOf: [{ type: 'string' }, { maxLength: 3, type: 'string' }] } }),
      { a: 'x' },
      '/a maxLength',
    ],
    [
      'in a branch',
      schemaOf({ a: {} }, JSON.parse('{"if": {"required": ["a"]}, "then": {"required": ["b"]}}') as Schema),
      { a: 1, b: 2 },
      ' required',
    ],
    ['in a property with a sign of JSON pointers', schemaOf({ 'a/b~': { const: 1 } }), { 'a/b~': 1 }, '/a~1b~0 const'],
    [
      'in properties of a pattern',
      schemaOf({}, { patternProperties: { '^x-': { type: 'string' } } }),
      { 'x-a': 'b' },
      '/x-a type',
    ],
    ['in any other property', schemaOf({}, { additionalProperties: { type: 'string' } }), {}, '/unexpected type'],
  ])('%s', (_where, schema, example, rule) => {
    expect(brokenRules(schema, example)).toContain(rule);
  });
});

test('a schema that refers to itself has an end', () => {
  const schema = schemaOf({ part: { $ref: '#' }, name: { type: 'string' } });
  expect(brokenRules(schema, { part: { part: {} } })).toContain('/part/name type');
});

test('a rule whose breach is larger than a message is named instead of broken', () => {
  const schema = schemaOf({ value: { type: 'string', maxLength: 1_000_000 } });
  expect(found(schema, { value: 'a' })).toMatchObject({ unbroken: ['/value maxLength'] });
});

test('a rule that nothing was found to break is named', () => {
  expect(found(schemaOf({ value: { type: 'string', maxLength: 3 } }), {})).toEqual({
    defects: expect.any(Array),
    unbroken: ['/value maxLength'],
  });
});

test('a defect changes one place of a copy, and repeats what is there up to a length', () => {
  const order = { list: [{ a: 'xy' }, 2], text: 'ab' };
  const broken = (defect: OrderDefect) => brokenOrder(order, defect);
  expect(broken({ place: ['list', '0', 'a'], value: 7 })).toEqual({ ...order, list: [{ a: 7 }, 2] });
  expect(broken({ place: ['list', '0', 'a'], removed: true })).toEqual({ ...order, list: [{}, 2] });
  expect(broken({ place: ['list'], length: 3 })).toEqual({ ...order, list: [{ a: 'xy' }, 2, { a: 'xy' }] });
  expect(broken({ place: ['text'], length: 5 })).toEqual({ ...order, text: 'abxxx' });
  expect(broken({ place: ['text'], length: 1 })).toEqual({ ...order, text: 'a' });
  expect(broken({ place: [], value: null })).toBeNull();
  expect(order).toEqual({ list: [{ a: 'xy' }, 2], text: 'ab' });
});
