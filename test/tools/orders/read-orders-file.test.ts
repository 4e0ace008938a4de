import { Readable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { readOrdersFile } from '../../../tools/orders/commands/send.ts';
import { CommandFailed, UsageError } from '../../../tools/orders/errors.ts';
import { ordersIo } from './collected-io.ts';

const megabyte = ' '.repeat(2 ** 20);

function* repeated(text: string, count: number): Generator<string> {
  for (let index = 0; index < count; index += 1) yield text;
}

async function bodiesOf(pieces: Iterable<string | Uint8Array>): Promise<string[]> {
  const { io } = ordersIo();
  const stdin = Object.assign(Readable.from(pieces), { isTTY: false });
  const bodies: string[] = [];
  for await (const { body } of readOrdersFile({ ...io, stdin }, '-')) bodies.push(body);
  return bodies;
}

describe('a file of orders', () => {
  test.each([
    ['without a line end', repeated(megabyte, 260)],
    [
      'that is one document over many lines',
      (function* () {
        yield '[\n';
        yield* repeated(`${megabyte}\n`, 260);
      })(),
    ],
  ])('%s that no text can hold is refused in words', async (_what, pieces) => {
    const reading = bodiesOf(pieces);
    await expect(reading).rejects.toThrow(CommandFailed);
    await expect(reading).rejects.toThrow('more than 268,435,456 characters. Write one order a line.');
  });

  test.each([
    ['NUL bytes', '\u0000\u0000', ['\u0000\u0000']],
    ['names that every object has', '[{"__proto__":{"a":1}}]', ['{"__proto__":{"a":1}}']],
    ['half a document', '{"a":\n1', ['{"a":', '1']],
    ['escape sequences', '{"a":"\\u001b[2J"}', ['{"a":"\\u001b[2J"}']],
  ])('with %s gives them on as they are', async (_what, text, bodies) => {
    expect(await bodiesOf([text])).toEqual(bodies);
  });

  test.each([
    ['another encoding', [Buffer.from('{"name":"Zoë"}\n', 'latin1')]],
    ['half a character at its end', [Buffer.from('{"name":"Zoë"}').subarray(0, 12)]],
    ['bytes of UTF-16', [Buffer.from('\uFEFF{}', 'utf16le')]],
  ])('with %s is refused, because its orders would be sent changed', async (_what, pieces) => {
    const reading = bodiesOf(pieces);
    await expect(reading).rejects.toThrow(CommandFailed);
    await expect(reading).rejects.toThrow('- is not UTF-8: an order of it would be sent changed.');
  });

  test('in UTF-8 is read whole, wherever its pieces end, and with a byte order mark', async () => {
    const bytes = Buffer.from('\uFEFF{"name":"Zoë 🫖"}');
    expect(await bodiesOf([...bytes].map((byte) => Buffer.from([byte])))).toEqual(['{"name":"Zoë 🫖"}']);
  });

  test.each([
    ['that is not there', '/nowhere/orders.ndjson', 'ENOENT'],
    ['that is a folder', '/', 'EISDIR'],
  ])('%s is a mistake in the command line', async (_what, path, code) => {
    const reading = readOrdersFile(ordersIo().io, path).next();
    await expect(reading).rejects.toThrow(UsageError);
    await expect(reading).rejects.toThrow(`${path} cannot be read: ${code}`);
  });
});
