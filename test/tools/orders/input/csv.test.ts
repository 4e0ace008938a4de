import { expect, test } from '@jest/globals';
import { csvOrders, isHeader } from '../../../../tools/orders/input/csv.ts';
import { Lines } from '../../../../tools/orders/input/lines.ts';
import { orderColumns } from '../../../../tools/orders/input/order-columns.ts';

async function* each(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}

async function ordersOf(text: string) {
  const orders: unknown[] = [];
  for await (const { line, ...order } of csvOrders(new Lines(each(text.split('\n'))))) {
    orders.push([line, 'body' in order ? JSON.parse(order.body) : order.mistake]);
  }
  return orders;
}

const header = 'orderId,customerName,customerAddress,items';

test.each([
  [
    'items are separated by semicolons',
    `${header}\n7,Ada,1 Main Street,tea; milk ;`,
    { orderId: '7', customerName: 'Ada', customerAddress: '1 Main Street', items: ['tea', 'milk'] },
  ],
  ['items may be a JSON list', `${header}\n,Ada,,"[""a;b""]"`, { customerName: 'Ada', items: ['a;b'] }],
  [
    'semicolons between the cells',
    `customerName;items;customerAddress\nAda;"tea;milk";"1; Main Street"`,
    { customerName: 'Ada', items: ['tea', 'milk'], customerAddress: '1; Main Street' },
  ],
  ['tabs between the cells', 'customerName\titems\nAda\ttea', { customerName: 'Ada', items: ['tea'] }],
  ['numbers stay texts', 'customerName,zip\nAda,00123', { customerName: 'Ada', zip: '00123' }],
  [
    'columns deeper in the order',
    '/customerName,address/city,address/zip,tags/0,tags/1,a~1b\nAda,Paris,75001,x,y,z',
    { customerName: 'Ada', address: { city: 'Paris', zip: '75001' }, tags: ['x', 'y'], 'a/b': 'z' },
  ],
  [
    'a column without a name and without cells',
    'customerName,items,\nAda,tea,',
    { customerName: 'Ada', items: ['tea'] },
  ],
])('of a table, %s', async (_what, text, order) => {
  expect(await ordersOf(text)).toEqual([[2, order]]);
});

test('cells in quotes may have commas, quotes and line ends, and each order knows the line that it begins on', async () => {
  const text = `\n${header}\n1,"Ada ""A."" L.","1 Main Street\n\nParis, France",tea\n\n,,,\n2,Bob,,`;
  expect(await ordersOf(text)).toEqual([
    [
      3,
      { orderId: '1', customerName: 'Ada "A." L.', customerAddress: '1 Main Street\n\nParis, France', items: ['tea'] },
    ],
    [8, { orderId: '2', customerName: 'Bob' }],
  ]);
});

test('a row with more cells than columns is named, and spoils no other', async () => {
  expect(await ordersOf('customerName,items\nAda, Countess,tea\nBob,tea')).toEqual([
    [2, 'cell 3 has no column in the header: a cell with a separator in it needs quotes'],
    [3, { customerName: 'Bob', items: ['tea'] }],
  ]);
});

test.each([
  ['1,Ada,Paris,tea', `the first line must name the columns, such as ${orderColumns.join()}`],
  ['customerName,items,items\n', 'the columns items and items mean the same place of an order'],
  ['customerName,a,a/b\n', 'the columns a and a/b mean the same place of an order'],
  ['customerName,items\nAda,"tea\nBob,milk\n', 'line 2: a quote is never closed'],
  ['customerName,items\nAda,5" pipe "x"" tea\n', 'line 2: a quote stands in a cell that does not begin with one'],
])('%j is no table of orders', async (text, message) => {
  await expect(ordersOf(text)).rejects.toThrow(message);
});

test('a header is told from JSON and from other texts', () => {
  expect(isHeader('orderId;"customerName";items')).toBe(true);
  expect(isHeader('{"customerName":"Ada"}')).toBe(false);
  expect(isHeader('My customerName')).toBe(false);
});

test("Excel's line before the header is no row", async () => {
  expect(isHeader('sep=;')).toBe(true);
  expect(await ordersOf('sep=;\ncustomerName;items\nAda;tea')).toEqual([[3, { customerName: 'Ada', items: ['tea'] }]]);
});
