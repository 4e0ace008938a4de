import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { Deque, Heap, type HeapItem } from './collections.ts';
import type { StoredMessage } from './message.ts';
import type { Shelf } from './shelf.ts';

/**
 * From so many receives without a delete on, a standard queue moves a message to its back, and its metric of the oldest
 * message leaves the message out. Source: SQS Developer Guide, "Available CloudWatch metrics".
 */
export const receivesOfPoison = 3;

/** What the rule of fair queues looks at: one message group of a standard queue. */
export interface TenantLoad {
  /** Messages that consumers have. */
  readonly inFlight: number;
  /** Messages that wait and are visible. */
  readonly waiting: number;
  readonly lastSentAtMs: number;
}

const noisyShare = 0.1;
const noisyMessages = 30;
const silentAfterMs = 5 * 60 * 1000;

/**
 * Whether a message group is a noisy neighbour, which gets messages only when no quiet group has any: it has more than
 * 10 % of all messages in flight, and at least 30. It is quiet again when its share has dropped, and when it has sent
 * nothing for five minutes. Source: SQS Developer Guide, "How Amazon SQS fair queues work".
 *
 * Two things are otherwise here. Waiting messages count towards the 30, because consumers on one machine seldom have 30
 * messages in flight. The share of the processing time is not measured, because its period is not documented.
 */
export function isNoisy(tenant: TenantLoad, inFlightOfAll: number, nowMs: number): boolean {
  return (
    tenant.inFlight > noisyShare * inFlightOfAll &&
    tenant.inFlight + tenant.waiting >= noisyMessages &&
    nowMs - tenant.lastSentAtMs < silentAfterMs
  );
}

/**
 * A standard queue's available messages, the oldest first: the best effort at order that AWS promises. A message that
 * comes back goes to its old place, before younger ones (recorded by LocalStack, test_inflight_message_requeue), until
 * `receivesOfPoison`. Quiet message groups go before noisy ones. With a `HandOut` the order is arbitrary.
 */
export class StandardShelf implements Shelf {
  readonly #handOut: HandOut | undefined;
  /**
   * Messages without a group. Each counts as a tenant of its own, so they are never noisy. They share one line, and
   * most queues have no other, so they cost no search for a group.
   */
  readonly #ungrouped = new Tenant(undefined);
  readonly #groups = new Map<string, Tenant>();
  /** Groups with waiting messages, by the place of their first one. */
  readonly #line = new Heap<Tenant>(({ firstPlace }) => firstPlace);
  /** Groups that had their turn put off, out of the line. At most nine can each have more than a tenth. */
  readonly #noisy = new Set<Tenant>();
  #lastPlace = 0;
  #inFlight = 0;
  receivable = 0;

  constructor(handOut: HandOut | undefined) {
    this.#handOut = handOut;
  }

  admit(): void {}

