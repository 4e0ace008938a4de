import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { decodeText, NoText, textOf } from '../../../../tools/orders/input/text-of-bytes.ts';

const text = '{"name":"Zoë 🫖"}';

async function* inPieces(pieces: Iterable<Uint8Array>, fault?: Error): AsyncGenerator<Uint8Array> {
  yield* pieces;
  if (fault !== undefined) throw fault;
}

async function textIn(pieces: Iterable<Uint8Array>, fault?: Error): Promise<string> {
  let whole = '';
  for await (const piece of textOf(inPieces(pieces, fault))) whole += piece;
  return whole;
}

describe('the bytes of a file', () => {
  test.each<[string, Buffer]>([
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with a byte order mark', Buffer.from(`\uFEFF${text}`)],
    ['UTF-16 of Windows', Buffer.from(`\uFEFF${text}`, 'utf16le')],
    ['UTF-16 of Windows without a byte order mark', Buffer.from(text, 'utf16le')],
    ['UTF-16, big-endian', Buffer.from(`\uFEFF${text}`, 'utf16le').swap16()],
    ['UTF-16, big-endian, without a byte order mark', Buffer.from(text, 'utf16le').swap16()],
    ['gzip', gzipSync(text)],
    ['gzip of UTF-16', gzipSync(Buffer.from(`\uFEFF${text}`, 'utf16le'))],
    ['gzip in two members', Buffer.concat([gzipSync(text.slice(0, 5)), gzipSync(text.slice(5))])],
  ])('%s are read whole, wherever the pieces end', async (_what, bytes) => {
    expect(await textIn([bytes])).toBe(text);
    expect(await textIn([...bytes].map((byte) => Buffer.from([byte])))).toBe(text);
  });

  test.each<[string, readonly Buffer[], string]>([
    [
      'another encoding',
      [Buffer.from('{"name":"Zoë"}\n', 'latin1')],
      'is not UTF-8: an order of it would be sent changed.',
    ],
    [
      'half a character at the end',
      [Buffer.from('{"name":"Zoë"}').subarray(0, 12)],
      'is not UTF-8: an order of it would be sent changed.',
    ],
    [
      'half a pair of UTF-16',
      [Buffer.from('\uFEFF{"\uD83E"}', 'utf16le')],
      'is not UTF-16: an order of it would be sent changed.',
    ],
    ['UTF-32', [Buffer.from([0xff, 0xfe, 0, 0, 0x7b, 0, 0, 0])], 'is UTF-32.'],
    [
      'gzip that is cut off',
      [gzipSync(text).subarray(0, 20)],
      'is damaged and cannot be unpacked to its end: unexpected end of file',
    ],
    ['UTF-32 without a byte order mark', [Buffer.from([0x7b, 0, 0, 0, 0x7d, 0, 0, 0])], 'is UTF-32.'],
    ['UTF-32, big-endian', [Buffer.from([0, 0, 0, 0x7b, 0, 0, 0, 0x7d])], 'is UTF-32.'],
    ['a workbook', [Buffer.from('PK\u0003\u0004')], 'is a ZIP archive or a workbook. Unpack it first, or save'],
    ['bzip2', [Buffer.from('BZh91AY')], 'is packed by bzip2. Unpack it first; only gzip is unpacked here'],
    ['xz', [Buffer.from('fd377a585a00', 'hex')], 'is packed by xz. Unpack it first'],
    ['Zstandard', [Buffer.from('28b52ffd', 'hex')], 'is packed by Zstandard. Unpack it first'],
    ['tar below gzip', [gzipSync(`${'a.json'.padEnd(257, '\0')}ustar`)], 'is a tar archive. Unpack it first'],
  ])('%s is refused in words', async (_what, pieces, message) => {
    const reading = textIn(pieces);
    await expect(reading).rejects.toThrow(NoText);
    await expect(reading).rejects.toThrow(message);
  });
});

test('a file of fewer bytes than tell what it is is UTF-8', async () => {
  expect(await textIn([])).toBe('');
  expect(await textIn([Buffer.from('1')])).toBe('1');
});

test('the fault of a disk is given on, from below gzip, too', async () => {
  const disk = Object.assign(new Error('EIO: i/o error, read'), { syscall: 'read' });
  for (const start of [Buffer.from('{"a"'), gzipSync(text)]) {
    await expect(textIn([start], disk)).rejects.toBe(disk);
  }
});

test('a whole file is decoded as its pieces are', () => {
  expect(decodeText(Buffer.from(`\uFEFF${text}`))).toBe(text);
  expect(decodeText(Buffer.from(`\uFEFF${text}`, 'utf16le'))).toBe(text);
  expect(() => decodeText(Buffer.from(text, 'latin1'))).toThrow(NoText);
});
