import fc from 'fast-check';
import { messageLimits } from '../../../shared/pipeline.ts';
import { exampleOrder } from '../../../shared/order/example-order.ts';
import { readOrder } from '../../../shared/order/read-order.ts';

/** What becomes of a message with such a body: its order is processed, or it is in the ledger as this kind. */
export type Fate = 'processed' | 'invalid' | 'not-json';

export interface HostileBody {
  readonly name: string;
  readonly body: string;
  readonly fate: Fate;
}

/** The most that the orders queue takes, in UTF-8 bytes. */
export const mostBytes = messageLimits.bytes;

/** So many of a unit that two times as many fit into a message beside an order. */
const half = (unit: string) => Math.floor((mostBytes - 100 - Buffer.byteLength(order('deepest'))) / 2 / unit.length);
const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

/** JSON text of an order that has its own name as its id; `more` is JSON text that JSON.stringify would not write. */
function order(name: string, more = ''): string {
  // The items stand last, for who adds to them.
  const { orderId: _orderId, items, ...rest } = exampleOrder(0);
  return (
    JSON.stringify({ orderId: 'name', ...rest, items })
      .replace('"name"', `"${name}"`)
      .slice(0, -1) + `${more}}`
  );
}

/** A body of exactly so many bytes: `unit`, of ASCII characters, repeated between its two ends, and blanks. */
function filled(before: string, unit: string, after: string, bytes = mostBytes): string {
  const room = bytes - Buffer.byteLength(before) - Buffer.byteLength(after);
  return (before + unit.repeat(Math.floor(room / unit.length)) + after).padEnd(bytes);
}

/** Good orders, each with its name as its id. */
const good: Readonly<Record<string, string>> = {
  emoji: order('emoji', ',"note":"👩‍👩‍👧‍👦 🍕 \u00e9 e\u0301 \u202eabc \ufeff"'),
  'duplicate-keys': order('first', ',"orderId":"duplicate-keys","items":[],"items":["coffee"]'),
  prototype: order('prototype', ',"__proto__":{"orderId":"x","toString":1},"constructor":{"prototype":null}'),
  'big-numbers': order('big-numbers', ',"count":9007199254740993,"price":0.10000000000000000555,"all":1e400,"zero":-0'),
  'lone-surrogates': order('lone-surrogates', String.raw`,"note":"\ud800","\udfff":"\udbff\ud800"`),
  'control-characters': order('control-characters', String.raw`,"note":"\u0000\u0001\u001f\u007f"`),
  'json-in-json': order('json-in-json', `,"note":${JSON.stringify(JSON.stringify(order('inner')))}`),
  'names-of-attributes': order('names-of-attributes', ',"pk":"ORDER#x","sk":"ORDER","status":"failed","#body":":body"'),
  'spread-out': ` \r\n\t${order('spread-out').replaceAll(',', ' ,\n\t ')}\n `,
  case: order('case'),
  CASE: order('CASE', ',"note":"another order"'),
  deep: order('deep', `,"note":${nested(10_000)}`),
  deepest: order('deepest', `,"note":${nested(half('['))}`),
  'as-large-as-it-gets': filled(order('as-large-as-it-gets', ',"note":"').slice(0, -1), 'x', '"}'),
  'long-name': filled(order('long-name', ',"customerName":"').slice(0, -1), 'x', '"}'),
  'long-escaped-name': filled(order('long-escaped-name', ',"customerName":"').slice(0, -1), '\\"', '"}'),
  'many-items': filled(order('many-items').slice(0, -2), ',""', ']}'),
  'many-duplicate-keys': filled(order('many-duplicate-keys').slice(0, -1), ',"a":1', '}'),
  'many-keys': manyKeys('many-keys'),
};

