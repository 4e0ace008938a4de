import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decideBatch } from '../../src/services/lambda/event-source-mapping/batch-outcome.ts';

const batch = ['a', 'b', 'c'];
const decide = (payload: string, functionError?: string) => decideBatch(batch, { payload, functionError }, true);

describe('with ReportBatchItemFailures', () => {
  test.each([
    ['an empty list', '{"batchItemFailures":[]}'],
    ['a null list', '{"batchItemFailures":null}'],
    ['an empty object', '{}'],
    ['null', 'null'],
    ['nothing', ''],
    ['an object without the list, such as an HTTP response', '{"statusCode":200,"body":"done"}'],
    ['a string', '"done"'],
    ['a number', '7'],
  ])('%s means that the whole batch succeeded', (_, payload) => {
    expect(decide(payload)).toEqual({ deleted: batch, kept: [] });
  });

  test('a listed message stays and the rest is deleted', () => {
    expect(decide('{"batchItemFailures":[{"itemIdentifier":"b"}]}')).toMatchObject({
      deleted: ['a', 'c'],
      kept: ['b'],
    });
  });

  test('a message listed twice stays once', () => {
    const twice = '{"batchItemFailures":[{"itemIdentifier":"b"},{"itemIdentifier":"b"}]}';
    expect(decide(twice)).toMatchObject({ deleted: ['a', 'c'], kept: ['b'] });
  });

  test.each([
    ['an empty identifier', '{"batchItemFailures":[{"itemIdentifier":""}]}'],
    ['a null identifier', '{"batchItemFailures":[{"itemIdentifier":null}]}'],
    ['an identifier that is not in the batch', '{"batchItemFailures":[{"itemIdentifier":"z"}]}'],
    [
      'a good identifier beside one that is not in the batch',
      '{"batchItemFailures":[{"itemIdentifier":"a"},{"itemIdentifier":"z"}]}',
    ],
    ['an entry with another key', '{"batchItemFailures":[{"messageId":"a"}]}'],
    ['an entry that is a string', '{"batchItemFailures":["a"]}'],
    ['an entry that is null', '{"batchItemFailures":[null]}'],
    ['a list that is an object', '{"batchItemFailures":{"itemIdentifier":"a"}}'],
    ['a list that is a string', '{"batchItemFailures":"a"}'],
    ['invalid JSON', '{"batchItemFailures":'],
  ])('%s fails the whole batch', (_, payload) => {
    expect(decide(payload)).toMatchObject({ deleted: [], kept: batch, reason: expect.any(String) });
  });

  test('a function error fails the whole batch, whatever its document says', () => {
    expect(decide('{"batchItemFailures":[]}', 'Unhandled')).toMatchObject({ deleted: [], kept: batch });
  });
});

describe('without ReportBatchItemFailures', () => {
  test('the answer is ignored', () => {
    const answer = { payload: '{"batchItemFailures":[{"itemIdentifier":"b"}]}' };
    expect(decideBatch(batch, answer, false)).toEqual({ deleted: batch, kept: [] });
  });

  test('a function error fails the whole batch', () => {
    expect(decideBatch(batch, { payload: '{}', functionError: 'Unhandled' }, false)).toMatchObject({
      deleted: [],
      kept: batch,
    });
  });
});

test('whatever the answer, every message is either deleted or kept, in the order of the batch', () => {
  const entry = fc.oneof(fc.record({ itemIdentifier: fc.constantFrom(...batch, 'z', '') }), fc.jsonValue());
  const payload = fc.oneof(
    fc.string(),
    fc.json(),
    fc.array(entry).map((batchItemFailures) => JSON.stringify({ batchItemFailures })),
  );
  fc.assert(
    fc.property(
      payload,
      fc.boolean(),
      fc.option(fc.constant('Unhandled'), { nil: undefined }),
      (text, report, error) => {
        const { deleted, kept } = decideBatch(batch, { payload: text, functionError: error }, report);
        expect([...deleted, ...kept].toSorted()).toEqual(batch);
        expect(deleted).toEqual(batch.filter((id) => deleted.includes(id)));
      },
    ),
  );
});
