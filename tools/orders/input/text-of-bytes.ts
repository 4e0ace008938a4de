import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

/** Bytes that are no text this project reads. The message goes on after the name of the file. */
export class NoText extends Error {
  override readonly name = 'NoText';
}

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

const namesOfEncodings = { 'utf-8': 'UTF-8', 'utf-16le': 'UTF-16', 'utf-16be': 'UTF-16' } as const;

/** As many first bytes as tell what a file is. */
const telling = 262;

/**
 * The text of a file that comes in pieces: gzip is unpacked, UTF-8 and UTF-16 are decoded, and the byte order mark is
 * left out.
 * @throws {NoText} for another archive or encoding, and for bytes that break the rules of their encoding
 */
export async function* textOf(bytes: AsyncIterable<string | Uint8Array>): AsyncGenerator<string> {
  const packed = await begun(bytes);
  const isGzip = startsWith(packed.start, [0x1f, 0x8b]);
  const { start, pieces } = isGzip ? await begun(gunzipped(packed.pieces)) : packed;
  refuseArchive(start);
  const encoding = encodingOf(start);
  const decoder = new TextDecoder(encoding, { fatal: true });
  try {
    for await (const piece of pieces) yield decoder.decode(piece, { stream: true });
    // What is left is half a character.
    yield decoder.decode();
  } catch (error) {
    throw faultOf(error, encoding);
  }
}

/** The first bytes of files that hold other files, and where those bytes stand (file(1), "magic"). */
const archives = [
  { kind: 'is a ZIP archive or a workbook', at: 0, bytes: [0x50, 0x4b, 0x03, 0x04] },
  { kind: 'is packed by bzip2', at: 0, bytes: [0x42, 0x5a, 0x68] },
  { kind: 'is packed by xz', at: 0, bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a] },
  { kind: 'is packed by Zstandard', at: 0, bytes: [0x28, 0xb5, 0x2f, 0xfd] },
  { kind: 'is a 7z archive', at: 0, bytes: [0x37, 0x7a, 0xbc, 0xaf] },
  { kind: 'is a tar archive', at: 257, bytes: [0x75, 0x73, 0x74, 0x61, 0x72] },
] as const;

function refuseArchive(start: Uint8Array): void {
  const archive = archives.find(({ at, bytes }) => startsWith(start.subarray(at), bytes));
  if (archive === undefined) return;
  const orSave = archive.bytes[0] === 0x50 ? ', or save the sheet as CSV' : '';
  throw new NoText(`${archive.kind}. Unpack it first${orSave}; only gzip is unpacked here`);
}

/**
 * The text of a whole file that is not packed, as `textOf` reads it.
 * @throws {NoText} for another encoding
 */
export function decodeText(bytes: Uint8Array): string {
  const encoding = encodingOf(bytes);
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (error) {
    throw faultOf(error, encoding);
  }
}

function faultOf(error: unknown, encoding: Encoding): unknown {
  if ((error as NodeJS.ErrnoException).code !== 'ERR_ENCODING_INVALID_ENCODED_DATA') return error;
  const name = namesOfEncodings[encoding];
  return new NoText(`is not ${name}: an order of it would be sent changed. Convert the file first`);
}

/** JSON and CSV begin with an ASCII character, of which UTF-16 has a zero byte (RFC 4627, section 3). */
function encodingOf(start: Uint8Array): Encoding {
  if (startsWith(start, [0xff, 0xfe, 0, 0]) || startsWith(start, [0, 0, 0xfe, 0xff])) {
    throw new NoText('is UTF-32. Convert the file to UTF-8 first');
  }
  if (startsWith(start, [0xff, 0xfe])) return 'utf-16le';
  if (startsWith(start, [0xfe, 0xff])) return 'utf-16be';
  const [first, second, third, fourth] = start;
  if (second === 0 && third === 0 && (first === 0) !== (fourth === 0)) {
    throw new NoText('is UTF-32. Convert the file to UTF-8 first');
  }
  if (first === undefined || second === undefined) return 'utf-8';
  if (first !== 0 && second === 0) return 'utf-16le';
  return first === 0 && second !== 0 ? 'utf-16be' : 'utf-8';
}

function startsWith(bytes: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, index) => bytes[index] === byte);
}

/** Reads so much that the kind of file can be told. The pieces are all of the file. */
async function begun(bytes: AsyncIterable<string | Uint8Array>) {
  const iterator = bytes[Symbol.asyncIterator]();
  let start = Buffer.alloc(0);
  while (start.length < telling) {
    const next = await iterator.next();
    if (next.done === true) break;
    start = Buffer.concat([start, bufferOf(next.value)]);
  }
  async function* pieces(): AsyncGenerator<Uint8Array> {
    try {
      yield start;
      for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
        yield bufferOf(next.value);
      }
    } finally {
      await iterator.return?.();
    }
  }
  return { start, pieces: pieces() };
}

function bufferOf(piece: string | Uint8Array): Buffer {
  return typeof piece === 'string' ? Buffer.from(piece) : Buffer.from(piece.buffer, piece.byteOffset, piece.length);
}

async function* gunzipped(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip();
  const unpacking = pipeline(Readable.from(pieces), gunzip);
  // Errors of the pipeline destroy `gunzip`, so that the loop throws them.
  unpacking.catch(() => {});
  try {
    for await (const piece of gunzip) yield piece as Uint8Array;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined || !code.startsWith('Z_')) throw error;
    throw new NoText(`is damaged and cannot be unpacked to its end: ${message}`);
  }
}
