import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { failureOf } from '../../../lambdas/failed-orders/failure.ts';
import { failureUpdates } from '../../../lambdas/orders-table/failure-updates.ts';
import { orderUpdate } from '../../../lambdas/orders-table/order-update.ts';
import { bodyPuts } from '../../../lambdas/orders-table/piece-puts.ts';
import { attributeValue } from '../../../shared/attribute-value.ts';
import { joinPieces } from '../../../shared/body-pieces.ts';
import { type Message, messageOf } from '../../../shared/consumed-record.ts';
import {
  maximumInlineAttributeBytes,
  maximumInlineBytes,
  mostEdits,
  mostReplays,
  type StoredAttribute,
} from '../../../shared/orders-table.ts';
import { readOrder } from '../../../shared/read-order.ts';
import { maximumItemBytes, itemBytes, newItem } from './item-bytes.ts';
import { sqsRecord } from '../sqs-event.ts';

/** The most that SQS takes, body and attributes together. */
const mebibyte = 1_048_576;
const now = '2026-01-01T00:00:00.000Z';

/** Texts of a character repeated, of any size and often of one near a limit. */
const text = (most: number) =>
  fc
    .tuple(
      fc.constantFrom('x', '"', '\n', 'é', '€', '🍕', '[', '{"a":1},'),
      fc.oneof(
        fc.nat(most),
        fc.integer({ min: -3, max: 3 }).map((near) => maximumInlineBytes + near),
        fc.constant(most),
      ),
    )
    .map(([unit, bytes]) => unit.repeat(Math.floor(Math.min(bytes, most) / Buffer.byteLength(unit))));

const body = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.json(),
  text(mebibyte),
  text(mebibyte - 200).map((note) =>
    JSON.stringify({ orderId: 'x'.repeat(64), items: Array.from({ length: 99 }, () => 1), note }),
  ),
);

const attributes: fc.Arbitrary<Record<string, StoredAttribute>> = fc.dictionary(
  fc.oneof(fc.stringMatching(/^[\w-]{1,20}$/), fc.constantFrom('__proto__', 'constructor', 'x'.repeat(255))),
  fc.oneof(
    text(100_000).map((stringValue) => ({ dataType: `String.${'t'.repeat(240)}`, stringValue })),
    fc.uint8Array().map((bytes) => ({ dataType: 'Binary', binaryValue: Buffer.from(bytes).toString('base64') })),
  ),
  { maxKeys: 10, noNullPrototype: true },
);

function failureOfMessage(message: Message) {
  const read = readOrder(message.body);
  const names = { orderKey: 'k'.repeat(64), failureId: 'f'.repeat(36), replayToken: 't'.repeat(36) };
  return {
    ...failureUpdates({ ...names, orderId: read.orderId, message, now, ...failureOf(read, false) }),
    ...failureOf(read, false),
  };
}

/** Whether the pieces, those of a body or of attributes, are this text. */
const areText = (
  pieces: readonly { readonly Item: Record<string, { readonly B?: Uint8Array | undefined }> }[],
  whole: string,
) => joinPieces(pieces.map(({ Item }) => Item['piece']!.B!)) === whole;

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

test('the fullest row has room for all replays and edits', () => {
  // As many reasons as are kept, each with a long index, of a body that just stays in the row, as do its attributes.
  const wrong = Array.from({ length: 1_000 }, () => 1);
  const start = JSON.stringify({ orderId: '', customerName: '', customerAddress: '', items: [] }).slice(0, -2);
  const end = `${wrong.join()}]}`;
  const fill = '"",'.repeat(Math.floor((maximumInlineBytes - start.length - end.length) / 3));
  const content = `${start}${fill}${end}`;
  const stringValue = 'x'.repeat(maximumInlineAttributeBytes - 60);
  const messageAttributes = { a: { dataType: 'String', stringValue } };
  const { row, pieces, kind, reasons } = failureOfMessage({ ...messageOf(sqsRecord(content)), messageAttributes });
  expect(pieces).toEqual([]);
  const history = wholeHistory(kind, reasons);
  expect(history.history.L).toHaveLength(3 * mostReplays);
  expect(itemBytes(newItem(row)) + itemBytes(history)).toBeLessThanOrEqual(maximumItemBytes);
});

test('whatever the body and its attributes, every row fits into an item, with room for its history', () => {
  const property = fc.property(body, attributes, (content, messageAttributes) => {
    const message = { ...messageOf(sqsRecord(content)), messageAttributes };
    const { row, pieces, kind, reasons } = failureOfMessage(message);
    const history = wholeHistory(kind, reasons);
    const sizes = [row, orderUpdate({ orderKey: 'k'.repeat(64), message, now })].map((update) =>
      itemBytes(newItem(update)),
    );
    for (const size of [
      ...sizes.map((bytes) => bytes + itemBytes(history)),
      ...pieces.map(({ Item }) => itemBytes(Item)),
    ]) {
      expect(size).toBeLessThanOrEqual(maximumItemBytes);
    }
  });
  fc.assert(property, { numRuns: 60 });
});

test('whatever the body and its attributes, they are in the row or in its pieces, whole', () => {
  const property = fc.property(body, attributes, (content, messageAttributes) => {
    const { row, pieces } = failureOfMessage({ ...messageOf(sqsRecord(content)), messageAttributes });
    const item = newItem(row);
    const ofBody = bodyPuts('k', content, now).length;
    expect(item['body'] === undefined ? areText(pieces.slice(0, ofBody), content) : item['body'].S === content).toBe(
      true,
    );
    const json = JSON.stringify(messageAttributes);
    const stored = item['messageAttributes'];
    const inPieces = item['attributesHash'] !== undefined;
    expect(
      inPieces
        ? areText(pieces.slice(ofBody), json)
        : JSON.stringify(attributeValue(messageAttributes)) === JSON.stringify(stored),
    ).toBe(true);
  });
  fc.assert(property, { numRuns: 60 });
});
