import { ResourceList } from '../../assembly/draft.ts';
import type { Declared } from '../../assembly/model.ts';
import type { PolicyDocument } from '../iam/model.ts';
import type { SubscriptionSettings } from './subscription-attributes.ts';
import type { TopicSettings } from './topic-attributes.ts';

/** SNS's part of the model. */
export interface SnsModel {
  readonly topics: readonly TopicModel[];
  readonly subscriptions: readonly SubscriptionModel[];
}

/** `AWS::SNS::Topic`, with the policies that name it. */
export interface TopicModel extends Declared {
  readonly name: string;
  readonly arn: string;
  readonly fifo: boolean;
  readonly settings: TopicSettings;
  readonly kmsMasterKeyId?: string;
  readonly tags: Readonly<Record<string, string>>;
  /** As written by `AWS::SNS::TopicPolicy`; empty: the default policy counts. */
  readonly policies: readonly PolicyDocument[];
}

/** How messages are delivered here. */
export type Protocol = 'sqs' | 'lambda' | 'email' | 'email-json';

/** `AWS::SNS::Subscription`, or an entry of the topic's `Subscription`. */
export interface SubscriptionModel extends Declared {
  readonly arn: string;
  readonly topicArn: string;
  readonly protocol: Protocol;
  /** ARN of a queue or a function, or a mail address. */
  readonly endpoint: string;
  readonly settings: SubscriptionSettings;
}

/** A topic of a template, before the policies that name it are attached. */
export type DeclaredTopic = Omit<TopicModel, 'policies'>;

export const declaredTopics = new ResourceList<DeclaredTopic>();

export const declaredSubscriptions = new ResourceList<SubscriptionModel & { readonly type: string }>();

/** `AWS::SNS::TopicPolicy`, by the ARNs of its topics. */
export const declaredTopicPolicies = new ResourceList<{
  readonly topicArns: readonly string[];
  readonly document: PolicyDocument;
}>();
