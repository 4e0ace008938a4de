import { expect, test } from '@jest/globals';
import { conflictReason } from '../../../shared/telemetry.ts';
import type { Evidence } from '../../../tools/trial/evidence.ts';
import { type invariants, invariantsAfterReplay, violations } from '../../../tools/chaos/invariants.ts';
import {
  at,
  bad,
  bodyOf,
  channel,
  conflict,
  failureRow,
  good,
  invalid,
  mended,
  order,
  outOfAttempts,
  sound,
  unindexed,
} from './sound-books.ts';

test('sound books violate nothing, before and after a replay', () => {
  expect(violations(sound, { afterReplay: false })).toEqual([]);
  expect(violations(mended, { afterReplay: true })).toEqual([]);
});

type Name = keyof typeof invariants | keyof typeof invariantsAfterReplay;

test.each<[what: string, changes: Partial<Evidence>, broken: Name]>([
  ['a message is left in a queue', { messages: 1 }, 'nothing is in flight'],
  ['an order that was to be queued is not', { promised: 5 }, 'what a sender was told is queued was sent'],
  [
    'a good order is nowhere',
    { sent: new Map([...sound.sent, ['m-7', bodyOf('lost')]]) },
    'every order is processed or in the ledger',
  ],
  ['a bad order is nowhere', { failures: [conflict, outOfAttempts] }, 'every order is processed or in the ledger'],
  [
    'another order with a taken id is nowhere',
    { failures: [outOfAttempts, invalid] },
    'every order is processed or in the ledger',
  ],
  ['a row was written twice', { created: new Map([['good', 2]]) }, 'no order is processed twice'],
  [
    'a row that was written is gone',
    { created: new Map([...sound.created, ['gone', 1]]) },
    'no order is processed twice',
  ],
  ['a row was written over', { found: [{ ...order, messageId: 'm-2' }] }, 'no order is processed twice'],
  [
    'a processed order waits in the ledger',
    { failures: [...sound.failures, failureRow('good', 'm-2', good)] },
    'no order is processed and in the ledger',
  ],
  ['the books do not balance', { orders: [] }, 'sent = processed + failed'],
  [
    'a row has a body that nobody sent',
    { failures: [...sound.failures, failureRow('strange', 'm-9', '{}')] },
    'nothing stands in the table that nobody sent',
  ],
  [
    'a bad order has the body of another one with its reasons',
    {
      sent: new Map([...sound.sent, ['m-8', bodyOf('bad-too', { customerAddress: '' })]]),
      failures: [...sound.failures, failureRow('bad-too', 'm-8', bad)],
    },
    'a failure has the body of its message',
  ],
  [
    'a failure lost an attribute of its message',
    { failures: [conflict, outOfAttempts, { ...invalid, messageAttributes: {} }] },
    'a failure has the attributes of its message',
  ],
  [
    'a failure has an attribute that nobody sent',
    { failures: [conflict, { ...outOfAttempts, messageAttributes: channel }, invalid] },
    'a failure has the attributes of its message',
  ],
  [
    'what ran out of attempts has reasons',
    { failures: [conflict, { ...outOfAttempts, reasons: ['nonsense'] }, invalid] },
    'no good order is called a bad one',
  ],
  [
    'a failure has the cause of another one',
    { failures: [conflict, outOfAttempts, { ...invalid, cause: outOfAttempts.cause }] },
    'a failure has the cause that its reasons make',
  ],
  [
    'a failure is in no list',
    { failures: [conflict, outOfAttempts, unindexed(invalid)] },
    'what waits for somebody is found',
  ],
  [
    'a bad order has no reasons',
    { failures: [conflict, outOfAttempts, { ...invalid, reasons: [] }] },
    'every bad order has its reasons',
  ],
  [
    'a bad order has other reasons than its own',
    { failures: [conflict, outOfAttempts, { ...invalid, reasons: ['/items is required'] }] },
    'every bad order has its reasons',
  ],
  [
    'a good order is called invalid',
    { failures: [conflict, { ...outOfAttempts, kind: 'invalid' }, invalid] },
    'no good order is called a bad one',
  ],
  [
    'an order is called a conflict with nothing',
    { failures: [conflict, { ...outOfAttempts, kind: 'conflicting-id', reasons: [conflictReason] }, invalid] },
    'no good order is called a bad one',
  ],
  [
    'a failure is written down twice for one message',
    { failures: [conflict, outOfAttempts, { ...invalid, history: [...invalid.history, ...invalid.history] }] },
    'a failure is written down once for each message',
  ],
  [
    'a function logs an unhandled rejection',
    { lines: ['UnhandledPromiseRejection: no'] },
    'nothing failed where nobody looks',
  ],
  [
    'the runtime reports a defect',
    { defects: ['The process that holds the tables ended.'] },
    'nothing failed where nobody looks',
  ],
  [
    'a replayed failure is not processed',
    { failures: [conflict, { ...outOfAttempts, status: 'replayed' }, invalid] },
    'a replay of what failed for a passing reason processes it',
  ],
  [
    'a mended failure waits on',
    { failures: [conflict, { ...outOfAttempts, history: [{ at, event: 'edited', by: 'Ada' }] }, invalid] },
    'a replay of an edited order processes it',
  ],
])('it is found when %s', (_what, changes, broken) => {
  const found = violations({ ...sound, ...changes }, { afterReplay: broken in invariantsAfterReplay });
  expect(found.map(({ invariant }) => invariant)).toContain(broken);
});
