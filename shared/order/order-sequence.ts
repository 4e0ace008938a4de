import { mersenne } from 'pure-rand/generator/mersenne';
import { v4 as uuid } from 'uuid';
import { brokenOrder } from './broken-order.ts';
import { exampleOrder, exampleUserX } from './example-order.ts';
import { orderDefects } from './order-defects.generated.ts';

/** One message of the sequence. `body` is JSON, unless the order is bad in that way. */
export interface GeneratedMessage {
  readonly index: number;
  readonly orderId: string;
  readonly body: string;
}

/** Which orders: see `GenerateRequest`, whose seed is chosen by now. */
interface Sequence {
  readonly count: number;
  readonly badRate: number | undefined;
  readonly seed: number;
  /** Skips this many orders: the rest is what it would have been. */
  readonly from: number;
  /** Whether each order has a `customerEmail`, of `madeUpEmail`. Default: no. */
  readonly withEmail?: boolean | undefined;
}

/**
 * The mail address of a made-up customer: a label of SES's mailbox simulator. There SES takes each mail, in the sandbox
 * too, nobody gets it, and it counts neither as a bounce nor in the daily quota (SES Developer Guide, "Using the mailbox
 * simulator"). Mails to example.com would bounce.
 */
export function madeUpEmail(index: number): string {
  return `success+user${index}@simulator.amazonses.com`;
}

/** 32 random bits, as a number from 0 to 4,294,967,295. */
type Draw = () => number;

/**
 * The orders of a seed, one at a time and in constant memory. Every order takes the same number of draws, so that
 * skipping one is drawing without building it.
 *
 * With a `badRate`, exactly round(count × badRate) orders are bad. Every choice of positions is equally likely
 * (selection sampling: Knuth, The Art of Computer Programming, volume 2, algorithm 3.4.2 S). Without a `badRate`, the
 * pattern is that of the lecture demo: in every ten orders, the seventh is UserX, without an address.
 */
export function* orderSequence({
  count,
  badRate,
  seed,
  from,
  withEmail = false,
}: Sequence): Generator<GeneratedMessage> {
  // Not pure-rand's faster xoroshiro128plus, whose first draws are nearly the same for neighbouring seeds.
  const generator = mersenne(seed);
  const draw: Draw = () => generator.next() >>> 0;
  let badLeft = badRate === undefined ? 0 : Math.round(count * badRate);
  for (let index = 0; index < count; index += 1) {
    const bad = (draw() / 2 ** 32) * (count - index) < badLeft;
    if (bad) badLeft -= 1;
    const defect = draw();
    const idBits = [draw(), draw(), draw(), draw()];
    if (index < from) continue;
    const orderId = uuid({ random: bytesOf(idBits) });
    const userX = badRate === undefined && index % 10 === 6;
    const order = {
      ...(userX ? exampleUserX(index, orderId) : exampleOrder(index, orderId)),
      ...(withEmail && { customerEmail: madeUpEmail(index) }),
    };
    const body = bad ? badBody(order, defect) : JSON.stringify(order);
    yield { index, orderId, body };
  }
}

/** Big-endian. */
function bytesOf(words: readonly number[]): Uint8Array {
  const bytes = Buffer.alloc(words.length * 4);
  for (const [index, word] of words.entries()) bytes.writeUInt32BE(word, index * 4);
  return bytes;
}

/** Defects that leave the id as it is. */
const defects = orderDefects.filter(({ place }) => place.length > 0 && place[0] !== 'orderId');

/** @param draw 32 random bits that choose the defect */
function badBody(order: object, draw: number): string {
  const defect = defects[draw % (defects.length + 1)];
  // The last way to be bad: cut off in the middle, as by a sender that crashed.
  return defect === undefined ? JSON.stringify(order).slice(0, -10) : JSON.stringify(brokenOrder(order, defect));
}
