import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  eventReasons,
  failedEvent,
  messageOfEvent,
  orderEventVersion,
  processedEvent,
  readOrderEvent,
} from '../../shared/order-event.ts';
import { failureKinds } from '../../shared/telemetry.ts';

const processed = {
  orderId: 'order-1',
  orderKey: 'order-1',
  messageId: 'message-1',
  processedAt: '2026-01-02T03:04:05.678Z',
};
const failed = {
  orderId: 'order-2',
  orderKey: 'order-2',
  messageId: 'message-2',
  failureId: 'message-2',
  kind: failureKinds.invalid,
  reasons: ['/customerAddress is required'],
  cause: '0123456789ab',
  failedAt: '2026-01-02T03:04:05.678Z',
} as const;

test('an event of a processed order says which order, when, and by which message', () => {
  expect(processedEvent(processed)).toEqual({
    schemaVersion: orderEventVersion,
    id: expect.stringMatching(/^[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-8[\da-f]{3}-[\da-f]{12}$/),
    type: 'order.processed',
    time: processed.processedAt,
    orderId: 'order-1',
    orderKey: 'order-1',
    messageId: 'message-1',
  });
});

test('the same thing that happened has the same id, and another thing another one', () => {
  const ids = [
    processedEvent(processed),
    processedEvent({ ...processed, orderKey: 'order-2' }),
    failedEvent(failed, false),
    failedEvent({ ...failed, messageId: 'replay' }, false),
    failedEvent({ ...failed, failureId: 'other' }, false),
  ].map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(processedEvent({ ...processed, messageId: 'later' }).id).toBe(ids[0]);
  expect(failedEvent({ ...failed, reasons: [] }, true).id).toBe(ids[2]);
});

test.each([
  [failureKinds.notJson, ['the body is not JSON']],
  [failureKinds.invalid, ['/items must be an array']],
  [failureKinds.conflictingId, ['/orderId belongs to another order']],
])('reasons of %s, which this project words, go out', (kind, reasons) => {
  expect(eventReasons(kind, reasons, false)).toEqual(reasons);
});

test.each([failureKinds.outOfAttempts, failureKinds.refused])('the words of %s stay in the ledger', (kind) => {
  const reasons = ['Error: no credit for Ada Lovelace'];
  expect(eventReasons(kind, reasons, false)).toEqual([]);
  expect(eventReasons(kind, reasons, true)).toEqual(reasons);
  expect(JSON.stringify(failedEvent({ ...failed, kind, reasons }, false))).not.toContain('Ada');
});

test('reasons that are too long are counted instead', () => {
  const reasons = ['a'.repeat(1_500), 'b'.repeat(1_500), 'c'];
  expect(eventReasons(failureKinds.invalid, reasons, false)).toEqual([reasons[0], 'and 2 more']);
});

const text = (StringValue: string) => ({ DataType: 'String', StringValue });

test('filter policies see type, kind and order id', () => {
  expect(messageOfEvent(processedEvent(processed)).MessageAttributes).toEqual({
    type: text('order.processed'),
    orderId: text('order-1'),
  });
  expect(messageOfEvent(failedEvent({ ...failed, orderId: null }, false)).MessageAttributes).toEqual({
    type: text('order.failed'),
    kind: text('invalid'),
  });
});

test('a subject says in one line what became of which order', () => {
  expect(messageOfEvent(processedEvent(processed)).Subject).toBe('Processed: order order-1');
  expect(messageOfEvent(failedEvent(failed, false)).Subject).toBe('Failed (invalid): order order-2');
});

test('what is sent can be read, whatever ids and reasons hold, and SNS and SQS take each of its characters', () => {
  const anyText = fc.string({ unit: 'binary', maxLength: 20 });
  const any = fc.record({
    orderId: fc.option(anyText),
    orderKey: anyText,
    messageId: anyText,
    failureId: anyText,
    cause: anyText,
    failedAt: anyText,
    kind: fc.constantFrom(...Object.values(failureKinds)),
    reasons: fc.array(anyText, { maxLength: 5 }),
  });
  fc.assert(
    fc.property(any, fc.boolean(), (failure, allReasons) => {
      for (const event of [failedEvent(failure, allReasons), processedEvent({ ...failure, processedAt: 'now' })]) {
        const { Message, Subject, MessageAttributes } = messageOfEvent(event);
        expect(readOrderEvent(Message)).toEqual(event);
        expect(Message).toMatch(/^[ -~]+$/);
        expect(Subject).toMatch(/^[\w(): -]{1,99}$/);
        for (const { StringValue } of Object.values(MessageAttributes)) expect(StringValue).toMatch(/^[\w.-]{1,100}$/);
      }
    }),
  );
});

test.each([
  ['no JSON', '{'],
  ['no object', '[1]'],
  ['null', 'null'],
  ['an order', '{"orderId":"order-1","items":[]}'],
  ['another version', JSON.stringify({ ...processedEvent(processed), schemaVersion: 2 })],
  ['another type', JSON.stringify({ ...processedEvent(processed), type: 'order.shipped' })],
  ['a failure without a kind', JSON.stringify({ ...failedEvent(failed, false), kind: undefined })],
])('%s is no event', (_, body) => {
  expect(readOrderEvent(body)).toBeNull();
});
