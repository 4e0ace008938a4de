import { Readable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { CommandFailed, UsageError } from '../../../../tools/orders/errors.ts';
import type { FiledOrder } from '../../../../tools/orders/input/json-orders.ts';
import { type ReadFile, readOrders, readText } from '../../../../tools/orders/input/orders-file.ts';
import { ordersIo } from '../collected-io.ts';

const megabyte = ' '.repeat(2 ** 20);

function* repeated(text: string, count: number): Generator<string> {
  for (let index = 0; index < count; index += 1) yield text;
}

interface Read {
  readonly orders: readonly FiledOrder[];
  readonly files: readonly ReadFile[];
  readonly fault: unknown;
}

/** What is read of stdin, up to a fault. */
async function read(pieces: string | Iterable<string | Uint8Array>, isUnchecked = false): Promise<Read> {
  const { io } = ordersIo();
  const stdin = Object.assign(Readable.from(typeof pieces === 'string' ? [pieces] : pieces), { isTTY: false });
  const orders: FiledOrder[] = [];
  const files: ReadFile[] = [];
  const options = { isUnchecked, onRead: (file: ReadFile) => files.push(file) };
  try {
    for await (const order of readOrders({ ...io, stdin }, [{ name: '-', path: undefined }], options)) {
      orders.push(order);
    }
    return { orders, files, fault: undefined };
  } catch (fault) {
    return { orders, files, fault };
  }
}

async function bodiesOf(pieces: string | Iterable<string | Uint8Array>, isUnchecked = false) {
  const { orders, fault } = await read(pieces, isUnchecked);
  if (fault !== undefined) throw fault;
  return orders.map(({ body }) => body);
}

/** What a file was read as, and its bodies. */
async function kindAndBodies(text: string, isUnchecked = false) {
  const { orders, files, fault } = await read(text, isUnchecked);
  expect(fault).toBeUndefined();
  return [files[0]!.kind, orders.map(({ body }) => body)];
}

const pretty = (id: number) => JSON.stringify({ orderId: `o-${id}`, items: ['tea'] }, undefined, 2);

describe('a file is what its text is', () => {
  test.each([
    ['a JSON array', '[{"a":1},{"b":2}]', ['{"a":1}', '{"b":2}']],
    [
      'a JSON array',
      `[\n${pretty(1)},\n${pretty(2)}\n]\n`,
      ['{"orderId":"o-1","items":["tea"]}', '{"orderId":"o-2","items":["tea"]}'],
    ],
    ['a JSON array', '[]', []],
    ['NDJSON', '{"a":1}\n\n{"b":2}\r\n', ['{"a":1}', '{"b":2}']],
    ['one JSON value', '{"a":1}', ['{"a":1}']],
    ['one JSON value', `\n${pretty(1)}\n`, ['{"orderId":"o-1","items":["tea"]}']],
    [
      'JSON values one after the other',
      `${pretty(1)}\n${pretty(2)}\n`,
      ['{"orderId":"o-1","items":["tea"]}', '{"orderId":"o-2","items":["tea"]}'],
    ],
    ['JSON values one after the other', '{"a":1}{"b":2} {"c":3}', ['{"a":1}', '{"b":2}', '{"c":3}']],
    ['JSON values one after the other', '[{"a":1}]\n[{"b":2}]', ['{"a":1}', '{"b":2}']],
    [
      'JSON values one after the other',
      `{"a":1}\n${pretty(1)}\n{"b":2}`,
      ['{"a":1}', '{"orderId":"o-1","items":["tea"]}', '{"b":2}'],
    ],
    ['an empty file', '', []],
    ['an empty file', '\uFEFF\n \n', []],
  ])('%s: %j', async (kind, text, bodies) => {
    expect(await kindAndBodies(text)).toEqual([kind, bodies]);
  });

  test('the text of an order is sent as written, without the layout of several lines', async () => {
    const numbers = '{"n": 1.0, "n": 12345678901234567890, "e": 1E2, "t": "\\u00e9  \\/"}';
    expect(await bodiesOf(numbers)).toEqual([numbers]);
    expect(await bodiesOf(`[${numbers},\n ${numbers}]`)).toEqual([numbers, numbers]);
    const laidOut = numbers.replaceAll(', ', ',\r\n\t').replace('{', '{\n');
    expect(await bodiesOf(laidOut)).toEqual(['{"n":1.0,"n":12345678901234567890,"e":1E2,"t":"\\u00e9  \\/"}']);
  });

  test.each([
    ['names that every object has', '[{"__proto__":{"a":1}}]', ['{"__proto__":{"a":1}}']],
    ['escape sequences', '{"a":"\\u001b[2J"}', ['{"a":"\\u001b[2J"}']],
    ['line separators of Unicode', '{"a":"\u2028"}', ['{"a":"\u2028"}']],
    ['byte order marks between its orders', '\uFEFF{"a":1}\n\uFEFF{"b":\n2}', ['{"a":1}', '{"b":2}']],
  ])('%s stay as they are', async (_what, text, bodies) => {
    expect(await bodiesOf(text)).toEqual(bodies);
  });
});

describe('a mistake in JSON is named once, by line and column', () => {
  test.each([
    [
      'in an array, of which nothing is given',
      '[\n  {\n    "a": 1,\n  },\n  {}\n]\n',
      [],
      '-, line 4, column 3: expected a name in double quotes after the comma, found "}".\n  },\n  ^\nNothing of - was sent.',
    ],
    [
      'between the orders of an array',
      '[\n{"a":1}\n{"b":2}\n]\n',
      [],
      '-, line 3, column 1: expected a comma or "]" after the value, found "{".\n{"b":2}\n^\nNothing of - was sent.',
    ],
    [
      'in an array that is cut off',
      '[\n{"a":1},\n{"b":\n\n',
      [],
      '-, line 3, column 6: expected a value after the colon, found the end: the "{" of line 3, column 1, is not closed.\n{"b":\n     ^\nNothing of - was sent.',
    ],
    [
      'in the second of several values',
      '{\n"a": 1\n}\n{\n"b": True\n}\n{\n"c": 3\n}',
      ['{"a":1}'],
      '-, line 5, column 6: expected a value after the colon, found "True".\n"b": True\n     ^\nNothing from line 4 on was sent.',
    ],
    [
      'with commas between the lines',
      '{"a":1},\n{"b":2},\n',
      [],
      '-, line 1, column 8: expected a JSON value, found ",".\n{"a":1},\n       ^\nNothing of - was sent.',
    ],
    [
      'in a text that is no JSON at all',
      'orders:\n  - a\n  - b\n',
      [],
      '-, line 1, column 1: expected a JSON value, found "orders".\norders:\n^\nNothing of - was sent.',
    ],
  ])('%s', async (_what, text, bodies, message) => {
    for (const isUnchecked of /^[[{]/.test(text) ? [false, true] : [false]) {
      const { orders, fault } = await read(text, isUnchecked);
      expect(orders.map(({ body }) => body)).toEqual(bodies);
      expect(fault).toBeInstanceOf(CommandFailed);
      expect((fault as Error).message).toBe(message);
    }
  });

  test.each([
    [
      'in the middle',
      '{"a":1}\n{"b":,}\n{"c":3}',
      'line 2',
      '{"b":,}',
      'column 6, expected a value after the colon, found ","',
    ],
    [
      'cut off in a text',
      '{"a":1}\n{"b":"x\n{"c":3}',
      'line 2',
      '{"b":"x',
      'column 6, the string that begins here does not end on its line',
    ],
    ['cut off in a list', '{"a":1}\n{"b":[\n{"c":3}', 'line 2', '{"b":[', 'found the end'],
    ['cut off at the end', '{"a":1}\n{"b":[', 'line 2', '{"b":[', 'found the end'],
    ['that is the first', '{"b":[\n{"c":3}', 'line 1', '{"b":[', 'found the end'],
    ['that is a word', 'not json\n{"c":3}', 'line 1', 'not json', 'column 1, expected a JSON value, found "not"'],
    ['that is the only one', '{"b":[', 'line 1', '{"b":[', 'found the end'],
  ])('a broken line of NDJSON %s spoils no other', async (_what, text, place, body, mistake) => {
    const { orders, fault } = await read(text);
    expect(fault).toBeUndefined();
    expect(orders.filter((order) => order.mistake === undefined)).toHaveLength(text.split('\n').length - 1);
    expect(orders.find((order) => order.mistake !== undefined)).toEqual({
      place,
      body,
      mistake: expect.stringMatching(/^the body is not JSON: column \d+, /),
    });
    expect(orders.find((order) => order.mistake !== undefined)?.mistake).toContain(mistake);
  });

  test('unchecked, each line of a file that does not begin like JSON is a body', async () => {
    expect(await kindAndBodies('<order/>\n\n{"a":\n', true)).toEqual(['lines', ['<order/>', '{"a":']]);
    expect(await kindAndBodies('\u0000\u0000', true)).toEqual(['lines', ['\u0000\u0000']]);
  });
});

describe('files', () => {
  test('that are no text are refused in words', async () => {
    const { fault } = await read([Buffer.from('{"name":"Zoë"}', 'latin1')]);
    expect(fault).toBeInstanceOf(CommandFailed);
    expect((fault as Error).message).toMatch(/^- is not UTF-8: an order of it would be sent changed\. /);
  });

  test.each([
    ['without a line end', repeated(megabyte, 260)],
    [
      'that is one document over many lines',
      (function* () {
        yield '[\n';
        yield* repeated(`"${megabyte.slice(3)}",\n`, 260);
      })(),
    ],
  ])('%s that no string can hold are refused in words', async (_what, pieces) => {
    const { fault } = await read(pieces);
    expect(fault).toBeInstanceOf(CommandFailed);
    expect((fault as Error).message).toContain('more than 268,435,456 characters. Write one order a line.');
  });
});

test('a file that cannot be read is a mistake in the command line', async () => {
  const files = [{ name: 'gone.json', path: '/nowhere/gone.json' }];
  const reading = readOrders(ordersIo().io, files, { isUnchecked: false }).next();
  await expect(reading).rejects.toThrow(UsageError);
  await expect(reading).rejects.toThrow('gone.json cannot be read: ENOENT');
});

test.each<[readonly Partial<ReadFile>[], string]>([
  [[{ name: 'a', kind: 'NDJSON', orders: 2 }], 'Read as NDJSON.'],
  [[{ name: 'a', kind: 'an empty file', orders: 0 }], 'There was nothing to send: a is empty.'],
  [[{ name: 'a', kind: 'a JSON array', orders: 0 }], 'There was nothing to send: a has no orders.'],
  [
    [
      { name: 'a', kind: 'CSV', orders: 2 },
      { name: 'b', kind: 'an empty file', orders: 0 },
      { name: 'c', kind: 'CSV', orders: 1 },
    ],
    'Read 3 files: 2 as CSV, 1 as an empty file.',
  ],
  [
    [
      { name: 'a', kind: 'an empty file', orders: 0 },
      { name: 'b', kind: 'a JSON array', orders: 0 },
    ],
    'There was nothing to send: none of the 2 files has orders.',
  ],
])('what files were is told: %j', (files, text) => {
  expect(readText(files as readonly ReadFile[])).toBe(text);
});
