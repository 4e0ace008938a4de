import { randomUUID } from 'node:crypto';
import type { PolicyDocument } from '../iam/model.ts';
import type { Protocol } from './model.ts';
import type { SubscriptionSettings } from './subscription-attributes.ts';
import type { SubscriptionCounts, TopicSettings } from './topic-attributes.ts';

/** Who is told what is published to a topic. */
export class Subscription {
  readonly arn: string;
  readonly topicArn: string;
  readonly protocol: Protocol;
  /** ARN of a queue or a function, or a mail address. */
  readonly endpoint: string;
  settings: SubscriptionSettings;
  /** What confirms the subscription; undefined: it is confirmed. */
  token: string | undefined;
  /** Whether the confirmation was a call with credentials, without which nobody can unsubscribe later. */
  authenticated: boolean;
  /** False when it was taken from its topic: what was on its way to it goes nowhere. */
  isActive = true;

  constructor(
    identity: Pick<Subscription, 'arn' | 'topicArn' | 'protocol' | 'endpoint'>,
    settings: SubscriptionSettings,
    token?: string,
  ) {
    this.arn = identity.arn;
    this.topicArn = identity.topicArn;
    this.protocol = identity.protocol;
    this.endpoint = identity.endpoint;
    this.settings = settings;
    this.token = token;
    this.authenticated = token === undefined;
  }

  /** Makes messages go there. To confirm twice is no error. */
  confirm(authenticated: boolean): void {
    if (this.token === undefined) return;
    this.token = undefined;
    this.authenticated = authenticated;
  }
}

/** SNS Developer Guide, "Amazon SNS message deduplication for FIFO topics". */
const deduplicationMs = 5 * 60 * 1000;

/** What the publisher of a message is told, and of each duplicate of it. */
export interface Accepted {
  readonly messageId: string;
  /** FIFO topics only: 20 digits. */
  readonly sequenceNumber?: string;
}

/** A topic: its attributes, its subscriptions, and what it accepted of late. */
export class Topic {
  readonly name: string;
  readonly arn: string;
  readonly fifo: boolean;
  settings: TopicSettings;
  tags: Readonly<Record<string, string>>;
  readonly #subscriptions = new Map<string, Subscription>();
  #deletedSubscriptions = 0;
  #sequence = 0;
  /** All entries live equally long, so the oldest stand first. */
  readonly #accepted = new Map<string, { readonly accepted: Accepted; readonly untilMs: number }>();

  constructor(
    identity: { readonly name: string; readonly arn: string; readonly fifo: boolean },
    settings: TopicSettings,
    tags: Readonly<Record<string, string>>,
  ) {
    this.name = identity.name;
    this.arn = identity.arn;
    this.fifo = identity.fifo;
    this.settings = settings;
    this.tags = tags;
  }

  /** Null when nobody has set one: the default policy allows nothing that a caller of the account may not do anyway. */
  get policy(): PolicyDocument | null {
    return this.settings.policy ?? null;
  }

  /** In the order in which they were made. */
  get subscriptions(): readonly Subscription[] {
    return [...this.#subscriptions.values()];
  }

  get counts(): SubscriptionCounts {
    const pending = this.subscriptions.filter(({ token }) => token !== undefined).length;
    return { confirmed: this.#subscriptions.size - pending, pending, deleted: this.#deletedSubscriptions };
  }

  subscription(arn: string): Subscription | undefined {
    return this.#subscriptions.get(arn);
  }

  add(subscription: Subscription): void {
    this.#subscriptions.set(subscription.arn, subscription);
  }

  remove(subscription: Subscription): void {
    subscription.isActive = false;
    if (this.#subscriptions.delete(subscription.arn)) this.#deletedSubscriptions += 1;
  }

  /** Ends all subscriptions, because the topic goes. */
  close(): void {
    for (const subscription of this.#subscriptions.values()) subscription.isActive = false;
    this.#subscriptions.clear();
  }

  /**
   * Takes a message. A message with the deduplication id of another one of the last five minutes is taken as well, is
   * answered like the other one, and goes nowhere (API reference of Publish, `MessageDeduplicationId`).
   */
  accept(
    { groupId, deduplicationId }: { readonly groupId?: string; readonly deduplicationId?: string },
    nowMs: number,
  ): Accepted & { readonly isDuplicate: boolean } {
    if (!this.fifo || deduplicationId === undefined) return { messageId: randomUUID(), isDuplicate: false };
    for (const [key, { untilMs }] of this.#accepted) {
      if (untilMs > nowMs) break;
      this.#accepted.delete(key);
    }
    const scope = this.settings.fifoThroughputScope === 'MessageGroup' ? groupId : undefined;
    const key = JSON.stringify([deduplicationId, scope]);
    const earlier = this.#accepted.get(key);
    if (earlier !== undefined) return { ...earlier.accepted, isDuplicate: true };
    const accepted = { messageId: randomUUID(), sequenceNumber: this.#nextSequenceNumber() };
    this.#accepted.set(key, { accepted, untilMs: nowMs + deduplicationMs });
    return { ...accepted, isDuplicate: false };
  }

  /** 20 digits that grow from message to message (API reference of PublishResponse, `SequenceNumber`). */
  #nextSequenceNumber(): string {
    this.#sequence += 1;
    return `1${String(this.#sequence * 1000).padStart(19, '0')}`;
  }
}
