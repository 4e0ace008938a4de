import { expect, test } from '@jest/globals';
import { exampleOrder } from '../../../shared/order/example-order.ts';
import type { Evidence, Posted } from '../../../tools/trial/evidence.ts';
import { seededRandom } from 'local-aws';
import type { httpInvariants } from '../../../tools/chaos/http-invariants.ts';
import { FaultyLine, postCarefully, type Posting, postings } from '../../../tools/chaos/http-sender.ts';
import { readOrder } from '../../../shared/order/read-order.ts';
import { violations } from '../../../tools/chaos/invariants.ts';
import { bad, bodyOf, good, sound, unlucky } from './sound-books.ts';

const accepted = (body: string, expectedId: string): Posted => ({
  body,
  expectedId,
  accepted: true,
  orderId: expectedId,
});
const { orderId: _, ...nameless } = exampleOrder(0, 'good');
const refused: Posted = { body: bodyOf('refused', { customerAddress: '' }), expectedId: 'refused', accepted: false };
const posted: readonly Posted[] = [
  accepted(good, 'good'),
  accepted(JSON.stringify(nameless), 'good'),
  accepted(unlucky, 'unlucky'),
  refused,
];

test('answers that came true violate nothing', () => {
  expect(violations({ ...sound, posted }, { afterReplay: false })).toEqual([]);
});

test.each<[what: string, changes: Partial<Evidence>, broken: keyof typeof httpInvariants]>([
  [
    'an order that was accepted is nowhere',
    { posted: [...posted, accepted(bodyOf('lost'), 'lost')] },
    'what the door accepted is processed or in the ledger',
  ],
  [
    'another order has the id of one that was accepted',
    { posted: [...posted, accepted(bodyOf('good', { customerName: 'Somebody else' }), 'good')] },
    'what the door accepted is processed or in the ledger',
  ],
  [
    'an order that was refused is in the queue',
    { posted: [...posted, { body: bad, expectedId: 'bad', accepted: false }] },
    'what the door refused is not in the queue',
  ],
  [
    'an order that was refused is in the queue with another body',
    { posted: [...posted, { body: bodyOf('bad', { items: [] }), expectedId: 'bad', accepted: false }] },
    'what the door refused is not in the queue',
  ],
  [
    'an order was accepted under an id that is not its key',
    { posted: [...posted, { ...accepted(good, 'good'), accepted: true, orderId: 'random' }] },
    'an order without an id has its key for an id',
  ],
])('it is found when %s', (_what, changes, broken) => {
  const found = violations({ ...sound, ...changes }, { afterReplay: false });
  expect(found.map(({ invariant }) => invariant)).toContain(broken);
});

test('a sender posts orders of all sorts, and some requests twice', () => {
  const requests = postings(seededRandom(1, 'http'));
  expect(new Set(requests.map(({ key }) => key)).size).toBe(requests.length - 2);
  expect(requests.some(({ isBatch }) => isBatch)).toBe(true);
  const ids = new Set(requests.flatMap(({ bodies }) => bodies).map((body) => readOrder(body).orderId));
  expect(ids.has(null)).toBe(true);
  expect(ids.size).toBeGreaterThan(10);
});

test('a sender with a door that does not answer gives up, and says what came last', async () => {
  const requests: readonly Posting[] = [{ key: 'k', bodies: [good], isBatch: false }];
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const signer = { region: () => Promise.resolve('us-east-1'), credentials: () => Promise.resolve(credentials) };
  const line = new FaultyLine(() => 0);
  const door = {
    url: 'http://127.0.0.1:1',
    signer,
    line,
    during: <Result>(request: () => Promise<Result>) => request(),
  };
  await expect(postCarefully(door, requests)).rejects.toThrow('The connection went before the request');
  expect(line.struck).toBe(60);
});
