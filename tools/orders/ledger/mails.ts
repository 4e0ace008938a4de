import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { attributeValues, fromItem } from '../../../shared/ledger/expressions.ts';
import { mailRowKey, type MailRow } from '../../../shared/ledger/mail.ts';
import { mailRefusedStatus } from '../../../shared/ledger/rows.ts';
import { messageOfEvent, processedEvent } from '../../../shared/order-event.ts';
import { CommandFailed } from '../errors.ts';
import { printable } from '../terminal/output.ts';
import { shownTime } from '../time.ts';
import { readOrderRecord } from './find-failure.ts';
import { statusQueries } from './failures.ts';
import { queryItems, type TableConnection } from './table.ts';

/** A mail that SES refused, as the index knows it. */
export type RefusedMail = Pick<MailRow, 'orderKey'> & Required<Pick<MailRow, 'failedAt' | 'reasons'>>;

/** The mails that wait for somebody, the oldest first. */
export async function refusedMails(table: TableConnection): Promise<readonly RefusedMail[]> {
  const shards = statusQueries(mailRefusedStatus).map((query) => Array.fromAsync(queryItems(table, query)));
  const rows = (await Promise.all(shards)).flat().map((item) => fromItem<RefusedMail>(item));
  return rows
    .map(({ orderKey, failedAt, reasons }) => ({ orderKey, failedAt, reasons }))
    .toSorted((a, b) => (a.failedAt < b.failedAt ? -1 : 1));
}

/** The mail about an order; undefined when none was tried. */
export async function readMailRow({ client, name }: TableConnection, orderKey: string): Promise<MailRow | undefined> {
  const { Item: item } = await client.send(
    new GetItemCommand({ TableName: name, Key: attributeValues(mailRowKey(orderKey)), ConsistentRead: true }),
  );
  return item === undefined ? undefined : fromItem<MailRow>(item);
}

/** What became of the mail about an order, in a line. */
export function mailText({ mail, sentAt = '', mailMessageId = '', failedAt = '', reasons = [] }: MailRow): string {
  if (mail === 'sent')
    return `The customer was told by mail at ${shownTime(sentAt)} UTC (${printable(mailMessageId)}).`;
  if (mail === 'sending') return 'The mail to the customer is not sent yet: it is tried again until it is.';
  return `The mail to the customer was refused at ${shownTime(failedAt)} UTC: ${printable(reasons.join(', '))}`;
}

/**
 * Sends the event of a processed order to the notifications queue once more. The function sends the mail, unless the mail
 * was sent already.
 *
 * @throws {CommandFailed} when no such order is processed
 */
export async function askForMail(
  table: TableConnection,
  { client, url }: { readonly client: SQSClient; readonly url: string },
  orderKey: string,
): Promise<void> {
  const { order } = await readOrderRecord(table, orderKey);
  if (order === undefined) throw new CommandFailed(`No order ${orderKey} is processed, so it has no mail.`);
  const { messageId, processedAt } = order;
  const event = processedEvent({ orderId: orderKey === messageId ? null : orderKey, orderKey, messageId, processedAt });
  const { Message: body, MessageAttributes: attributes } = messageOfEvent(event);
  await client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: body, MessageAttributes: { ...attributes } }));
}
