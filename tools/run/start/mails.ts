import type { RuntimeEvent } from 'local-aws';
import { readOrderEvent } from '../../../shared/order-event.ts';
import { counted } from '../../orders/terminal/progress.ts';
import type { MailRows } from '../local-pipeline.ts';

/** A mail as the outcome of a run shows it. */
interface ShownMail {
  readonly to: string;
  readonly subject: string;
}

/** What became of the mails of a run. */
export interface MailCounts {
  /** Mails that SES took, each once, however often it was asked. */
  readonly sent: number;
  /** Mails that SES was asked for again and took again, because a function had ended before it could write that down. */
  readonly repeats: number;
  /** The first few of those that were sent. */
  readonly first: readonly ShownMail[];
  /** Mails that SES will never take, by their orders. */
  readonly refused: readonly { readonly orderKey: string; readonly reasons: readonly string[] }[];
  /** Processed orders that name an address. Undefined when the run was interrupted. */
  readonly addressed?: number;
}

const mostShown = 3;

/** Follows the mails of a run by the runtime's events: what the topic tells, what the queue is rid of, what SES took. */
export class MailsOfRun {
  readonly #names: { readonly topic: string; readonly queue: string };
  readonly #sent = new Set<string>();
  readonly #first: ShownMail[] = [];
  #taken = 0;
  #told = 0;
  #done = 0;
  #lastDoneAtMs = 0;

  /** @param names the topic of events, and the queue that gets those of processed orders */
  constructor(names: { readonly topic: string; readonly queue: string }) {
    this.#names = names;
  }

  add(event: RuntimeEvent): void {
    if (event.type === 'messages-published' && event.topicName === this.#names.topic) {
      this.#told += event.messages.filter(({ body }) => readOrderEvent(body)?.type === 'order.processed').length;
    } else if (event.type === 'batch-ended' && event.queueName === this.#names.queue) {
      const ended = event.deleted.length + (event.gone?.length ?? 0);
      if (ended === 0) return;
      this.#done += ended;
      this.#lastDoneAtMs = event.atMs;
    } else if (event.type === 'mail-delivered' && event.source === 'ses') {
      this.#addMail({ to: event.to.join(', '), subject: event.subject });
    }
  }

  /** Notifications that notify-customers is not done with. */
  get pending(): number {
    return Math.max(0, this.#told - this.#done);
  }

  /** When the last notification was done (ms since the epoch); 0 before the first. */
  get lastDoneAtMs(): number {
    return this.#lastDoneAtMs;
  }

  /** @param rows what the orders table knows; undefined when nobody could ask */
  counts(rows?: MailRows): MailCounts {
    return {
      sent: this.#sent.size,
      repeats: this.#taken - this.#sent.size,
      first: [...this.#first],
      refused: (rows?.refused ?? []).map(({ orderKey, reasons }) => ({ orderKey, reasons })),
      ...(rows !== undefined && { addressed: rows.addressed }),
    };
  }

  /** Why the mails are not those of the processed orders with an address, or undefined. */
  disagreement(rows: MailRows): string | undefined {
    const { sent, refused } = this.counts(rows);
    if (sent + refused.length === rows.addressed) return undefined;
    return (
      `The mails disagree: ${sent} were sent and ${refused.length} refused, and the orders table has ` +
      `${counted(rows.addressed, 'processed order')} with an address.`
    );
  }

  /** The mail about an order is always the same one. */
  #addMail(mail: ShownMail): void {
    this.#taken += 1;
    const key = `${mail.to}\n${mail.subject}`;
    if (this.#sent.has(key)) return;
    this.#sent.add(key);
    if (this.#first.length < mostShown) this.#first.push(mail);
  }
}

/** The lines about mails in the outcome. */
export function mailLines({ sent, repeats, first, refused }: MailCounts): string[] {
  const again = repeats === 0 ? '' : ` ${counted(repeats, 'mail')} went out again.`;
  const notShown = sent - first.length;
  const named = refused.slice(0, mostShown);
  return [
    `Mails: ${sent} sent${refused.length === 0 ? '' : `, ${refused.length} refused`}.${again}`,
    ...first.map(({ to, subject }) => `  ${to}: ${subject}`),
    ...(notShown > 0 ? [`  … and ${notShown} more`] : []),
    ...named.map(({ orderKey, reasons }) => `  refused, order ${orderKey}: ${reasons.join(', ')}`),
    ...(refused.length > named.length ? [`  … and ${refused.length - named.length} more refused`] : []),
  ];
}
