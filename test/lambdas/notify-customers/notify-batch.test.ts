import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mailedOrderOf, mailOf } from '../../../lambdas/notify-customers/mail-text.ts';
import { createHandler } from '../../../lambdas/notify-customers/notify-batch.ts';
import type { NotifyCustomer } from '../../../lambdas/notify-customers/notify-customer.ts';
import { failedEvent, messageOfEvent, processedEvent } from '../../../shared/order-event.ts';
import { exampleOrder } from '../../../shared/order/example-order.ts';
import { captureConsole } from '../captured-console.ts';
import { consumerDependencies } from '../consumer-dependencies.ts';
import { sqsEvent } from '../sqs-event.ts';

const lines = captureConsole();
const context = { getRemainingTimeInMillis: () => 10_000 };
const processedAt = '2026-11-30T12:00:00.000Z';

const event = (orderKey: string) =>
  messageOfEvent(processedEvent({ orderId: orderKey, orderKey, messageId: 'm', processedAt })).Message;
const failure = messageOfEvent(
  failedEvent(
    {
      orderId: 'f',
      orderKey: 'f',
      messageId: 'm',
      failureId: 'm',
      kind: 'invalid',
      cause: 'c',
      reasons: [],
      failedAt: processedAt,
    },
    false,
  ),
).Message;

const outcomes: Readonly<Record<string, () => ReturnType<NotifyCustomer>>> = {
  sent: () => Promise.resolve({ result: 'sent', mailMessageId: 'id', tries: 1 }),
  again: () => Promise.resolve({ result: 'sent', mailMessageId: 'id', tries: 2 }),
  before: () => Promise.resolve({ result: 'sent-before' }),
  none: () => Promise.resolve({ result: 'no-address' }),
  refused: () => Promise.resolve({ result: 'refused', code: 'MessageRejected', tries: 1 }),
  down: () => Promise.reject(new Error('The table is down.')),
};

describe('a batch of notifications', () => {
  test('keeps what has to come again and what is no event of a processed order, and counts each', async () => {
    const { dependencies, changed, published } = consumerDependencies();
    const handler = createHandler({
      ...dependencies,
      backoff: { base: 10, cap: 3_600 },
      notifyCustomer: ({ orderKey }) => outcomes[orderKey]!(),
    });
    const bodies = [...Object.keys(outcomes).map(event), failure, 'no event'];
    const { batchItemFailures } = await handler(sqsEvent(bodies, { ApproximateReceiveCount: '2' }), context);
    expect(batchItemFailures.map(({ itemIdentifier: id }) => id)).toEqual(['message-5', 'message-6', 'message-7']);
    expect(changed.map(({ VisibilityTimeout: seconds }) => seconds)).toEqual([10, 10, 10]);
    expect(published).toEqual([{ MailsSent: 2, MailsAskedAgain: 1, MailsRefused: 1, MailsNotSent: 3 }]);
    expect(lines.map(({ line }) => [line['message'], line['orderKey']])).toEqual(
      expect.arrayContaining([
        ['Mail Sent', 'sent'],
        ['Mail Sent Before', 'before'],
        ['No Address', 'none'],
        ['Mail Refused', 'refused'],
        ['Mail Not Sent', 'down'],
        ['Mail Not Sent', null],
      ]),
    );
  });
});

describe('the mail', () => {
  test('names the order and its items, and thanks the customer', () => {
    const { orderId, customerEmail, ...order } = { ...exampleOrder(2, 'A-1'), customerEmail: 'ann@example.org' };
    const mailed = mailedOrderOf(JSON.stringify({ ...order, orderId, customerEmail }))!;
    expect(mailOf(mailed)).toEqual({
      to: 'ann@example.org',
      subject: 'Your order A-1 is confirmed',
      text: 'Hello User2,\n\nYour order A-1 was processed.\n\nYou ordered:\n- cheese\n- dates\n- eggs\n\nThank you.\n',
    });
  });

  test('has no line of its own for a line end in a name or an item, whatever the text', () => {
    const text = fc.string({ unit: 'binary' });
    const order = fc.record({
      customerName: text,
      customerEmail: fc.emailAddress(),
      items: fc.array(text, { maxLength: 120 }),
    });
    fc.assert(
      fc.property(order, (given) => {
        const mail = mailOf(mailedOrderOf(JSON.stringify(given))!);
        const shown = Math.min(given.items.length, 101);
        expect(mail.text.split(/[\n\r\u2028\u2029]/)).toHaveLength(shown === 0 ? 6 : 8 + shown);
        expect(mail.to).toBe(given.customerEmail);
      }),
    );
  });
});
