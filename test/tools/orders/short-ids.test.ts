import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { idsThatBegin, isShortId, shortIds } from '../../../tools/orders/short-ids.ts';

test('ids are shown by eight digits, and by more where several begin with these', () => {
  const [a, b, c] = [
    'aff436bc-7d67-41ff-ae8b-72b66e74cd4d',
    'aff436bc-7d99-41ff-ae8b-72b66e74cd4d',
    'be60de25-b48f-4dd2-87a0-108e5a4e4bc1',
  ];
  expect(Object.fromEntries(shortIds([c, a, b, a, 'D-1']))).toEqual({
    [a]: 'aff436bc-7d6',
    [b]: 'aff436bc-7d9',
    [c]: 'be60de25',
    'D-1': 'D-1',
  });
});

test('each short id leads to its id again', () => {
  // Few digits, so that many begin alike.
  const digits = fc.array(fc.constantFrom('0', '1'), { minLength: 32, maxLength: 32 });
  const id = digits.map((all) => all.join('').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'));
  fc.assert(
    fc.property(fc.array(id, { maxLength: 20 }), (ids) => {
      for (const [whole, short] of shortIds(ids)) {
        expect(short === whole || isShortId(short)).toBe(true);
        expect(idsThatBegin(short, ids)).toEqual([whole]);
      }
    }),
  );
});
