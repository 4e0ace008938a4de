import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TableClient } from '../../../lambdas/common/table-client.ts';
import { notifyCustomerIn } from '../../../lambdas/notify-customers/notify-customer.ts';
import type { SendMail } from '../../../lambdas/notify-customers/send-mail.ts';
import { messageOf } from '../../../shared/ledger/message.ts';
import { orderWritten } from '../../../shared/ledger/order-transitions.ts';
import { processedEvent } from '../../../shared/order-event.ts';
import { exampleOrder } from '../../../shared/order/example-order.ts';
import { type LocalTable, startLocalTable } from '../local-table.ts';
import { sqsRecord } from '../sqs-event.ts';
import { mailFrom, startMail } from './running-mail.ts';

let local: LocalTable;
let mail: Awaited<ReturnType<typeof startMail>>;
beforeAll(async () => {
  [local, mail] = await Promise.all([startLocalTable(), startMail()]);
});
afterAll(async () => {
  await local[Symbol.asyncDispose]();
  await mail[Symbol.asyncDispose]();
});

const signal = new AbortController().signal;
const startMs = Date.UTC(2026, 10, 30, 12);
const processedAt = new Date(startMs).toISOString();

let count = 0;

/** Writes an order as process-orders does. */
async function processed(customerEmail?: string) {
  count += 1;
  const orderKey = `order-${count}`;
  const body = JSON.stringify({
    ...exampleOrder(count, orderKey),
    ...(customerEmail !== undefined && { customerEmail }),
  });
  const message = messageOf(sqsRecord(body, count));
  await local.table.update(orderWritten({ orderKey, message, now: processedAt }), signal);
  const { messageId } = message;
  return { orderKey, event: processedEvent({ orderId: orderKey, orderKey, messageId, processedAt }) };
}

/** The function on a clock that stands still, with ten seconds until its timeout. */
function notifier(changes: { sendMail?: SendMail; table?: TableClient } = {}) {
  let nowMs = startMs;
  let tokens = 0;
  const { sendMail = mail.sendMail, table = local.table } = changes;
  const notify = notifyCustomerIn(table, sendMail, {
    now: () => nowMs,
    newToken: () => `token-${(tokens += 1)}`,
  });
  return {
    notify: (event: Parameters<typeof notify>[0]) => notify(event, { signal, remainingMs: () => 10_000 }),
    advance: (ms: number) => void (nowMs += ms),
  };
}

const rowOf = async (orderKey: string) =>
  (await local.rows()).find(({ pk, sk }) => pk === `ORDER#${orderKey}` && sk === 'MAIL');
const mailsTo = (address: string) => mail.mails().filter(({ to }) => to.includes(address));

/** A table that refuses to write down that a mail was sent, as often as told. */
function forgetful(times: number): TableClient {
  let left = times;
  return {
    get: (...args) => local.table.get(...args),
    update(request, abort) {
      const isWord = request.UpdateExpression.includes('#mailMessageId');
      return isWord && (left -= 1) >= 0 ? Promise.reject(new Error('throttled')) : local.table.update(request, abort);
    },
  };
}

