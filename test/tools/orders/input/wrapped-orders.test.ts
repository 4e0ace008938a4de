import { expect, test } from '@jest/globals';
import { exampleOrder } from '../../../../shared/order/example-order.ts';
import { wrappedOrders } from '../../../../tools/orders/input/wrapped-orders.ts';

const order = exampleOrder(1);
const filterOf = (document: unknown) => wrappedOrders(JSON.stringify(document))?.filter;

test.each([
  ['a list in an object', { orders: [order] }, '.orders[]'],
  ['a list beside other members', { total: 1, 'the orders': [order, exampleOrder(2)] }, '.["the orders"][]'],
  ['the answer to a receive', { Messages: [{ MessageId: 'a', Body: JSON.stringify(order) }] }, '.Messages[].Body'],
  ['the event of a function', { Records: [{ messageId: 'a', body: JSON.stringify(order) }] }, '.Records[].body'],
])('%s is told from a wrong order, with the filter that takes the orders out', (_what, document, filter) => {
  expect(filterOf(document)).toBe(filter);
});

test.each([
  ['an order', order],
  ['an order that lacks something', { orderId: 'A-1', parts: [order] }],
  ['an empty list', { orders: [] }],
  ['two lists', { old: [order], new: [order] }],
  ['a list of something else', { rows: [{ a: 1 }] }],
  ['rows in the form of DynamoDB', { Items: [{ orderId: { S: 'A-1' } }] }],
  ['a list', [order]],
  ['a text', 'orders'],
])('%s is none', (_what, document) => {
  expect(filterOf(document)).toBeUndefined();
});

test('what is no JSON is none', () => {
  expect(wrappedOrders('{')).toBeUndefined();
});
