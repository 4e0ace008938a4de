import { describe, expect, test } from '@jest/globals';
import { contains, pluralOf, renamer } from '../../../tools/adopt/words.ts';

const order = { singular: 'order', plural: 'orders' };
const shipment = { singular: 'shipment', plural: 'shipments' };
const rename = renamer(order, shipment, ['creationOrder']);

describe('the domain word', () => {
  test.each([
    ['order', 'shipment'],
    ['orders', 'shipments'],
    ['Order', 'Shipment'],
    ['ORDER', 'SHIPMENT'],
    ['orderId', 'shipmentId'],
    ['_orderId', '_shipmentId'],
    ['badOrders', 'badShipments'],
    ['ordersQueueUrl', 'shipmentsQueueUrl'],
    ['OrderPipeline-dev', 'ShipmentPipeline-dev'],
    ['ORDERS_QUEUE_URL', 'SHIPMENTS_QUEUE_URL'],
    ['ORDER#42', 'SHIPMENT#42'],
    ['ms_process_orders', 'ms_process_shipments'],
    ['bad-orders, process-orders', 'bad-shipments, process-shipments'],
    ['QueuesOrdersE4860F80', 'QueuesShipmentsE4860F80'],
    ['SQSOrders', 'SQSShipments'],
    ['shared/order/order.schema.json', 'shared/shipment/shipment.schema.json'],
    [String.raw`'sent\norders\torder'`, String.raw`'sent\nshipments\tshipment'`],
    [String.raw`/\border\b/`, String.raw`/\bshipment\b/`],
    ["the order's row", "the shipment's row"],
    ['the orders’ rows', 'the shipments’ rows'],
  ])('%s becomes %s', (before, after) => {
    expect(rename(before)).toBe(after);
  });

  test.each([
    ['deeper in the order', 'deeper in the shipment'],
    ['The places in an order that a column means', 'The places in a shipment that a column means'],
    ['claims the id for the order of a message', 'claims the id for the shipment of a message'],
    ['the same order came again', 'the same shipment came again'],
    ['their order was processed', 'their shipment was processed'],
    ['reasons of any order', 'reasons of any shipment'],
    ["if (!('contentHash' in order)) return", "if (!('contentHash' in shipment)) return"],
    ["'body' in order ? order.body : ''", "'body' in shipment ? shipment.body : ''"],
    ['key in order && order.id', 'key in shipment && shipment.id'],
    ['const order = { ...order }', 'const shipment = { ...shipment }'],
  ])('is meant in: %s', (before, after) => {
    expect(rename(before)).toBe(after);
  });

  test.each([
    ['an order', 'a shipment'],
    ['An `order`', 'A `shipment`'],
    ['is an [order](x)', 'is a [shipment](x)'],
    [' * Takes an\n * order', ' * Takes a\n * shipment'],
    ['// An\n  // order', '// A\n  // shipment'],
    ['a bad order', 'a bad shipment'],
    ['Japan orders', 'Japan shipments'],
  ])('has its article: %s', (before, after) => {
    expect(rename(before)).toBe(after);
  });

  test('has the article of its first letter, in both directions', () => {
    const invoice = { singular: 'invoice', plural: 'invoices' };
    expect(renamer(shipment, invoice)('A shipment is a shipments file')).toBe('An invoice is an invoices file');
    expect(renamer(order, invoice)('an order')).toBe('an invoice');
  });
});

test.each([
  // Words that only look like it.
  'border Border BORDER reorder reordered recorder ordered Ordered ordering orderly',
  // AWS's and the packages'.
  "orderBy: 'LastEventTime'",
  '"@aws-cdk/aws-efs:mountTargetOrderInsensitiveLogicalId": true',
  'import { creationOrder } from "local-aws"',
  // A sequence.
  'in order to see it',
  'In order: first this, then that',
  'reads the files\n * in\n * order, one by one',
  'delivered out of order, by the fault `out-of-order`',
  'in the order of their ids',
  'in the order in which they came',
  'in the order they came',
  'told in this order',
  'in any order and at any time',
  'in no order',
  'in another order',
  'members in the reverse order',
  'in an arbitrary order, as AWS may',
  'the other order of steps',
  'ignores the order of reasons',
  'the order\n// of members, and their order',
  'a rare order of events',
  'an order of messages',
  'same seed, same order',
  'a list has an order',
])('stays: %s', (text) => {
  expect(rename(text)).toBe(text);
});

test('a word that means no order has no sequences', () => {
  expect(renamer(shipment, order)('in shipment, by shipments')).toBe('in order, by orders');
});

test.each([
  ['shipment', 'shipments'],
  ['parcel', 'parcels'],
  ['delivery', 'deliveries'],
  ['survey', 'surveys'],
  ['batch', 'batches'],
  ['box', 'boxes'],
  ['glass', 'glasses'],
])('many of %s are %s', (singular, plural) => {
  expect(pluralOf(singular)).toBe(plural);
});

test('a text contains a word in any form, and not as a part of another', () => {
  expect(['Shipment', 'SHIPMENTS_URL', 'badShipment', 'shipments'].map((text) => contains(text, shipment))).toEqual(
    Array(4).fill(true),
  );
  expect(contains('transshipment', shipment)).toBe(false);
});
