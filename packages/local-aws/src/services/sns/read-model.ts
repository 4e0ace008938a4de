import { type Draft, refuseSameNames } from '../../assembly/draft.ts';
import { refusedByAws } from '../../assembly/error-codes.ts';
import {
  declaredSubscriptions,
  type DeclaredTopic,
  declaredTopicPolicies,
  declaredTopics,
  type SnsModel,
  type SubscriptionModel,
  type TopicModel,
} from './model.ts';

/** SNS's part of the model: the topics with the policies of all stacks, and who is told. */
export function readSnsModel(draft: Draft): SnsModel {
  const topics = draft.all(declaredTopics);
  refuseSameNames('topics', topics);
  const arns = new Set(topics.map(({ arn }) => arn));
  const subscriptions = draft.all(declaredSubscriptions).flatMap(({ type, ...subscription }) => {
    if (arns.has(subscription.topicArn)) return [subscription];
    const { stack, logicalId, topicArn } = subscription;
    const reason = `No stack has the topic ${topicArn}, and nobody publishes to it here.`;
    draft.skip({ stack, logicalId, type, reason });
    return [];
  });
  return { topics: topics.map((topic) => withPolicies(topic, draft)), subscriptions: distinct(subscriptions) };
}

/** An endpoint has one subscription to a topic: Subscribe answers the one that is there, if nothing of it differs. */
function distinct(subscriptions: readonly SubscriptionModel[]): SubscriptionModel[] {
  const byTarget = new Map<string, SubscriptionModel>();
  for (const subscription of subscriptions) {
    const { topicArn, protocol, endpoint, settings, stack, logicalId } = subscription;
    const target = JSON.stringify([topicArn, protocol, endpoint]);
    const first = byTarget.get(target) ?? subscription;
    byTarget.set(target, first);
    if (JSON.stringify(first.settings) === JSON.stringify(settings)) continue;
    throw refusedByAws(
      'InvalidParameter',
      'Invalid parameter: Attributes Reason: Subscription already exists with different attributes',
      `Make one subscription of this one and ${first.logicalId}, or give both the same attributes.`,
      { stack, logicalId },
    );
  }
  return [...byTarget.values()];
}

function withPolicies(topic: DeclaredTopic, draft: Draft): TopicModel {
  const own = draft.all(declaredTopicPolicies).filter(({ topicArns }) => topicArns.includes(topic.arn));
  return { ...topic, policies: own.map(({ document }) => document) };
}
