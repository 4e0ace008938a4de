import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { chunk } from '../../../lambdas/common/send.ts';
import { messageLimits as limits } from '../../../shared/pipeline.ts';

/** Bodies of all sizes up to a little above the limit, some in characters of several bytes. */
const bodies = fc
  .tuple(
    fc.oneof(
      fc.integer({ min: 0, max: 100 }),
      fc.integer({ min: 50_000, max: 300_000 }),
      fc.integer({ min: limits.bytes - 2, max: limits.bytes + 2 }),
    ),
    fc.constantFrom('a', 'é', '😀'),
  )
  .map(([bytes, character]) => {
    const width = Buffer.byteLength(character);
    return 'a'.repeat(bytes % width) + character.repeat(Math.floor(bytes / width));
  });
const streams = fc.array(
  bodies.map((body) => ({ body })),
  { maxLength: 40 },
);

describe('cutting a stream of messages into requests', () => {
  test('loses nothing and keeps the order', () => {
    fc.assert(
      fc.property(streams, (messages) => {
        const flat = [...chunk(messages)].flatMap((part) => (part.kind === 'batch' ? part.messages : [part.message]));
        expect(flat).toHaveLength(messages.length);
        expect(flat.every((message, index) => message === messages[index])).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test('makes no request above the limits, and reports what is above them on its own', () => {
    fc.assert(
      fc.property(streams, (messages) => {
        const parts = [...chunk(messages)];
        const batches = parts.flatMap((part) => (part.kind === 'batch' ? [part.messages] : []));
        const tooLarge = parts.flatMap((part) => (part.kind === 'too-large' ? [part.message] : []));
        expect(batches.every(({ length }) => length >= 1 && length <= 10)).toBe(true);
        expect(batches.every((batch) => sum(batch) <= 1_048_576)).toBe(true);
        expect(tooLarge).toEqual(messages.filter((message) => sum([message]) > 262_144));
      }),
      { numRuns: 60 },
    );
  });

  test('makes as few requests as small messages need', () => {
    const messages = Array.from({ length: 25 }, () => ({ body: '{}' }));
    const sizes = [...chunk(messages)].map((part) => (part.kind === 'batch' ? part.messages.length : -1));
    expect(sizes).toEqual([10, 10, 5]);
  });

  test('fills a request to the last byte', () => {
    const full = Array.from({ length: limits.batchBytes / limits.bytes }, () => ({ body: 'a'.repeat(limits.bytes) }));
    expect([...chunk(full)]).toHaveLength(1);
    expect([...chunk([...full, { body: 'a' }])]).toHaveLength(2);
  });

  test('takes no more from the stream than it needs', () => {
    let taken = 0;
    function* endless() {
      for (;;) {
        taken += 1;
        yield { body: 'a' };
      }
    }
    chunk(endless()).next();
    expect(taken).toBe(10);
  });
});

function sum(messages: readonly { readonly body: string }[]): number {
  return messages.reduce((bytes, { body }) => bytes + Buffer.byteLength(body), 0);
}
