import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { attributeValue, attributeValues, fromItem, type Value, type Values } from '../../shared/ledger/expressions.ts';

/** What rows are made of, apart from members that are undefined. */
const { values } = fc.letrec<{ value: Value; values: Values }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string({ unit: 'binary' }),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
    fc.boolean(),
    fc.constant(null),
    fc.uniqueArray(fc.string(), { minLength: 1 }).map((members) => new Set(members)),
    fc.array(tie('value')),
    tie('values'),
  ),
  values: fc.dictionary(fc.string(), tie('value'), { noNullPrototype: true }),
}));

describe('a row', () => {
  test('is read as it was written', () => {
    fc.assert(fc.property(values, (row) => expect(fromItem(attributeValues(row))).toEqual(row)));
  });

  test('has no attribute for a member that is undefined', () => {
    expect(attributeValues({ kept: null, left: undefined })).toEqual({ kept: { NULL: true } });
  });

  test('spells each type as DynamoDB does', () => {
    expect(attributeValue(['a', 1, true, new Set(['x'])])).toEqual({
      L: [{ S: 'a' }, { N: '1' }, { BOOL: true }, { SS: ['x'] }],
    });
  });
});
