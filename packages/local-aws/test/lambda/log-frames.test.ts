import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { FrameDecoder, LineSplitter } from '../../src/services/lambda/process-output.ts';

function frame(kind: number, payload: string): Buffer {
  const body = Buffer.from(payload);
  const header = Buffer.alloc(5);
  header.writeUInt8(kind, 0);
  header.writeUInt32BE(body.length, 1);
  return Buffer.concat([header, body]);
}

describe('frames', () => {
  test('come out whole and in order, however the stream is cut', () => {
    const payloads = fc.array(fc.tuple(fc.integer({ min: 1, max: 7 }), fc.string({ unit: 'binary' })));
    fc.assert(
      fc.property(payloads, fc.infiniteStream(fc.integer({ min: 1, max: 40 })), (frames, sizes) => {
        const stream = Buffer.concat(frames.map(([kind, payload]) => frame(kind, payload)));
        const seen: [number, string][] = [];
        const decoder = new FrameDecoder((kind, payload) => seen.push([kind, payload]));
        for (let at = 0; at < stream.length;) {
          const size = sizes.next().value as number;
          decoder.push(stream.subarray(at, at + size));
          at += size;
        }
        expect(seen).toEqual(frames.map(([kind, payload]) => [kind, Buffer.from(payload).toString()]));
      }),
    );
  });
});

describe('lines', () => {
  test('come out whole, however the text is cut, and a last one without a break at the flush', () => {
    const seen: string[] = [];
    const splitter = new LineSplitter((line) => seen.push(line));
    for (const part of ['a', 'b\nc', '\n', '\nrest']) splitter.push(part);
    expect(seen).toEqual(['ab', 'c', '']);
    splitter.flush();
    splitter.flush();
    expect(seen).toEqual(['ab', 'c', '', 'rest']);
  });
});