describe('a processed order with an address', () => {
  test('gets one mail, however often its event comes, and the row of the mail says so', async () => {
    const { orderKey, event } = await processed('ann@example.org');
    const { notify } = notifier();
    const first = await notify(event);
    expect(first).toMatchObject({ result: 'sent', tries: 1 });
    expect(await notify(event)).toEqual({ result: 'sent-before' });
    const [sent, ...others] = mailsTo('ann@example.org');
    expect(others).toEqual([]);
    expect(sent).toMatchObject({ from: mailFrom, subject: `Your order ${orderKey} is confirmed` });
    expect(sent?.text).toContain(`Hello User${count},`);
    expect(await rowOf(orderKey)).toEqual({
      pk: `ORDER#${orderKey}`,
      sk: 'MAIL',
      orderKey,
      mail: 'sent',
      tries: 1,
      sentAt: processedAt,
      mailMessageId: expect.stringMatching(/^[\da-f-]+$/),
    });
  });

  test('gets one mail when two deliveries of its event are handled at the same time', async () => {
    const { event } = await processed('bob@example.org');
    const { notify } = notifier();
    const ended = await Promise.allSettled([notify(event), notify(event)]);
    expect(ended.map(({ status }) => status).toSorted((a, b) => (a < b ? -1 : 1))).toEqual(['fulfilled', 'rejected']);
    expect(mailsTo('bob@example.org')).toHaveLength(1);
    expect(await notify(event)).toEqual({ result: 'sent-before' });
  });

  test('may get it twice after a crash between SES and the table, which is counted, and never none', async () => {
    const { orderKey, event } = await processed('cat@example.org');
    const { notify, advance } = notifier({ table: forgetful(1) });
    await expect(notify(event)).rejects.toThrow('throttled');
    await expect(notify(event)).rejects.toMatchObject({ name: 'MailClaimed' });
    advance(10_001);
    expect(await notify(event)).toMatchObject({ result: 'sent', tries: 2 });
    expect(mailsTo('cat@example.org')).toHaveLength(2);
    expect(await rowOf(orderKey)).toMatchObject({ mail: 'sent', tries: 2 });
  });

  test('gets it at the next try after a passing error, without waiting for the end of the claim', async () => {
    const { orderKey, event } = await processed('dan@example.org');
    const failing = notifier({ sendMail: () => Promise.reject(new Error('connect ECONNREFUSED')) });
    await expect(failing.notify(event)).rejects.toThrow('ECONNREFUSED');
    expect(await rowOf(orderKey)).toMatchObject({ mail: 'sending', tries: 1 });
    expect(await notifier().notify(event)).toMatchObject({ result: 'sent', tries: 2 });
    expect(mailsTo('dan@example.org')).toHaveLength(1);
  });
});

describe('a mail that SES refuses', () => {
  test('is written down with the reason, is listed by the index, and is sent once the cause is mended', async () => {
    const { orderKey, event } = await processed('eve@example.org');
    const refused = notifier({ sendMail: mail.sendMailFrom('nobody@elsewhere.org') });
    expect(await refused.notify(event)).toEqual({ result: 'refused', code: 'MessageRejected', tries: 1 });
    expect(await rowOf(orderKey)).toMatchObject({
      mail: 'refused',
      failedAt: processedAt,
      kind: 'mail-refused',
      reasons: [expect.stringMatching(/^MessageRejected: Email address is not verified\..*nobody@elsewhere\.org$/)],
    });
    expect(await rowOf(orderKey)).not.toHaveProperty('claim');
    expect(await local.indexed('byStatus')).toHaveLength(1);
    expect(await notifier().notify(event)).toMatchObject({ result: 'sent', tries: 2 });
    expect(await local.indexed('byStatus')).toEqual([]);
    expect(await rowOf(orderKey)).not.toHaveProperty('reasons');
    expect(mailsTo('eve@example.org')).toHaveLength(1);
  });

  test('for its address is no different', async () => {
    const { orderKey, event } = await processed('no address');
    expect(await notifier().notify(event)).toMatchObject({ result: 'refused', code: 'BadRequestException' });
    expect(await rowOf(orderKey)).toMatchObject({ mail: 'refused' });
  });
});

test('an order without an address gets no mail, and no row', async () => {
  const { orderKey, event } = await processed();
  expect(await notifier().notify(event)).toEqual({ result: 'no-address' });
  expect(await rowOf(orderKey)).toBeUndefined();
});

test('an event of an order that is not in the table comes back', async () => {
  const event = processedEvent({ orderId: 'none', orderKey: 'none', messageId: 'm', processedAt });
  await expect(notifier().notify(event)).rejects.toMatchObject({ name: 'OrderMissing' });
});
