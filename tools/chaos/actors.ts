import { type Clock, type LambdaService, type Random, sleep } from 'local-aws';
import type { FailureRow, FailureStatus, MessageAttributes } from '../../shared/ledger/rows.ts';
import { brokenOrder } from '../../shared/order/broken-order.ts';
import { exampleOrder } from '../../shared/order/example-order.ts';
import type { Order } from '../../shared/order/order.generated.ts';
import { orderDefects } from '../../shared/order/order-defects.generated.ts';
import { readOrder } from '../../shared/order/read-order.ts';
import { messageLimits } from '../../shared/pipeline.ts';
import { failureKinds } from '../../shared/telemetry.ts';
import { generateUntilDone } from '../orders/aws/generate.ts';
import { sendMessages, type SendQueue } from '../orders/aws/send.ts';
import { failureRows, failures } from '../orders/ledger/failures.ts';
import { mend } from '../orders/ledger/mend.ts';
import { replay } from '../orders/ledger/replay.ts';
import type { TableConnection } from '../orders/ledger/table.ts';

/** Orders that generate-orders makes of the run's seed, some of them bad. */
export const generated = { count: 50, badRate: 0.1 } as const;

/** A message as its sender has it. */
export interface CarelessMessage {
  readonly body: string;
  readonly attributes: MessageAttributes;
}

/**
 * Messages that a careless sender sends beside generate-orders: good orders two or three times each, in two layouts,
 * other orders under an id that is taken, orders without an id, bad orders, and bodies that are no order. Two are as
 * large as a message may be, a good one and a bad one. Two have message attributes; those of the bad one are as large as
 * they may be.
 */
