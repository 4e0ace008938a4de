import { randomUUID } from 'node:crypto';
import type { EventStream } from '../../events.ts';

/** A mail as a service hands it over. */
export interface Mail {
  /** Name and address, or the address alone: `Shop <shop@example.com>`. */
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html?: string;
  /** Epoch milliseconds. */
  readonly atMs: number;
  /** The service that sends the mail: `ses`, `sns`. */
  readonly source: string;
  /** Default: `delivered`. */
  readonly fate?: MailFate;
  /** Why the mail was not delivered, or what followed, in a sentence. */
  readonly reason?: string;
}

/**
 * What becomes of a mail after its service has taken it. `bounced` and `suppressed` mails reach nobody. A `complained`
 * mail was delivered, and its reader calls it spam.
 */
export type MailFate = 'delivered' | 'bounced' | 'complained' | 'suppressed';

/** A mail in the mailbox. */
export interface KeptMail extends Mail {
  readonly id: string;
  readonly fate: MailFate;
}

/** How much a mailbox keeps. The oldest mails go first. */
export interface MailboxLimits {
  readonly mails: number;
  /** Of the texts and subjects of all mails together. */
  readonly characters: number;
}

const defaultLimits: MailboxLimits = { mails: 10_000, characters: 32_000_000 };

/**
 * The one mailbox of the runtime. It stands for all mailboxes of the world: whatever a service sends by mail ends here,
 * in memory, and nothing leaves this machine. Each mail is told on the event stream.
 */
export class Mailbox {
  readonly #events: EventStream;
  readonly #limits: MailboxLimits;
  /** By their ids, oldest first. */
  readonly #mails = new Map<string, KeptMail>();
  #characters = 0;
  #dropped = 0;

  constructor(events: EventStream, limits: MailboxLimits = defaultLimits) {
    this.#events = events;
    this.#limits = limits;
  }

  /** Keeps a mail, and drops the oldest ones beyond the limits. The newest mail is always kept. */
  deliver(mail: Mail): KeptMail {
    const kept: KeptMail = { fate: 'delivered', ...mail, id: randomUUID() };
    this.#mails.set(kept.id, kept);
    this.#characters += sizeOf(kept);
    for (const oldest of this.#mails.values()) {
      const isWithin = this.#mails.size <= this.#limits.mails && this.#characters <= this.#limits.characters;
      if (isWithin || oldest === kept) break;
      this.#mails.delete(oldest.id);
      this.#characters -= sizeOf(oldest);
      this.#dropped += 1;
    }
    const { id, atMs, source, from, to, subject, fate } = kept;
    this.#events.emit({ type: 'mail-delivered', atMs, id, source, from, to, subject, fate });
    return kept;
  }

  /** All mails that are kept, oldest first. */
  mails(): readonly KeptMail[] {
    return [...this.#mails.values()];
  }

  find(id: string): KeptMail | undefined {
    return this.#mails.get(id);
  }

  /** How many mails are not kept any more. */
  get dropped(): number {
    return this.#dropped;
  }
}

function sizeOf({ from, to, subject, text, html = '' }: Mail): number {
  return [from, ...to, subject, text, html].reduce((sum, part) => sum + part.length, 0);
}
