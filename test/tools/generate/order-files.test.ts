import { describe, expect, test } from '@jest/globals';
import { maximumErrors } from '../../../shared/order/reasons.ts';
import { generatedValidator, rendered, type Schema, schemaOf, textOf } from './generated-validator.ts';

const validatorSize = async (properties: Record<string, unknown>) =>
  (await textOf(schemaOf(properties), 'validate-order.generated.js')).length;

describe('the generated validator', () => {
  test.each([
    ['email', 'ada@example.com', 'ada'],
    ['uuid', '0b5e7a0e-7e4e-4a3c-8f0f-2a9a2a2a2a2a', '0b5e'],
    ['date', '2024-02-29', '2026-02-29'],
    ['date-time', '2026-02-28T23:59:59Z', '2026-02-28 noon'],
    ['time', '12:00:00Z', '25:00:00Z'],
    ['uri', 'https://example.com/a?b', 'example'],
    ['int32', 2 ** 31 - 1, 2 ** 31],
  ])('knows the format %s', async (format, good, bad) => {
    const type = typeof good === 'string' ? 'string' : 'integer';
    const validate = await generatedValidator(schemaOf({ value: { type, format } }));
    expect([validate({ value: good }), validate({ value: bad })]).toEqual([true, false]);
    expect(validate.errors).toMatchObject([{ instancePath: '/value', keyword: 'format' }]);
  });

  test('brings only the formats that the schema names', async () => {
    const none = await validatorSize({ value: { type: 'string' } });
    for (const [format, most] of Object.entries({ email: 1_500, date: 4_000, 'date-time': 5_000 })) {
      const size = await validatorSize({ value: { type: 'string', format } });
      expect({ format, isLarge: size - none > most }).toEqual({ format, isLarge: false });
    }
  });

  test('collects only so many errors, also of parts that other places share', async () => {
    const article = { type: 'object', properties: { name: { type: 'string' } }, required: ['name', 'price'] };
    const schema = schemaOf(
      { items: { type: 'array', items: { $ref: '#/$defs/article' } } },
      { $defs: { article: { ...article, properties: { ...article.properties, price: { type: 'number' } } } } },
    );
    const validate = await generatedValidator(schema);
    expect(validate({ items: Array.from({ length: 500_000 }, () => ({})) })).toBe(false);
    expect(validate.errors!.length).toBeGreaterThanOrEqual(maximumErrors);
    expect(validate.errors!.length).toBeLessThan(maximumErrors + 10);
  });

  test('does not take an order for good because it has found too many errors to collect', async () => {
    const many = { type: 'array', items: { $ref: '#/$defs/text' } };
    const schema = schemaOf(
      { value: { anyOf: [many, { $ref: '#/$defs/text' }, { $ref: '#/$defs/flag' }] } },
      { $defs: { text: { type: 'string' }, flag: { type: 'boolean' } } },
    );
    const validate = await generatedValidator(schema);
    for (const count of [maximumErrors - 1, maximumErrors, maximumErrors + 1, 5_000]) {
      expect(validate({ value: Array.from({ length: count }, () => 1) })).toBe(false);
    }
    expect(validate({ value: true })).toBe(true);
  });
});

test('a list has a plain type, however many elements it must have', async () => {
  const schema = schemaOf({ items: { type: 'array', minItems: 2, maxItems: 9, items: { type: 'string' } } });
  expect(await textOf(schema, '/order.generated.ts')).toContain('items?: string[];');
});

const remarks = async (properties: Schema, required: readonly string[]) =>
  (await rendered(schemaOf({ ...properties, customerAddress: {} }, { required }))).remarks;

test('who generates is told what the example lacks, and of which rules there is no bad order', async () => {
  expect(await remarks({ gift: { type: 'array', minItems: 2 } }, ['gift', 'voucher', 'customerAddress'])).toEqual([
    'exampleOrder does not pass the schema: /gift is required, /voucher is required. Change shared/order/example-order.ts.',
  ]);
  expect(await remarks({ gift: { type: 'array', minItems: 2 } }, ['customerAddress'])).toEqual([
    'No bad order was found for the rule /gift minItems. It may help when exampleOrder has a value there.',
  ]);
  expect(await remarks({}, [])).toEqual([
    expect.stringMatching(/^exampleUserX passes the schema, but must not: the schema must have a rule .*\.$/),
  ]);
});
