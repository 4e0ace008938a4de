import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { joinPieces, piecesOf, storedBody } from '../../shared/body-pieces.ts';
import { maximumInlineBytes } from '../../shared/orders-table.ts';

describe('a body', () => {
  test('up to the limit stays in its row', () => {
    const body = 'é'.repeat(maximumInlineBytes / 2);
    expect(storedBody(body)).toEqual({ body });
  });

  test('beyond the limit is cut into pieces within it', () => {
    const body = 'a'.repeat(maximumInlineBytes + 1);
    expect(storedBody(body)).toEqual({ bodyHash: expect.stringMatching(/^[\da-f]{64}$/) as unknown, bodyPieces: 2 });
    expect(piecesOf(body).map(({ length }) => length)).toEqual([maximumInlineBytes, 1]);
  });

  test('is the same after it was cut up and joined, wherever its characters are cut', () => {
    const body = fc
      .tuple(fc.integer({ min: 0, max: 3 }), fc.constantFrom('é', '€', '😀'))
      .map(([shift, character]) => 'a'.repeat(shift) + character.repeat(maximumInlineBytes / 2));
    fc.assert(
      fc.property(body, (text) => expect(joinPieces(piecesOf(text)) === text).toBe(true)),
      { numRuns: 12 },
    );
  });
});
