import type { Random } from 'local-aws';
import { messageLimits } from '../../shared/message-limits.ts';
import type { MessageAttributes } from '../../shared/orders-table.ts';
import type { Order } from '../../shared/order.generated.ts';

/** Orders that generate-orders makes of the run's seed, some of them bad. */
export const generated = { count: 50, badRate: 0.1 } as const;

/** A message as its sender has it. */
export interface CarelessMessage {
  readonly body: string;
  readonly attributes: MessageAttributes;
}

/**
 * Messages that a careless sender sends beside generate-orders: orders twice and three times, other orders under an id
 * that is taken, orders without an id, bad ones, and what is no order at all; a good one and a bad one that are as large
 * as a message may be, and a good one and a bad one with attributes, those of the bad one as large as they may be.
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
  const noted = orderOf(id(), 'Noted');
  const notedBad = { ...orderOf(id(), 'Misnoted'), customerAddress: '' };
  const large = bodyOfBytes(orderOf(id(), 'Large'), messageLimits.bytes);
  const largeBad = bodyOfBytes(
    { ...orderOf(id(), 'TooLarge'), customerAddress: '' },
    messageLimits.bytes - lineageBytes,
  );
  const bodies = [...twice, ...otherOrders, ...withoutId, ...bad].map((value) => JSON.stringify(value));
  const messages = [...bodies, large, largeBad, 'order?'].map((body) => ({ body, attributes: {} }));
  const withAttributes = [
    { body: JSON.stringify(noted), attributes: attributesOf('web') },
    {
      body: JSON.stringify(notedBad),
      attributes: attributesOf('€'.repeat(Math.floor((messageLimits.bytes - 2 * lineageBytes) / 3))),
    },
  ];
  return shuffled([...messages, ...withAttributes], random);
}

/** A good order with one byte more than the orders queue takes. */
export const tooLargeBody = bodyOfBytes(orderOf('chaos-too-large', 'Larger'), messageLimits.bytes + 1);

/** Room for what a replay adds. */
const lineageBytes = 500;

function bodyOfBytes(order: Order, bytes: number): string {
  const rest = bytes - Buffer.byteLength(JSON.stringify({ ...order, note: '' }));
  return JSON.stringify({ ...order, note: '€'.repeat(Math.floor(rest / 3)) + 'x'.repeat(rest % 3) });
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
