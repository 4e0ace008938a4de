import { expect, test } from '@jest/globals';
import type { RuntimeEvent } from 'local-aws';
import { messageOfEvent, processedEvent } from '../../../../shared/order-event.ts';
import { mailLines, MailsOfRun } from '../../../../tools/run/start/mails.ts';

const told = (id: string): RuntimeEvent => {
  const order = { orderId: id, orderKey: id, messageId: `of-${id}`, processedAt: '2026-01-01T00:00:00.000Z' };
  const body = messageOfEvent(processedEvent(order)).Message;
  const message = { messageId: id, body, deliveries: 1, filtered: 0, isDuplicate: false };
  return { type: 'messages-published', atMs: 1, topicName: 'order-events', messages: [message] };
};
const done = (deleted: readonly string[], kept: readonly string[] = [], queueName = 'notifications'): RuntimeEvent => ({
  type: 'batch-ended',
  atMs: 2,
  mappingId: 'mapping',
  queueName,
  functionName: 'notify-customers',
  deleted,
  kept,
});
const mail = (index: number, source = 'ses'): RuntimeEvent => ({
  type: 'mail-delivered',
  atMs: 2,
  id: `${index}`,
  source,
  from: 'orders@example.com',
  to: [`user${index}@example.com`],
  subject: `Your order ${index} is confirmed`,
  fate: 'delivered',
});
function mailsOf(...events: readonly RuntimeEvent[]) {
  const mails = new MailsOfRun({ topic: 'order-events', queue: 'notifications' });
  for (const event of events) mails.add(event);
  return mails;
}

test('a notification is pending from its event until its queue is rid of the message', () => {
  const mails = mailsOf(told('a'), told('b'), done(['x'], [], 'orders'));
  expect(mails.pending).toBe(2);
  mails.add(done(['m-a'], ['m-b']));
  expect({ pending: mails.pending, lastDoneAtMs: mails.lastDoneAtMs }).toEqual({ pending: 1, lastDoneAtMs: 2 });
  mails.add(done(['m-b']));
  expect(mails.pending).toBe(0);
});

test('the outcome has the number of mails, the first few, and each refused one with its reason', () => {
  const refused = [{ orderKey: 'r', failedAt: '', reasons: ['BadRequestException: Address length'] }];
  const mails = mailsOf(...[0, 1, 2, 3, 3].map((index) => mail(index)), mail(9, 'sns'));
  const rows = { addressed: 5, refused };
  expect(mails.disagreement(rows)).toBeUndefined();
  expect(mailLines(mails.counts(rows))).toEqual([
    'Mails: 4 sent, 1 refused. 1 mail went out again.',
    '  user0@example.com: Your order 0 is confirmed',
    '  user1@example.com: Your order 1 is confirmed',
    '  user2@example.com: Your order 2 is confirmed',
    '  … and 1 more',
    '  refused, order r: BadRequestException: Address length',
  ]);
});

test.each([
  [3, 'an order whose customer was told nothing'],
  [1, 'a mail about nothing'],
])('%d orders with an address and two mails: %s is a problem', (addressed) => {
  expect(mailsOf(mail(0), mail(1)).disagreement({ addressed, refused: [] })).toMatch(
    /^The mails disagree: 2 were sent and 0 refused, and the orders table has \d processed orders? with an address\.$/,
  );
});