const invalid: Readonly<Record<string, string>> = {
  'an array': '[]',
  'an array of orders': `[${order('in-an-array')}]`,
  null: 'null',
  'a number': '9007199254740993',
  'a text': '"text"',
  'an order as text': JSON.stringify(order('as-text')),
  'nothing but a prototype': `{"__proto__":${order('from-a-prototype')}}`,
  'names of methods': '{"constructor":1,"hasOwnProperty":1,"toString":null,"valueOf":{},"orderId":"methods"}',
  'an id longer than a key': order('x'.repeat(2_049)),
  'an id that is a path': order('../../ORDER#x'),
  'an id with a composed letter': order('caf\u00e9'),
  'an id with the same letter decomposed': order('cafe\u0301'),
  'an id with a letter that looks like another': order('\u0430bc'),
  'an id with a lone surrogate': order(String.raw`\ud800`),
  'a large id': filled('{"orderId":"', 'x', '"}'),
  'very many wrong items': filled('{"customerName":"a","customerAddress":"b","items":[0', ',0', ']}'),
  'very many wrong deep items': filled('{"customerName":"a","customerAddress":"b","items":[[]', ',[]', ']}'),
  'brackets as deep as they get': nested(half('[')),
  'objects as deep as they get': `${'{"a":'.repeat(half('{"a":}') * 2)}1${'}'.repeat(half('{"a":}') * 2)}`,
  'a large name of a property': filled('{"', 'x', '":1}'),
};

const notJson: Readonly<Record<string, string>> = {
  'a blank': ' ',
  'blanks and lines': '\t\r\n ',
  'a message full of blanks': ' '.repeat(mostBytes),
  'a message full of line ends': '\n'.repeat(mostBytes),
  'a message full of quotes': '"'.repeat(mostBytes),
  'a message full of emoji': '🍕'.repeat(mostBytes / 4),
  'a message full of open brackets': '['.repeat(mostBytes),
  'a message full of open objects': filled('', '{"a":', ''),
  'a number as long as it gets that ends badly': filled('', '1', 'x'),
  'a byte order mark': `\ufeff${order('byte-order-mark')}`,
  'an order that breaks off': order('breaks-off').slice(0, -5),
  'two orders': order('one') + order('two'),
  JavaScript: "{orderId:'script', items:[NaN,], /* */}",
  XML: '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><order id="1">&b;</order>',
  'markup of a terminal': '\u009b31m \u200b\u2028',
};

/** Bodies that nobody would send. SQS takes each of them. */
export const hostileBodies: readonly HostileBody[] = [
  ...named(good, 'processed'),
  ...named(invalid, 'invalid'),
  ...named(notJson, 'not-json'),
];

function named(bodies: Readonly<Record<string, string>>, fate: Fate): readonly HostileBody[] {
  return Object.entries(bodies).map(([name, body]) => ({ name, body, fate }));
}

function manyKeys(name: string): string {
  const keys = Array.from({ length: 17_000 }, (_, key) => `,"key${key}":1`).join('');
  return order(name, keys);
}

/** What should become of any body. */
export function fateOf(body: string): Fate {
  const { kind } = readOrder(body);
  return kind === 'order' ? 'processed' : kind;
}

export function bodyOf(name: string): string {
  return hostileBodies.find((each) => each.name === name)!.body;
}

/** An order of that name that something went over: cut, doubled, with parts of others, or any JSON; SQS takes it. */
export function mutilated(name: string): fc.Arbitrary<string> {
  const notes = fc.oneof(
    fc.json(),
    fc.jsonValue({ stringUnit: 'grapheme' }).map((value) => JSON.stringify(value)),
  );
  const texts = fc.oneof(
    notes,
    notes.map((note) => order(name, `,"note":${note}`)),
    fc
      .constantFrom(...Object.values(good).filter(({ length }) => length < 1_000))
      .map((body) => body.replace(/"orderId":"[^"]*"/g, `"orderId":"${name}"`)),
  );
  const change = fc.record({
    at: fc.nat(300),
    remove: fc.nat(20),
    insert: fc.string({ unit: 'grapheme', maxLength: 3 }),
  });
  return fc
    .tuple(texts, fc.array(change, { maxLength: 2 }))
    .map(([text, changes]) =>
      changes.reduce((body, { at, remove, insert }) => body.slice(0, at) + insert + body.slice(at + remove), text),
    )
    .filter((body) => body !== '' && body.isWellFormed());
}
