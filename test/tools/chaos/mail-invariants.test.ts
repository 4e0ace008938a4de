import { expect, test } from '@jest/globals';
import { type MailRow, mailRowKey } from '../../../shared/ledger/mail.ts';
import type { mailInvariants } from '../../../tools/chaos/mail-invariants.ts';
import { violations } from '../../../tools/chaos/invariants.ts';
import type { Evidence } from '../../../tools/trial/evidence.ts';
import { bodyOf, good, orderRow, sound } from './sound-books.ts';

const address = 'good@example.com';
const body = bodyOf('good', { customerEmail: address });
const order = orderRow('good', 'm-1', body);
const row: MailRow = { ...mailRowKey('good'), sk: 'MAIL', orderKey: 'good', mail: 'sent', tries: 1 };
const books: Evidence = {
  ...sound,
  sent: new Map([...sound.sent].map(([id, text]) => [id, text === good ? body : text] as const)),
  orders: [order],
  found: [order],
  mails: { rows: [row], delivered: [address] },
};

test.each<[what: string, mails: NonNullable<Evidence['mails']>]>([
  ['one mail', books.mails!],
  ['a second mail, for SES was asked twice', { rows: [{ ...row, tries: 2 }], delivered: [address, address] }],
  ['one mail after two tries', { rows: [{ ...row, tries: 2 }], delivered: [address] }],
  ['a refusal', { rows: [{ ...row, mail: 'refused' }], delivered: [] }],
])('a run with %s violates nothing', (_, mails) => {
  expect(violations({ ...books, mails }, { afterReplay: false })).toEqual([]);
});

test('two orders of one address have a mail each, and no third one', () => {
  const [one, other] = ['copy-1', 'copy-2'].map((key) => orderRow(key, key, body));
  const rows = ['copy-1', 'copy-2'].map((orderKey): MailRow => ({ ...row, pk: mailRowKey(orderKey).pk, orderKey }));
  const brokenBy = (mails: number) =>
    violations(
      { ...books, orders: [one!, other!], mails: { rows, delivered: Array.from({ length: mails }, () => address) } },
      { afterReplay: false },
    ).filter(({ invariant }) => invariant.includes('mails as SES'));
  expect(brokenBy(2)).toEqual([]);
  expect(brokenBy(3)).toHaveLength(2);
});

test.each<[what: string, mails: NonNullable<Evidence['mails']>, broken: keyof typeof mailInvariants]>([
  [
    'a mail is about an order that failed',
    { rows: [row], delivered: [address, 'failed@example.com'] },
    'nobody has a mail about an order that is not processed',
  ],
  [
    'an order has two mails of one try',
    { rows: [row], delivered: [address, address] },
    'an order has as many mails as SES was asked for at most',
  ],
  [
    'an order has no mail',
    { rows: [], delivered: [] },
    'every processed order with an address has its mail or a refusal',
  ],
  [
    'a mail is said to be sent, and came nowhere',
    { rows: [row], delivered: [] },
    'every processed order with an address has its mail or a refusal',
  ],
  [
    'a mail is being sent for ever',
    { rows: [{ ...row, mail: 'sending' }], delivered: [address] },
    'every processed order with an address has its mail or a refusal',
  ],
])('it is found when %s', (_, mails, broken) => {
  const found = violations({ ...books, mails }, { afterReplay: false });
  expect(found.map(({ invariant }) => invariant)).toContain(broken);
});
