import { attributeValues, fromItem } from '../../shared/ledger/expressions.ts';
import { mailClaimed, mailRefused, mailReleased, type MailRow, mailSent } from '../../shared/ledger/mail.ts';
import { type OrderRow, orderRowKey } from '../../shared/ledger/rows.ts';
import type { ProcessedEvent } from '../../shared/order-event.ts';
import type { TableClient } from '../common/table-client.ts';
import { mailedOrderOf, mailOf } from './mail-text.ts';
import { MailRefused, type SendMail } from './send-mail.ts';

/** What became of the mail about an order. Once this resolves, the notification may be deleted. */
export type Notified =
  | { readonly result: 'sent'; readonly mailMessageId: string; readonly tries: number }
  | { readonly result: 'sent-before' | 'no-address' }
  | { readonly result: 'refused'; readonly code: string; readonly tries: number };

/** Tells the customer of a processed order. Rejects for whatever may pass: the notification has to come again. */
export type NotifyCustomer = (event: ProcessedEvent, time: NotificationTime) => Promise<Notified>;

/** The time that a batch has. */
export interface NotificationTime {
  readonly signal: AbortSignal;
  /** Milliseconds until Lambda ends the function. */
  readonly remainingMs: () => number;
}

/** Another delivery of the notification asks SES at this moment. */
class MailClaimed extends Error {
  override readonly name = 'MailClaimed';

  constructor(until: string) {
    super(`Another delivery sends the mail, until ${until} at most.`);
  }
}

/** An event tells of an order that the table does not have: another table, or a row that somebody deleted. */
class OrderMissing extends Error {
  override readonly name = 'OrderMissing';

  constructor() {
    super('The orders table has no processed order for the event.');
  }
}

interface Surroundings {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Makes the tokens of claims, no two of which may be the same. */
  readonly newToken: () => string;
}

/**
 * Claims, sends, writes down: shared/ledger/mail.ts says why in this order. The event has no personal data, so the
 * address comes from the order's row.
 */
export function notifyCustomerIn(
  table: TableClient,
  sendMail: SendMail,
  { now, newToken }: Surroundings,
): NotifyCustomer {
  const time = (afterMs = 0) => new Date(now() + afterMs).toISOString();

  return async ({ orderKey }, { signal, remainingMs }) => {
    const Key = attributeValues(orderRowKey(orderKey));
    const item = await table.get({ Key, ProjectionExpression: 'body, contentHash' }, signal);
    const { body, contentHash } = fromItem<Partial<OrderRow>>(item ?? {});
    if (body === undefined || contentHash === undefined) throw new OrderMissing();
    const order = mailedOrderOf(body);
    if (order === null) return { result: 'no-address' };

    const token = newToken();
    const claimed = await table.update(mailClaimed(orderKey, { token, until: time(remainingMs()) }, time()), signal);
    const row = fromItem<Partial<MailRow>>((claimed.kind === 'written' ? claimed.old : claimed.row) ?? {});
    if (claimed.kind === 'condition-failed' && row.claim !== token) {
      if (row.mail === 'sent') return { result: 'sent-before' };
      throw new MailClaimed(row.claimedUntil ?? '');
    }
    // The row for which the condition failed has our own claim already, when the SDK sent the request twice.
    const tries = claimed.kind === 'written' ? (row.tries ?? 0) + 1 : (row.tries ?? 1);

    let mailMessageId: string;
    try {
      mailMessageId = await sendMail(mailOf(order), signal);
    } catch (error) {
      if (!(error instanceof MailRefused)) {
        await table.update(mailReleased(orderKey, token), signal);
        throw error;
      }
      await table.update(mailRefused(orderKey, token, error.message.slice(0, mostReasonCharacters), time()), signal);
      return { result: 'refused', code: error.code, tries };
    }
    await table.update(mailSent(orderKey, mailMessageId, time()), signal);
    return { result: 'sent', mailMessageId, tries };
  };
}

/** SES's texts are a sentence or two. */
const mostReasonCharacters = 1_000;
