import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { errorReason, failureOf, refusalReasons, type Tries } from '../../../shared/ledger/failure.ts';
import { errorNoted, orderClaimed, orderWritten } from '../../../shared/ledger/order-transitions.ts';
import { failureWritten } from '../../../shared/ledger/transitions.ts';
import { bytesOf } from '../../../tools/orders/aws/send.ts';
import { attributeValue } from '../../../shared/ledger/expressions.ts';
import { type Message, messageOf } from '../../../shared/ledger/message.ts';
import { messageLimits } from '../../../shared/pipeline.ts';
import {
  attributeList,
  attributesByName,
  failedCopyText,
  type MessageAttributes,
  mostEdits,
  mostFailedCopies,
  mostReasonBytes,
  mostRefusals,
  mostReplays,
  refusalText,
} from '../../../shared/ledger/rows.ts';
import { exampleOrder } from '../../../shared/order/example-order.ts';
import { readOrder } from '../../../shared/order/read-order.ts';
import { itemBytes, maximumItemBytes, newItem } from './item-bytes.ts';
import { sqsRecord } from '../sqs-event.ts';

const now = '2026-01-01T00:00:00.000Z';

/** Texts of a character repeated, of any size and often of one near a limit. */
const text = (most: number) =>
  fc
    .tuple(
      fc.constantFrom('x', '"', '\n', 'é', '€', '🍕', '[', '{"a":1},'),
      fc.oneof(
        fc.nat(most),
        fc.integer({ min: -3, max: 3 }).map((near) => most + near),
        fc.constant(most),
      ),
    )
    .map(([unit, bytes]) => unit.repeat(Math.floor(Math.min(bytes, most) / Buffer.byteLength(unit))));

const body = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.json(),
  text(messageLimits.bytes),
  text(messageLimits.bytes - 200).map((note) =>
    JSON.stringify({ orderId: 'x'.repeat(64), items: Array.from({ length: 99 }, () => 1), note }),
  ),
);

const attributes: fc.Arbitrary<MessageAttributes> = fc.dictionary(
  fc.oneof(fc.stringMatching(/^[\w-]{1,20}$/), fc.constantFrom('__proto__', 'constructor', 'x'.repeat(255))),
  fc.oneof(
    text(100_000).map((stringValue) => ({ dataType: `String.${'t'.repeat(240)}`, stringValue })),
    fc.uint8Array().map((bytes) => ({ dataType: 'Binary', binaryValue: Buffer.from(bytes).toString('base64') })),
  ),
  { maxKeys: 10, noNullPrototype: true },
);

function failureOfMessage(message: Message, tries: Tries = {}) {
  const read = readOrder(message.body);
  const names = { orderKey: 'k'.repeat(64), failureId: 'f'.repeat(36), replayToken: 't'.repeat(36) };
  return {
    row: failureWritten({
      ...names,
      orderId: read.orderId,
      message: { ...message, groupId: 'g'.repeat(128) },
      now,
      ...failureOf(read, tries),
    }),
    ...failureOf(read, tries),
  };
}

/** Message attributes of so many bytes as SQS counts them, which are base64 in the row: the most that it can have. */
function binaryAttributes(bytes: number, count: number): MessageAttributes {
  const names = Array.from({ length: count }, (_, index) => `a${index}`);
  const room = Math.floor(bytes / count) - 'a0'.length - 'Binary'.length;
  const binaryValue = Buffer.alloc(room).toString('base64');
  return Object.fromEntries(names.map((name) => [name, { dataType: 'Binary', binaryValue }]));
}

const sizeOf = ({ body: content, messageAttributes }: Message) =>
  bytesOf({ body: content, attributes: messageAttributes, groupId: '', deduplicationId: '' });

/** What a row has in the end, after as many replays as it takes: each was edited before, is sent, and fails. */
function wholeHistory(kind: string, reasons: readonly string[]) {
  const messageId = 'm'.repeat(36);
  const by = 'b'.repeat(64);
  const entries = [
    { at: now, event: 'edited', by },
    { at: now, event: 'replayed', messageId, by },
    { at: now, event: 'failed', messageId, kind, reasons, receiveCount: 1_000 },
  ];
  const turns = Math.max(mostReplays, mostEdits);
  return {
    history: attributeValue(Array.from({ length: turns }, () => entries).flat()),
    recordedMessages: attributeValue(Array.from({ length: turns }, () => messageId)),
  };
}

/** A body with more reasons than are kept, each with a long index: `good` items stand before the wrong ones. */
function wrongItems(good: number): string {
  const items = [...Array.from({ length: good }, () => ''), ...Array.from({ length: 100 }, () => 1)];
  return JSON.stringify({ orderId: '', customerName: '', customerAddress: '', items });
}

/** The largest rows: the body is all of the message, or little of it. */
const fullMessages = [
  ['a body', 87_000, 0],
  ['a body and 1 binary attribute', 1_000, 1],
  ['a body and 10 binary attributes', 1_000, 10],
  ['half a body and 10 binary attributes', 40_000, 10],
] as const;

