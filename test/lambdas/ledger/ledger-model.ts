/**
 * What the table must hold, as plainly as it can be said: a map of processed orders and a map of failures. Everything
 * happens at one moment, nothing is conditional but what stands in an `if`.
 */
export interface Sent {
  readonly messageId: string;
  readonly body: Body;
  /** Of a replay: the failure that it comes from, in which of its lives, and which replay of it this is. */
  readonly replayOf?: Life & { readonly orderKey: string; readonly failureId: string; readonly count: number };
}

export interface Body {
  readonly text: string;
  /** The same for all layouts of the same order. */
  readonly content: string;
  readonly orderId: string | null;
  readonly valid: boolean;
}

/** A failure that was purged and is written down again has another life. */
interface Life {
  readonly life: number;
}

export interface ModelFailure extends Life {
  readonly orderKey: string;
  readonly failureId: string;
  readonly status: 'failed' | 'replayed' | 'processed';
  readonly kind: string;
  readonly body: Body;
  readonly replayCount: number;
  /** Messages that were written down here. */
  readonly recorded: readonly string[];
  /** `event message` for each entry, the message left out where there is none. */
  readonly history: readonly string[];
}

/** How the work on an order ends. `crashed`: its function ends after the work, before the order is written. */
export type Ending = 'done' | 'failed' | 'refused' | 'crashed';

export class LedgerModel {
  /** Bodies of the processed orders. */
  readonly orders = new Map<string, Body>();
  readonly failures = new Map<string, ModelFailure>();
  #lives = 0;
  /** Messages whose order the processing refused. */
  readonly #refused = new Set<string>();
  /** Failures of valid orders that were not processed then: they end well with any copy that is. */
  readonly #copies: { readonly key: string; readonly failureId: string; readonly content: string }[] = [];

  /** process-orders gets a message. @param ending of the work. @returns whether the message may be deleted */
  process(sent: Sent, ending: Ending): boolean {
    const key = keyOf(sent);
    const written = this.orders.get(key);
    if (!sent.body.valid || (written !== undefined && written.content !== sent.body.content)) return false;
    if (written === undefined) {
      // The work of a refused message is not asked again.
      if (ending === 'refused') this.#refused.add(sent.messageId);
      if (ending !== 'done' || this.#refused.has(sent.messageId)) return false;
      this.orders.set(key, sent.body);
    }
    this.#endsWell(sent);
    return true;
  }

  /** failed-orders gets a message: one that process-orders did not want, or never had a chance to. */
  fail(sent: Sent): void {
    const { messageId, body } = sent;
    // A replay of a failure that was purged meanwhile, or has another body by now, is a message like any other.
    const replayed = this.#inItsLife(sent.replayOf);
    const belongs = replayed?.recorded.includes(messageId) === true || replayed?.body.content === body.content;
    const replayOf = belongs ? sent.replayOf : undefined;
    const key = keyOf(sent);
    const written = this.orders.get(key);
    if (body.valid && written?.content === body.content) {
      this.#copies.push({ key, failureId: messageId, content: body.content });
      return this.#endsWell(sent);
    }
    const kind = this.#kindOf(sent, written !== undefined);

    const { orderKey, failureId } = replayOf ?? { orderKey: key, failureId: messageId };
    const former = this.failures.get(failureId);
    const { recorded = [], history = [], replayCount = 0 } = former ?? {};
    if (kind === 'out-of-attempts' || kind === 'refused') this.#copies.push({ key, failureId, content: body.content });
    if (recorded.includes(messageId)) return;
    const story = { recorded: [...recorded, messageId], history: [...history, `failed ${messageId}`] };
    const isOvertaken = former !== undefined && replayOf !== undefined && replayCount > replayOf.count;
    if (isOvertaken) this.#put({ ...former, ...story });
    else {
      const count = replayOf?.count ?? replayCount;
      const life = former?.life ?? (this.#lives += 1);
      this.#put({ ...story, life, orderKey, failureId, status: 'failed', kind, body, replayCount: count });
    }
  }

  #kindOf({ messageId, body }: Sent, idIsTaken: boolean): string {
    if (!body.valid) return 'invalid';
    if (this.#refused.has(messageId)) return 'refused';
    return idIsTaken ? 'conflicting-id' : 'out-of-attempts';
  }

  /** A person's replay was sent, for a failure as it was `seen`, and is marked now. */
  markReplayed(seen: ModelFailure, messageId: string): void {
    const now = this.#inItsLife(seen);
    if (now === undefined) return;
    const history = [...now.history, `replayed ${messageId}`];
    if (isAsSeen(now, seen)) this.#put({ ...now, history, status: 'replayed', replayCount: now.replayCount + 1 });
    else this.#put({ ...now, history });
  }

  edit(seen: ModelFailure, body: Body): void {
    const now = this.failures.get(seen.failureId);
    if (now?.status !== 'failed' || !isAsSeen(now, seen)) return;
    this.#put({ ...now, body, history: [...now.history, 'edited'] });
  }

  purge(seen: ModelFailure): void {
    const now = this.failures.get(seen.failureId);
    if (now !== undefined && isAsSeen(now, seen)) this.failures.delete(seen.failureId);
  }

  /** So does the failure that it was replayed from, and every one of a copy, unless it was edited since. */
  #endsWell(sent: Sent): void {
    const key = keyOf(sent);
    const copies = this.#copies.filter((copy) => copy.key === key && copy.content === sent.body.content);
    const replayed = this.#inItsLife(sent.replayOf);
    for (const failureId of [...(replayed === undefined ? [] : [replayed]), ...copies].map((each) => each.failureId)) {
      const failure = this.failures.get(failureId);
      if (failure?.body.content !== sent.body.content || failure.status === 'processed') continue;
      this.#put({ ...failure, status: 'processed', history: [...failure.history, `processed ${sent.messageId}`] });
    }
  }

  /** The failure, unless it was purged since. What was written down again after that is another life. */
  #inItsLife(seen: (Life & { readonly failureId: string }) | undefined): ModelFailure | undefined {
    const now = this.failures.get(seen?.failureId ?? '');
    return now?.life === seen?.life ? now : undefined;
  }

  #put(failure: ModelFailure): void {
    this.failures.set(failure.failureId, failure);
  }
}

function keyOf({ messageId, body, replayOf }: Sent): string {
  return body.orderId ?? replayOf?.orderKey ?? messageId;
}

/** Whatever happens to a failure makes its history longer. */
function isAsSeen(now: ModelFailure, seen: ModelFailure): boolean {
  return now.life === seen.life && now.status === seen.status && now.history.length === seen.history.length;
}
