import { describe, expect, test } from '@jest/globals';
import { readOrderSchema, SchemaRefused } from '../../../tools/generate/order-schema.ts';
import { type Schema, schemaOf } from './generated-validator.ts';

const withEmail = (email: Schema, more: Schema = {}) => JSON.stringify(schemaOf({ email }, more), undefined, 2);

describe('a schema that cannot be is refused in one sentence with the place:', () => {
  test.each([
    [
      'a missing value',
      '{\n  "type": \n}',
      ' is no JSON: line 3, column 1, expected a value after the colon, found "}".',
    ],
    [
      'a text that breaks off',
      '{',
      ' is no JSON: line 1, column 2, expected a name in double quotes or "}" after "{", found the end',
    ],
    ['an empty file', ' \n', ' is empty: write the schema of an order, or restore the file.'],
    [
      'a name that stands twice',
      '{\n  "type": "object",\n  "title": "}",\n  "type": "object"\n}',
      ', line 4: "type" stands there a second time, and only the last one counts. Leave one of them out.',
    ],
    ['orders that are texts', '{ "type": "string" }', ', at /type: an order is a JSON object: write "type": "object".'],
    ['nothing in it', '{}', ', at its top: an order is a JSON object: write "type": "object".'],
    [
      'a misspelt type',
      '{ "type": "objct" }',
      ', at /type: must be one of array, boolean, integer, null, number, object, string, or a list of them.',
    ],
    ['a draft that is no text', '{ "$schema": 7 }', ', at /$schema: the draft is unknown; known are draft-07, '],
    ['a list', '[]', ' is no JSON Schema: it must be an object.'],
    [
      'an unknown format',
      withEmail({ type: 'string', format: 'emial' }),
      ', at /properties/email: unknown format "emial"; known are date, time, date-time, ',
    ],
    [
      'a misspelt keyword',
      withEmail({ type: 'string', minLenght: 1 }),
      ', at /properties/email: unknown keyword: "minLenght"; mend its spelling, or leave the keyword out.',
    ],
    [
      'a limit that is no number',
      withEmail({ type: 'string', minLength: '1' }),
      ', at /properties/email/minLength: must be integer.',
    ],
    [
      'a rule without its type',
      withEmail({ minLength: 1 }),
      ', at /properties/email: missing type "string" for keyword "minLength"; write "type": "string" beside the keyword.',
    ],
    [
      'a pattern that is none',
      withEmail({ type: 'string', pattern: '(' }),
      ', at /properties/email: Invalid regular expression: /(/u: Unterminated group.',
    ],
    [
      'a reference to nothing',
      withEmail({ $ref: '#/$defs/email' }),
      ", at /properties/email: can't resolve reference #/$defs/email; write this part into the file, or mend the reference.",
    ],
    [
      'a reference to another file',
      withEmail({ $ref: 'email.json' }),
      ", at /properties/email: can't resolve reference email.json; write this part into the file, or mend the reference.",
    ],
    [
      'a mistake in a definition, where it stands',
      withEmail(
        { $ref: '#/$defs/address' },
        { $defs: { address: { type: 'array', items: { type: 'string', format: 'x' } } } },
      ),
      ', at /$defs/address/items: unknown format "x"; known are date, time, ',
    ],
    [
      'a draft that ajv does not know',
      JSON.stringify({ $schema: 'http://json-schema.org/draft-04/schema#' }),
      ', at /$schema: the draft is unknown; known are draft-07, 2019-09 and 2020-12.',
    ],
    [
      'validation that takes its time',
      withEmail({ type: 'string' }, { $async: true }),
      ', at /$async: an order is validated at once, so leave $async out.',
    ],
  ])('%s', (_what, text, message) => {
    const read = () => readOrderSchema(text, 'order.schema.json');
    expect(read).toThrow(SchemaRefused);
    expect(read).toThrow(`order.schema.json${message}`);
  });
});

test.each([
  ['a null in place of a text', schemaOf({ note: { type: ['string', 'null'] } })],
  ['one of two properties', schemaOf({}, { anyOf: [{ required: ['email'] }, { required: ['phone'] }] })],
  [
    'a list of parts',
    {
      ...schemaOf({ pair: { type: 'array', prefixItems: [{ type: 'string' }], minItems: 1, items: false } }),
      $schema: 'https://json-schema.org/draft/2020-12/schema',
    },
  ],
  [
    'properties that depend on another',
    { ...schemaOf({}, { dependentRequired: { a: ['b'] } }), $schema: 'https://json-schema.org/draft/2019-09/schema' },
  ],
  [
    'no $schema',
    { ...schemaOf({ a: { $ref: '#/$defs/a' } }, { $defs: { a: { enum: ['x', 1] } } }), $schema: undefined },
  ],
])('a schema may have %s', (_what, schema) => {
  expect(() => readOrderSchema(JSON.stringify(schema), 'order.schema.json')).not.toThrow();
});

test('a schema may begin with a byte order mark, as some editors save it', () => {
  const { schema } = readOrderSchema(`\uFEFF${withEmail({ type: 'string' })}`, 'order.schema.json');
  expect(schema['type']).toBe('object');
});