export function carelessMessages(random: Random): readonly CarelessMessage[] {
  const id = () => `chaos-${Math.floor(random() * 2 ** 32).toString(36)}`;
  const good = Array.from({ length: 8 }, (_, number) => orderOf(id(), `Careless${number}`));
  const twice = good.flatMap((order) => Array.from({ length: 2 + Math.floor(random() * 2) }, () => order));
  const otherOrders = good.slice(0, 2).map((order) => ({ ...order, customerName: 'Somebody else' }));
  const withoutId = Array.from({ length: 2 }, (_, number) => withoutIdOf(orderOf('', `Nameless${number}`)));
  const broken = [orderOf(id(), 'Nowhere'), orderOf(id(), 'Nothing'), withoutIdOf(orderOf('', 'Nobody'))];
  const defects = shuffled(orderDefects, random).slice(0, broken.length);
  const bad = [...defects.map((defect, index) => brokenOrder(broken[index], defect)), [], null];
  const noted = orderOf(id(), 'Noted');
  const notedBad = { ...orderOf(id(), 'Misnoted'), customerAddress: '' };
  const large = bodyOfBytes(orderOf(id(), 'Large'), messageLimits.bytes);
  const largeBad = bodyOfBytes(
    { ...orderOf(id(), 'TooLarge'), customerAddress: '' },
    messageLimits.bytes - lineageBytes,
  );
  const copies = twice.map((order, index) => (index % 2 === 0 ? JSON.stringify(order) : inAnotherLayout(order)));
  const others = [...otherOrders, ...withoutId, ...bad].map((value) => JSON.stringify(value));
  const messages = [...copies, ...others, large, largeBad, 'order?'].map((body) => ({ body, attributes: {} }));
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

/** The same order as other text: its members in the reverse order, over several lines. */
function inAnotherLayout(order: Order): string {
  return JSON.stringify(Object.fromEntries(Object.entries(order).toReversed()), undefined, 2);
}

function attributesOf(channel: string): CarelessMessage['attributes'] {
  return {
    channel: { dataType: 'String', stringValue: channel },
    signature: { dataType: 'Binary.sha', binaryValue: 'AP8Q' },
  };
}

function orderOf(orderId: string, customerName: string): Order {
  // Where mails are on, each order has one: its address tells whose it is.
  return {
    ...exampleOrder(1, orderId),
    customerName,
    customerEmail: `${orderId === '' ? customerName : orderId}@example.com`,
  };
}

function withoutIdOf({ orderId: _orderId, ...order }: Order): Order {
  return order;
}

function shuffled<T>(elements: readonly T[], random: Random): T[] {
  const left = [...elements];
  return elements.map(() => left.splice(Math.floor(random() * left.length), 1)[0]!);
}

/**
 * Which failures are replayed: those that `orders replay` takes unasked; all that failed, although some will fail
 * again; or those that ran out of attempts, together with those whose replay may be lost.
 */
type Reach = 'what may pass' | 'all that failed' | 'what ran out of attempts or may be lost';

/** What was sent again. */
interface Resent {
  /** How many failures. */
  readonly failures: number;
  /** Bodies of those that were sent as messages of their own. */
  readonly copies: ReadonlySet<string>;
}

/**
 * Replays failures as `orders replay` does. When a fault cuts that short, it starts again. What has no room for its
 * lineage is sent anew, as a copy (docs/reliability.md, "Room for the lineage"): its processing marks the failure.
 */
export async function replayFailures(
  table: TableConnection,
  queue: SendQueue,
  reach: Reach,
  clock: Clock,
): Promise<Resent> {
  let sent = 0;
  const lostToo = reach === 'what ran out of attempts or may be lost';
  const options = {
    by: 'chaos',
    force: reach !== 'what may pass',
    resend: lostToo,
    dryRun: false,
    signal: new AbortController().signal,
  };
  const statuses = lostToo ? (['failed', 'replayed'] as const) : (['failed'] as const);
  const withoutRoom = new Map<string, CarelessMessage>();
  await patiently(clock, async () => {
    for (const status of statuses) {
      const chosen = selected(table, status, lostToo);
      await replay(table, queue, chosen, options, (outcome) => {
        const { failureId, body, messageAttributes: attributes } = outcome.failure;
        if (outcome.replayed) sent += 1;
        else if (outcome.reason.includes('with its lineage')) withoutRoom.set(failureId, { body, attributes });
      });
    }
  });
  const copies = [...withoutRoom.values()];
  await sendCarelessly(queue, copies);
  return { failures: sent + copies.length, copies: new Set(copies.map(({ body }) => body)) };
}

async function* selected(
  table: TableConnection,
  status: Exclude<FailureStatus, 'processed'>,
  outOfAttemptsOnly: boolean,
): AsyncGenerator<FailureRow> {
  for await (const failure of failureRows(table, failures(table, { status }))) {
    if (!outOfAttemptsOnly || status === 'replayed' || failure.kind === failureKinds.outOfAttempts) yield failure;
  }
}

/** A sender that could not send what it has, however often it tried. */
class SenderGaveUp extends Error {
  override readonly name = 'SenderGaveUp';
}

const mostTries = 30;

/**
 * Invokes generate-orders until it answers that all orders are queued. After a failure it repeats the same event, as a
 * person would, so some orders are sent again.
 *
 * @returns how many orders the function says are queued
 */
export async function generateOrders(
  lambda: Pick<LambdaService, 'invoke'>,
  functionName: string,
  event: { readonly count: number; readonly badRate: number; readonly seed: number },
): Promise<number> {
  let last = '';
  for (let tries = 0; tries < mostTries; tries += 1) {
    const invoke = (request: object) => lambda.invoke(functionName, JSON.stringify(request));
    const { queued, notQueued, end } = await generateUntilDone(invoke, event);
    if (end.kind === 'done' && notQueued.length === 0) return queued;
    last = JSON.stringify({ end, notQueued });
  }
  throw new SenderGaveUp(`generate-orders did not queue its orders in ${mostTries} tries: ${last}`);
}

/**
 * Sends messages through SQS's API. When a request fails, its messages are sent again, although SQS may hold them
 * already.
 */
export async function sendCarelessly(queue: SendQueue, messages: readonly CarelessMessage[]): Promise<void> {
  for (let from = 0; from < messages.length; from += messageLimits.batchEntries) {
    let pending = messages.slice(from, from + messageLimits.batchEntries);
    for (let tries = 0; pending.length > 0; tries += 1) {
      if (tries === mostTries) throw new SenderGaveUp(`SQS did not take ${pending.length} messages in ${tries} tries.`);
      try {
        const outcomes = await sendMessages(queue, pending.map(outgoing));
        pending = pending.filter((_, position) => outcomes[position]?.sent !== true);
      } catch {
        // Sent again as a whole.
      }
    }
  }
}

/**
 * Sends a body that is too large until SQS refuses it.
 *
 * @returns whether SQS took it, which it must not
 */
export async function isTaken(queue: SendQueue, body: string): Promise<boolean> {
  for (let tries = 0; tries < mostTries; tries += 1) {
    try {
      const [outcome] = await sendMessages(queue, [outgoing({ body, attributes: {} })]);
      if (outcome?.sent === true) return true;
      if (outcome?.code === 'InvalidParameterValue') return false;
    } catch {
      // The request failed, for whatever reason: asked again.
    }
  }
  throw new SenderGaveUp(`SQS neither took nor refused a message that is too large in ${mostTries} tries.`);
}

function outgoing(message: CarelessMessage) {
  return { ...message, groupId: 'careless', deduplicationId: message.body };
}

/** A failure that was given another body, a good order. */
interface Mended {
  readonly failureId: string;
  readonly before: string;
  readonly after: string;
}

/** Adds what is missing to the first failed order that has no other fault, as `orders edit` does. */
export function mendOne(table: TableConnection, clock: Clock): Promise<Mended | undefined> {
  let mended: Mended | undefined;
  return patiently(clock, async () => {
    for await (const failure of failureRows(table, failures(table, { status: 'failed' }))) {
      const { failureId, kind } = failure;
      // The answer to an edit was lost, but the edit is there.
      if (failureId === mended?.failureId && failure.body === mended.after) return mended;
      if (kind !== failureKinds.invalid || (mended !== undefined && failureId !== mended.failureId)) continue;
      const order: unknown = JSON.parse(failure.body);
      if (typeof order !== 'object' || order === null || Array.isArray(order)) continue;
      const after = JSON.stringify({ ...withoutIdOf(exampleOrder(1)), ...order });
      if (readOrder(after).kind !== 'order') continue;
      mended = { failureId, before: failure.body, after };
      const at = new Date(clock.now()).toISOString();
      const problem = await mend(table, failure, { body: after, by: 'chaos', at });
      if (problem === undefined) return mended;
      throw new Error(`Nobody else edits, but failure ${failureId} ${problem}.`);
    }
    return undefined;
  });
}

const mostRequestTries = 20;
/** A person waits before trying again. */
const patienceMs = 30_000;

/** Repeats what a fault cut short, as a person would repeat a command. */
async function patiently<Result>(clock: Clock, act: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await act();
    } catch (error) {
      if (tries === mostRequestTries) throw error;
      await sleep(clock, patienceMs);
    }
  }
}
