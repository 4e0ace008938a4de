import { randomBytes, randomUUID } from 'node:crypto';
import type { Protocol, SnsModel, SubscriptionModel, TopicModel } from './model.ts';
import { checkArn, doesNotExist, invalidParameter } from './sns-errors.ts';
import type { SubscriptionSettings } from './subscription-attributes.ts';
import type { TopicSettings } from './topic-attributes.ts';
import { Subscription, Topic } from './topic.ts';

interface RegistryOptions {
  readonly region: string;
  readonly accountId: string;
}

/** All topics of the account and region: those of the template and those that clients create. */
export class TopicRegistry {
  readonly #options: RegistryOptions;
  readonly #topics = new Map<string, Topic>();
  /** Kept after the confirmation, which may be asked for twice. */
  readonly #tokens = new Map<string, Subscription>();
  /** The template's parts as last applied, by ARN. */
  #topicModels = new Map<string, TopicModel>();
  #subscriptionModels = new Map<string, SubscriptionModel>();

  constructor(options: RegistryOptions) {
    this.#options = options;
  }

  /** By ARN, in the order of the alphabet. */
  all(): Topic[] {
    return [...this.#topics.values()].toSorted((a, b) => (a.arn < b.arn ? -1 : 1));
  }

  byArn(arn: string): Topic | undefined {
    return this.#topics.get(arn);
  }

  arnOf(name: string): string {
    return `arn:aws:sns:${this.#options.region}:${this.#options.accountId}:${name}`;
  }

  /** Throws for what is no ARN, an ARN of another region, and a topic that does not exist (recorded, TestSNSMultiRegions). */
  require(arn: string): Topic {
    checkArn(arn, 'TopicArn');
    const topic = this.#topics.get(arn);
    if (topic !== undefined) return topic;
    if (arn.split(':')[3] !== this.#options.region) throw invalidParameter('TopicArn');
    throw doesNotExist('Topic');
  }

  /** The subscription with its topic; throws `NotFound`. */
  requireSubscription(arn: string): { readonly topic: Topic; readonly subscription: Subscription } {
    checkArn(arn, 'SubscriptionArn');
    const topic = this.#topics.get(arn.slice(0, arn.lastIndexOf(':')));
    const subscription = topic?.subscription(arn);
    if (topic === undefined || subscription === undefined) throw doesNotExist('Subscription');
    return { topic, subscription };
  }

  /** The subscription that a confirmation is for; undefined when it is gone. */
  byToken(token: string): Subscription | undefined {
    const subscription = this.#tokens.get(token);
    return subscription?.isActive === true ? subscription : undefined;
  }

  create(name: string, settings: TopicSettings, tags: Readonly<Record<string, string>>): Topic {
    const topic = new Topic({ name, arn: this.arnOf(name), fifo: name.endsWith('.fifo') }, settings, tags);
    this.#topics.set(topic.arn, topic);
    return topic;
  }

  delete(topic: Topic): void {
    topic.close();
    this.#topics.delete(topic.arn);
  }

  /** A new subscription, which waits for its confirmation where somebody has to confirm it. */
  subscribe(
    topic: Topic,
    target: { readonly protocol: Protocol; readonly endpoint: string },
    settings: SubscriptionSettings,
  ): Subscription {
    const needsConfirmation = target.protocol === 'email' || target.protocol === 'email-json';
    const arn = `${topic.arn}:${randomUUID()}`;
    const token = needsConfirmation ? randomBytes(144).toString('hex') : undefined;
    const subscription = new Subscription({ arn, topicArn: topic.arn, ...target }, settings, token);
    topic.add(subscription);
    if (token !== undefined) this.#tokens.set(token, subscription);
    return subscription;
  }

  /**
   * Applies the template: new topics and subscriptions appear, removed ones go, changed ones change. What clients created
   * or set stays, unless the template changed the same part since it was last applied.
   */
  applyTemplate({ topics, subscriptions }: SnsModel): void {
    const nextTopics = new Map(topics.map((model) => [model.arn, model]));
    const nextSubscriptions = new Map(subscriptions.map((model) => [model.arn, model]));
    for (const arn of this.#subscriptionModels.keys()) if (!nextSubscriptions.has(arn)) this.#removeSubscription(arn);
    for (const arn of this.#topicModels.keys()) {
      const topic = this.#topics.get(arn);
      if (topic !== undefined && !nextTopics.has(arn)) this.delete(topic);
    }
    for (const model of topics) this.#applyTopic(model);
    for (const model of subscriptions) this.#applySubscription(model);
    this.#topicModels = nextTopics;
    this.#subscriptionModels = nextSubscriptions;
  }

  #applyTopic(model: TopicModel): void {
    const topic = this.#topics.get(model.arn);
    const settings = settingsOf(model);
    if (topic === undefined) this.#topics.set(model.arn, new Topic(model, settings, model.tags));
    else if (!isSame(model, this.#topicModels.get(model.arn))) {
      topic.settings = settings;
      topic.tags = model.tags;
    }
  }

  #applySubscription(model: SubscriptionModel): void {
    const topic = this.#topics.get(model.topicArn);
    const former = topic?.subscription(model.arn);
    if (former !== undefined && isSame(model, this.#subscriptionModels.get(model.arn))) return;
    if (former !== undefined && former.protocol === model.protocol && former.endpoint === model.endpoint) {
      former.settings = model.settings;
      return;
    }
    // A client may have subscribed the endpoint before: an endpoint has one subscription to a topic.
    const others = topic?.subscriptions.filter(
      (one) => one.protocol === model.protocol && one.endpoint === model.endpoint,
    );
    for (const other of [former, ...(others ?? [])]) if (other !== undefined) topic?.remove(other);
    topic?.add(new Subscription(model, model.settings));
  }

  #removeSubscription(arn: string): void {
    const topic = this.#topics.get(arn.slice(0, arn.lastIndexOf(':')));
    const subscription = topic?.subscription(arn);
    if (topic !== undefined && subscription !== undefined) topic.remove(subscription);
  }
}

/** The settings of a template's topic. Its policies count as one, as they do once deployed. */
function settingsOf({ settings, policies }: TopicModel): TopicSettings {
  const [first] = policies;
  if (first === undefined) return settings;
  return { ...settings, policy: { ...first, Statement: policies.flatMap(({ Statement }) => Statement) } };
}

function isSame(model: object, former: object | undefined): boolean {
  return JSON.stringify(model) === JSON.stringify(former);
}