  makeAvailable(message: StoredMessage): void {
    const tenant = this.#tenantOf(message);
    const isBack = message.place > 0;
    if (isBack) this.#countInFlight(tenant, -1);
    else tenant.lastSentAtMs = message.arrivedAtMs;
    if (isBack && this.#handOut === undefined && message.receivesHere < receivesOfPoison) {
      tenant.returned.put({ message, place: message.place, heapIndex: -1 });
    } else {
      message.place = this.#lastPlace += 1;
      tenant.fresh.push(message);
    }
    tenant.waiting += 1;
    this.receivable += 1;
    if (tenant !== this.#ungrouped) this.#lineUp(tenant);
  }

  drop(message: StoredMessage, before: StoredMessage['state']): void {
    if (before === 'delayed') return;
    const tenant = this.#tenantOf(message);
    if (before === 'available') {
      tenant.waiting -= 1;
      this.receivable -= 1;
      tenant.passDead();
    } else {
      this.#countInFlight(tenant, -1);
    }
    if (tenant !== this.#ungrouped) this.#lineUp(tenant);
  }

  take(max: number, nowMs: number): StoredMessage[] {
    const possible = Math.min(max, this.receivable);
    const wanted = this.#handOut?.size(possible) ?? possible;
    const taken: StoredMessage[] = [];
    while (taken.length < wanted) {
      const tenant = this.#groups.size === 0 ? this.#ungrouped : this.#next(nowMs);
      const message = tenant?.take(this.#handOut);
      if (tenant === undefined || message === undefined) break;
      this.#countInFlight(tenant, 1);
      this.receivable -= 1;
      if (tenant !== this.#ungrouped) this.#lineUp(tenant);
      taken.push(message);
    }
    return taken;
  }

  /** The quiet tenant with the oldest message, else of the noisy ones the tenant with the fewest in flight. */
  #next(nowMs: number): Tenant | undefined {
    for (const tenant of this.#noisy) {
      if (isNoisy(tenant, this.#inFlight, nowMs)) continue;
      this.#noisy.delete(tenant);
      this.#lineUp(tenant);
    }
    const place = this.#ungrouped.first?.place ?? Infinity;
    for (let tenant = this.#line.first; tenant !== undefined; tenant = this.#line.first) {
      if (tenant.firstPlace > place) break;
      if (!isNoisy(tenant, this.#inFlight, nowMs)) return tenant;
      this.#line.remove(tenant);
      this.#noisy.add(tenant);
    }
    if (place !== Infinity) return this.#ungrouped;
    let least: Tenant | undefined;
    for (const tenant of this.#noisy) if (least === undefined || tenant.inFlight < least.inFlight) least = tenant;
    return least;
  }

  #tenantOf({ groupId }: StoredMessage): Tenant {
    if (groupId === undefined) return this.#ungrouped;
    let tenant = this.#groups.get(groupId);
    if (tenant === undefined) {
      tenant = new Tenant(groupId);
      this.#groups.set(groupId, tenant);
    }
    return tenant;
  }

  #countInFlight(tenant: Tenant, change: 1 | -1): void {
    tenant.inFlight += change;
    this.#inFlight += change;
  }

  /** Puts a group where it belongs after a change, and forgets it when it has no messages. */
  #lineUp(group: Tenant): void {
    const place = group.first?.place;
    if (place === undefined) {
      this.#line.remove(group);
      this.#noisy.delete(group);
      if (group.inFlight === 0 && group.groupId !== undefined) this.#groups.delete(group.groupId);
    } else if (!this.#noisy.has(group) && (group.heapIndex === -1 || group.firstPlace !== place)) {
      group.firstPlace = place;
      this.#line.put(group);
    }
  }
}

/** A message that waits again after consumers had it. */
interface Returned extends HeapItem {
  readonly message: StoredMessage;
  /** The message's place. */
  readonly place: number;
}

/**
 * The messages of one group, or those without one. Those that are available for the first time stand in a line, so that each costs the same
 * however many wait. A message that leaves from the middle (deleted by an old handle, expired) stays as a dead entry
 * until the front passes it.
 */
class Tenant implements TenantLoad, HeapItem {
  readonly groupId: string | undefined;
  readonly fresh = new Deque<StoredMessage>();
  readonly returned = new Heap<Returned>(({ place }) => place);
  inFlight = 0;
  waiting = 0;
  lastSentAtMs = 0;
  firstPlace = 0;
  heapIndex = -1;

  constructor(groupId: string | undefined) {
    this.groupId = groupId;
  }

  /** The message that has waited longest. */
  get first(): StoredMessage | undefined {
    return this.#returnedBeforeFresh()?.message ?? this.#firstFresh();
  }

  /** Lets the front pass the messages that have left. */
  passDead(): void {
    this.#firstFresh();
    this.#firstReturned();
  }

  /** Takes out the message that has waited longest. With a hand-out, a drawn one. */
  take(handOut: HandOut | undefined): StoredMessage | undefined {
    const returned = this.#returnedBeforeFresh();
    const message = returned?.message ?? (handOut === undefined ? this.#firstFresh() : this.#drawn(handOut));
    if (message === undefined) return undefined;
    if (returned === undefined) this.fresh.shift();
    else this.returned.remove(returned);
    this.waiting -= 1;
    return message;
  }

  #returnedBeforeFresh(): Returned | undefined {
    const returned = this.#firstReturned();
    if (returned === undefined) return undefined;
    const fresh = this.#firstFresh();
    return fresh === undefined || returned.place < fresh.place ? returned : undefined;
  }

  /** Brings one of the first messages to the front. */
  #drawn(handOut: HandOut): StoredMessage | undefined {
    while (this.#firstFresh() !== undefined) {
      this.fresh.bringForward(handOut.pick(this.fresh.length));
      if (this.fresh.first?.state === 'available') return this.fresh.first;
    }
    return undefined;
  }

  #firstFresh(): StoredMessage | undefined {
    while (this.fresh.length > 0 && this.fresh.first?.state !== 'available') this.fresh.shift();
    return this.fresh.first;
  }

  #firstReturned(): Returned | undefined {
    for (let first = this.returned.first; first !== undefined; first = this.returned.first) {
      if (first.message.state === 'available') return first;
      this.returned.remove(first);
    }
    return undefined;
  }
}

/**
 * AWS spreads a standard queue over many servers and a receive asks a sample of them: consumers see messages in no
 * order, and fewer than they asked for while more wait. A hand-out does the same, repeatably for a seed.
 */
export interface HandOut {
  /** How many of `possible` (>= 0) messages a receive gets: 1 to `possible`. */
  size(possible: number): number;
  /** Which of the first `waiting` (>= 1) messages comes next, from 0. */
  pick(waiting: number): number;
}

/** Only so many messages at the front are sampled, so that none waits for ever. */
const window = 100;

/** Arbitrary, but the same for a seed and a queue's name. */
export function seededHandOut(seed: number, queueName: string): HandOut {
  let mixed = seed | 0;
  for (const character of queueName) mixed = (Math.imul(mixed, 31) + (character.codePointAt(0) ?? 0)) | 0;
  const random = xoroshiro128plus(mixed);
  return {
    size: (possible) => (possible <= 1 ? possible : uniformInt(random, 1, possible)),
    pick: (waiting) => uniformInt(random, 0, Math.min(waiting, window) - 1),
  };
}
