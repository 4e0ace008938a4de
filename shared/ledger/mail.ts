import { updateRequest, type UpdateRequest } from './expressions.ts';
import { type Claim } from './order-transitions.ts';
import { mailRefusedShard } from './rows.ts';

/*
 * The mail about an order: one row beside the order's, so that the order's row stays as it was written.
 *
 *     pk                 sk      what
 *     ORDER#<order key>  MAIL    the mail about a processed order, and what became of it
 *
 *   from              to       transition    condition                    if the condition fails
 *   ----------------  -------  ------------  ---------------------------  ------------------------------------------
 *   none, refused     sending  mailClaimed   –                            –
 *   sending           sending  mailClaimed   the claim is over, or gone   another delivery has it at this moment
 *   sent              –        mailClaimed   never                        sent before
 *   sending           sent     mailSent      –                            –
 *   sending           refused  mailRefused   own claim                    another delivery has it, and will say
 *   sending           sending  mailReleased  own claim; the claim goes    another delivery has it
 *
 * The claim comes first, then SES, then the word of it. A function that ends between SES and the word leaves a claim,
 * which ends by itself: the next delivery asks SES again. So a mail may be sent twice, and `tries` says that it may have
 * been. No mail is forgotten.
 */

/** What became of the mail. */
export type MailStatus = 'sending' | 'sent' | 'refused';

/** The mail about an order. */
export interface MailRow {
  readonly pk: string;
  readonly sk: 'MAIL';
  readonly orderKey: string;
  /** Not `status`, which a failure of the same order has. */
  readonly mail: MailStatus;
  /** How often SES was asked, or was about to be asked. */
  readonly tries: number;
  readonly claim?: string;
  /** ISO 8601, as all times here: when Lambda ends the function that has the claim. */
  readonly claimedUntil?: string;
  readonly sentAt?: string;
  /** Id that SES gave the mail. */
  readonly mailMessageId?: string;
  /** Of a refused mail, as are the next three: they make the sparse index `failures-by-status` list it. */
  readonly failedAt?: string;
  readonly statusShard?: string;
  readonly kind?: typeof mailRefusedKind;
  /** Name and text of the error of SES. May quote addresses. */
  readonly reasons?: readonly string[];
}

export const mailRefusedKind = 'mail-refused';

/** Key of the row of an order's mail. */
export const mailRowKey = (orderKey: string) => ({ pk: `ORDER#${orderKey}`, sk: 'MAIL' });

/** Claims the mail of an order, before SES is asked. When the condition fails, the row says why: sent, or claimed. */
export function mailClaimed(orderKey: string, { token, until }: Claim, now: string): UpdateRequest {
  return updateRequest({
    key: mailRowKey(orderKey),
    set: { orderKey, mail: 'sending' satisfies MailStatus, claim: token, claimedUntil: until },
    add: { tries: 1 },
    remove: ['failedAt', 'statusShard', 'kind', 'reasons'],
    // The SDK may send this request twice: the own claim is no other's.
    condition:
      'attribute_not_exists(#mail) OR #mail = :refused OR ' +
      '(#mail = :mail AND (attribute_not_exists(#claim) OR #claimedUntil < :now))',
    conditionValues: { refused: 'refused' satisfies MailStatus, now },
  });
}

/** SES has the mail. Whoever else may have the claim by now finds that out. */
export function mailSent(orderKey: string, mailMessageId: string, now: string): UpdateRequest {
  return updateRequest({
    key: mailRowKey(orderKey),
    set: { mail: 'sent' satisfies MailStatus, sentAt: now, mailMessageId },
    remove: ['claim', 'claimedUntil', 'failedAt', 'statusShard', 'kind', 'reasons'],
    condition: 'attribute_exists(pk)',
  });
}

/** SES will never take the mail as it is. The row waits for somebody, and an index lists it. */
export function mailRefused(orderKey: string, token: string, reason: string, now: string): UpdateRequest {
  return updateRequest({
    key: mailRowKey(orderKey),
    set: {
      mail: 'refused' satisfies MailStatus,
      failedAt: now,
      statusShard: mailRefusedShard(orderKey),
      kind: mailRefusedKind,
      reasons: [reason],
    },
    remove: ['claim', 'claimedUntil'],
    condition: '#claim = :own',
    conditionValues: { own: token },
  });
}

/** SES did not take the mail for a passing reason: the next try need not wait for the end of the claim. */
export function mailReleased(orderKey: string, token: string): UpdateRequest {
  return updateRequest({
    key: mailRowKey(orderKey),
    remove: ['claim', 'claimedUntil'],
    condition: '#claim = :own',
    conditionValues: { own: token },
  });
}