test.each(fullMessages)('the fullest row, of %s, has room for all replays and edits', (_what, good, count) => {
  const content = wrongItems(good);
  const room = messageLimits.bytes - content.length;
  const message: Message =
    count === 0
      ? messageOf(sqsRecord(content.padEnd(messageLimits.bytes)))
      : { ...messageOf(sqsRecord(content)), messageAttributes: binaryAttributes(room, count) };
  expect(sizeOf(message)).toBeGreaterThan(messageLimits.bytes - 20);
  expect(sizeOf(message)).toBeLessThanOrEqual(messageLimits.bytes);
  const { row, kind, reasons } = failureOfMessage(message);
  expect(reasons.length).toBeGreaterThan(1);
  const history = wholeHistory(kind, reasons);
  expect(history.history.L).toHaveLength(3 * mostReplays);
  expect(itemBytes(newItem(row)) + itemBytes(history)).toBeLessThanOrEqual(maximumItemBytes);
});

/** Reasons that take the most bytes: as text, as JSON, as a list. */
const fullReasons = [
  ['long', ['€'.repeat(mostReasonBytes)]],
  ['of quotes', ['"'.repeat(mostReasonBytes)]],
  ['of control characters', ['\u0001'.repeat(mostReasonBytes)]],
  ['many and short', Array.from({ length: mostReasonBytes }, () => '"')],
] as const;

test.each(fullReasons)('the fullest row of a refused order has room for reasons that are %s', (_what, given) => {
  const content = JSON.stringify({ ...exampleOrder(0, 'x'.repeat(64)), note: '' });
  const full = content.replace('""}', `"${'x'.repeat(messageLimits.bytes - content.length)}"}`);
  const { row, kind, reasons } = failureOfMessage(messageOf(sqsRecord(full)), { refusal: refusalReasons(given) });
  expect(itemBytes(newItem(row)) + itemBytes(wholeHistory(kind, reasons))).toBeLessThanOrEqual(maximumItemBytes);
});

test('the fullest row of an order whose processing failed has room for all replays and edits', () => {
  const order = exampleOrder(0, 'x'.repeat(64));
  const content = JSON.stringify({ ...order, note: '' });
  const full = JSON.stringify({ ...order, note: 'x'.repeat(messageLimits.bytes - content.length) });
  const reason = errorReason(new Error('€'.repeat(mostReasonBytes)));
  for (const tries of [{ lastError: reason }, { refusal: refusalReasons([reason, reason]) }]) {
    const { row, kind, reasons } = failureOfMessage(messageOf(sqsRecord(full)), tries);
    expect(Buffer.byteLength(reasons.join(''))).toBeGreaterThan(mostReasonBytes - 3);
    expect(itemBytes(newItem(row)) + itemBytes(wholeHistory(kind, reasons))).toBeLessThanOrEqual(maximumItemBytes);
  }
});

test.each(fullReasons)(
  'the largest order fits into a row full of failed copies, and of refusals %s',
  (_what, given) => {
    const message = messageOf(sqsRecord('x'.repeat(messageLimits.bytes)));
    const copy = failedCopyText('h'.repeat(64), { orderKey: 'k'.repeat(64), failureId: 'f'.repeat(100) });
    const failedCopies = attributeValue(new Set(Array.from({ length: mostFailedCopies }, (_, index) => copy + index)));
    const tried = { orderKey: 'k'.repeat(64), message, now, claim: 't'.repeat(36) };
    const reasons = refusalReasons(given);
    const refusals = Array.from({ length: mostRefusals }, (_, index) => refusalText(`${index}`.padEnd(36), reasons));
    const row = {
      ...newItem(orderClaimed(tried, { token: tried.claim, until: now })),
      ...newItem(errorNoted(tried, errorReason(new Error('€'.repeat(mostReasonBytes))), true)),
      ...newItem(orderWritten(tried)),
      failedCopies,
      refusals: attributeValue(new Set(refusals)),
      refusedMessages: attributeValue(
        new Set(Array.from({ length: mostRefusals }, (_, index) => `${index}`.padEnd(36))),
      ),
    };
    expect(itemBytes(row)).toBeLessThanOrEqual(maximumItemBytes);
  },
);

/** Any message that the orders queue takes. */
const messages = fc
  .tuple(body, attributes)
  .map(([content, messageAttributes]): Message => ({ ...messageOf(sqsRecord(content)), messageAttributes }))
  .filter((message) => sizeOf(message) <= messageLimits.bytes);

test('every message that the orders queue takes fits into its rows, with room for its history', () => {
  const property = fc.property(messages, (message) => {
    const { row, kind, reasons } = failureOfMessage(message);
    const history = itemBytes(wholeHistory(kind, reasons));
    for (const update of [row, orderWritten({ orderKey: 'k'.repeat(64), message, now })])
      expect(itemBytes(newItem(update)) + history).toBeLessThanOrEqual(maximumItemBytes);
  });
  fc.assert(property, { numRuns: 60 });
});

test('body and attributes are in the row, whole and by any name', () => {
  const property = fc.property(messages, (message) => {
    const item = newItem(failureOfMessage(message).row);
    expect(item['body']?.S === message.body).toBe(true);
    const list = attributeList(message.messageAttributes);
    expect(JSON.stringify(item['messageAttributes']) === JSON.stringify(attributeValue(list))).toBe(true);
    expect(JSON.stringify(attributesByName(list)) === JSON.stringify(message.messageAttributes)).toBe(true);
  });
  fc.assert(property, { numRuns: 60 });
});
