import type { Random } from '../../local/faults/fault-plan.ts';
import { maximumInlineAttributeBytes, maximumInlineBytes, type StoredAttribute } from '../../shared/orders-table.ts';
import type { Order } from '../../shared/order.generated.ts';

/** Orders that generate-orders makes of the run's seed, some of them bad. */
export const generated = { count: 50, badRate: 0.1 } as const;

/** A message as its sender has it. */
export interface CarelessMessage {
  readonly body: string;
  readonly attributes: Readonly<Record<string, StoredAttribute>>;
}

/**
 * Messages that a careless sender sends beside generate-orders: orders twice and three times, other orders under an id
 * that is taken, orders without an id, bad ones, and what is no order at all; of good and of bad ones one each that does
 * not fit into its row, and one with attributes, those of the bad one too large for its row.
 */
export function carelessMessages(random: Random): readonly CarelessMessage[] {
  const id = () => `chaos-${Math.floor(random() * 2 ** 32).toString(36)}`;
  const good = Array.from({ length: 8 }, (_, number) => orderOf(id(), `Careless${number}`));
  const twice = good.flatMap((order) => Array.from({ length: 2 + Math.floor(random() * 2) }, () => order));
  const otherOrders = good.slice(0, 2).map((order) => ({ ...order, customerName: 'Somebody else' }));
  const withoutId = Array.from({ length: 2 }, (_, number) => withoutIdOf(orderOf('', `Nameless${number}`)));
  const bad = [
    { ...orderOf(id(), 'Nowhere'), customerAddress: '' },
    { ...orderOf(id(), 'Nothing'), items: 'bread' },
    withoutIdOf({ ...orderOf('', 'Nobody'), customerName: '' }),
    [],
    null,
  ];
  const large = { ...orderOf(id(), 'Large'), items: ['€'.repeat(maximumInlineBytes / 3)] };
  const largeBad = { ...orderOf(id(), 'TooLarge'), items: '€'.repeat(maximumInlineBytes / 3) };
  const noted = orderOf(id(), 'Noted');
  const notedBad = { ...orderOf(id(), 'Misnoted'), customerAddress: '' };
  const bodies = [...twice, ...otherOrders, ...withoutId, ...bad, large, largeBad].map((value) =>
    JSON.stringify(value),
  );
  const messages = [...bodies, 'order?'].map((body) => ({ body, attributes: {} }));
  const withAttributes = [
    { body: JSON.stringify(noted), attributes: attributesOf('web') },
    { body: JSON.stringify(notedBad), attributes: attributesOf('€'.repeat(maximumInlineAttributeBytes / 3)) },
  ];
  return shuffled([...messages, ...withAttributes], random);
}

function attributesOf(channel: string): CarelessMessage['attributes'] {
  return {
    channel: { dataType: 'String', stringValue: channel },
    signature: { dataType: 'Binary.sha', binaryValue: 'AP8Q' },
  };
}

function orderOf(orderId: string, customerName: string): Order {
  return { orderId, customerName, customerAddress: '1 Main Street', items: ['bread'] };
}

function withoutIdOf({ orderId: _orderId, ...order }: Order): Order {
  return order;
}

function shuffled<T>(elements: readonly T[], random: Random): T[] {
  const left = [...elements];
  return elements.map(() => left.splice(Math.floor(random() * left.length), 1)[0]!);
}
