import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type Clock, type Random, sleep, systemClock } from 'local-aws';

/** What the service did for a key. */
export interface Label {
  readonly body: string;
  /** Requests with the key. */
  readonly requests: number;
  /** Labels that were made: a service that honours keys makes one. */
  readonly made: number;
}

/** Faults of the service. */
const kinds = ['fails', 'fails-after', 'drops-after', 'hangs', 'hangs-after', 'late', 'makes-late', 'down'] as const;
type Kind = (typeof kinds)[number];

/** Of a request. Most requests meet none. */
const probability = 0.12;
/** A hanging request takes the function's whole time, in the machine's time. */
const most: Readonly<Record<Kind, number>> = {
  fails: 4,
  'fails-after': 4,
  'drops-after': 4,
  hangs: 1,
  'hangs-after': 1,
  late: 3,
  'makes-late': 2,
  down: 1,
};
const lateMs = 200;
/** On the runtime's clock: longer than all tries of an order take. */
const longestDownMs = 600_000;
/** One order in so many is one that the service refuses for ever. */
const refusedOneIn = 16;

/** Whether the service refuses the order with this key. The same key has the same answer at any time. */
export function isRefused(idempotencyKey: string): boolean {
  return Number.parseInt(idempotencyKey.slice(0, 4), 16) % refusedOneIn === 0;
}

/** Why, as the service says it. */
export const refusal = 'no carrier goes there';

/**
 * An HTTP service outside of the pipeline, which makes a label for each order: once for each idempotency key. It fails,
 * hangs, answers late, and does its work although the client has gone.
 */
export class LabelService implements AsyncDisposable {
  readonly labels = new Map<string, Label>();
  /** Requests with a key that had another body before: such a service answers 409. */
  readonly mismatches: string[] = [];
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  readonly #counts = new Map<Kind, number>();
  readonly #under = new Set<Promise<unknown>>();
  readonly #random: Random;
  readonly #clock: Clock;
  #stopped = false;
  #downUntilMs = -Infinity;

  private constructor(random: Random, clock: Clock) {
    this.#random = random;
    this.#clock = clock;
  }

  /** @param clock of the runtime: for how long the service is down */
  static async start(random: Random, clock: Clock): Promise<LabelService> {
    const service = new LabelService(random, clock);
    service.#server.listen(0, '127.0.0.1');
    await once(service.#server, 'listening');
    return service;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** From now on the service works. */
  stopFaults(): void {
    this.#stopped = true;
  }

  /** Settles when the service does nothing any more, also for clients that are gone. */
  async quiet(): Promise<void> {
    while (this.#under.size > 0) await Promise.allSettled(this.#under);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await this.quiet();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body: string;
    try {
      body = await text(request);
    } catch {
      // The client went while it sent.
      return;
    }
    const key = String(request.headers['idempotency-key']);
    const answer = (status: number, words: string) => response.writeHead(status).end(words);
    const kind = this.#draw();
    if (kind === 'down') this.#downUntilMs = this.#clock.now() + this.#random() * longestDownMs;
    if (this.#isDown()) return void answer(503, 'down');
    if (kind === 'fails') return void answer(500, 'failed');
    if (kind === 'hangs') return;
    if (kind === 'makes-late') {
      const late = sleep(systemClock, lateMs).then(() => this.#make(key, body));
      this.#under.add(late);
      void late.finally(() => this.#under.delete(late));
      return void request.socket.destroy();
    }
    const [status, words] = this.#make(key, body);
    if (kind === 'fails-after') return void answer(500, 'failed after it was done');
    if (kind === 'drops-after') return void request.socket.destroy();
    if (kind === 'hangs-after') return;
    if (kind === 'late') await sleep(systemClock, lateMs);
    answer(status, words);
  }

  #make(key: string, body: string): readonly [number, string] {
    const known = this.labels.get(key);
    if (known !== undefined && known.body !== body) {
      this.mismatches.push(key);
      return [409, 'the key belongs to another request'];
    }
    if (isRefused(key)) return [422, refusal];
    this.labels.set(key, { body, requests: (known?.requests ?? 0) + 1, made: known?.made ?? 1 });
    return [201, 'made'];
  }

  #isDown(): boolean {
    return !this.#stopped && this.#clock.now() < this.#downUntilMs;
  }

  #draw(): Kind | undefined {
    if (this.#stopped || this.#random() >= probability) return undefined;
    const kind = kinds[Math.floor(this.#random() * kinds.length)]!;
    const count = this.#counts.get(kind) ?? 0;
    if (count >= most[kind]) return undefined;
    this.#counts.set(kind, count + 1);
    return kind;
  }
}
