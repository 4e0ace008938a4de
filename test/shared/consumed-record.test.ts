import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { messageOf, orderKeyOf } from '../../shared/ledger/message.ts';
import { sqsRecord } from '../lambdas/sqs-event.ts';

function lineageIn(stringValue: string) {
  return messageOf({ ...sqsRecord('{}'), messageAttributes: { ReplayOf: { dataType: 'String', stringValue } } })
    .lineage;
}

describe('a message', () => {
  test('knows its trace by the root of the trace header', () => {
    const header = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';
    const traceId = '1-5759e988-bd862e3fe1be46a994272793';
    expect(messageOf(sqsRecord('{}', 0, { AWSTraceHeader: header })).traceId).toBe(traceId);
    expect(messageOf(sqsRecord('{}', 0, { AWSTraceHeader: `Self=1-2-3;Root=${traceId}` })).traceId).toBe(traceId);
    expect(messageOf(sqsRecord('{}')).traceId).toBeNull();
  });

  test.each(['Root=Ada Lovelace', 'Root=1-2-3', 'Root=1-5759e988-bd862e3fe1be46a994272793x', 'Sampled=1', ''])(
    'has no trace by the header %j',
    (AWSTraceHeader) => {
      expect(messageOf(sqsRecord('{}', 0, { AWSTraceHeader })).traceId).toBeNull();
    },
  );

  test('that is a replay knows where it comes from', () => {
    const lineage = { orderKey: 'a', failureId: 'b', count: 2, by: 'Ada', token: 't' };
    expect(lineageIn(JSON.stringify(lineage))).toEqual(lineage);
  });

  test.each([
    'null',
    '[]',
    '{',
    '{}',
    '{"orderKey":"","failureId":"b","count":1,"by":"","token":"t"}',
    '{"orderKey":"a","failureId":"b","count":0,"by":"","token":"t"}',
    '{"orderKey":"a","failureId":"b","count":"1","by":"","token":"t"}',
    '{"orderKey":"a","failureId":"b","count":1,"by":""}',
    `{"orderKey":"${'a'.repeat(101)}","failureId":"b","count":1,"by":"","token":"t"}`,
    '{"orderKey":"a b","failureId":"b","count":1,"by":"","token":"t"}',
    String.raw`{"orderKey":"a\ud800","failureId":"b","count":1,"by":"","token":"t"}`,
  ])('with the lineage %s is taken for no replay', (text) => {
    expect(lineageIn(text)).toBeNull();
  });

  test('keeps an attribute that is called like a lineage and is none', () => {
    const channel = { dataType: 'String', stringValue: 'web' };
    const attributesWith = (stringValue: string) => {
      const messageAttributes = { channel, ReplayOf: { dataType: 'String', stringValue } };
      return messageOf({ ...sqsRecord('{}'), messageAttributes }).messageAttributes;
    };
    expect(attributesWith('batch 7')).toEqual({ channel, ReplayOf: { dataType: 'String', stringValue: 'batch 7' } });
    const lineage = { orderKey: 'a', failureId: 'b', count: 2, by: 'Ada', token: 't' };
    expect(attributesWith(JSON.stringify(lineage))).toEqual({ channel });
  });

  test('is never thrown at, whatever its lineage says', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => expect(lineageIn(text)).toBeNull()));
  });
});

test('an order is written under its own id, else that of its first message', () => {
  const lineage = { orderKey: 'first', failureId: 'f', count: 1, by: '', token: 't' };
  expect(orderKeyOf({ orderId: 'own', lineage, messageId: 'm' })).toBe('own');
  expect(orderKeyOf({ orderId: null, lineage, messageId: 'm' })).toBe('first');
  expect(orderKeyOf({ orderId: null, lineage: null, messageId: 'm' })).toBe('m');
});
