import type { JsonObject, Operation } from '../../../endpoint/api.ts';
import {
  attributeMap,
  attributesOf,
  page,
  requiredText,
  type SnsContext,
  textOf,
  topicOperation,
} from '../operation-input.ts';
import { checkArn, invalidParameter, invalidParameterInWords } from '../sns-errors.ts';
import {
  changeSubscription,
  defaultSubscriptionSettings,
  subscriptionAttributes,
  type SubscriptionSettings,
} from '../subscription-attributes.ts';
import { checkTarget } from '../subscription-target.ts';
import type { Subscription, Topic } from '../topic.ts';

const subscribeShapes = {
  input: { Protocol: 'string', Endpoint: 'string', Attributes: attributeMap, ReturnSubscriptionArn: 'boolean' },
  output: {},
} as const;

/** An endpoint has one subscription to a topic; asking again is no error (recorded by LocalStack, test_subscribe_idempotency). */
export const subscribe = (sns: SnsContext): Operation =>
  topicOperation(sns, 'Subscribe', subscribeShapes, (topic, input) => {
    const endpoint = textOf(input, 'Endpoint');
    const protocol = checkTarget(textOf(input, 'Protocol'), endpoint, topic.fifo);
    const attributes = attributesOf(input);
    const place = { fifoTopic: topic.fifo, endpoint };
    const settings = changeSubscription(defaultSubscriptionSettings, attributes, place, 'Subscribe');
    const existing = topic.subscriptions.find((one) => one.protocol === protocol && one.endpoint === endpoint);
    if (existing !== undefined) checkSame(existing.settings, settings, attributes);
    const subscription = existing ?? sns.topics.subscribe(topic, { protocol, endpoint }, settings);
    const { token, arn } = subscription;
    if (token === undefined) return { SubscriptionArn: arn };
    sns.askForConfirmation(subscription, token);
    return { SubscriptionArn: input['ReturnSubscriptionArn'] === true ? arn : 'pending confirmation' };
  });

function checkSame(
  present: SubscriptionSettings,
  wanted: SubscriptionSettings,
  attributes: Readonly<Record<string, string>>,
): void {
  const [was, is] = [subscriptionAttributes(present), subscriptionAttributes(wanted)];
  if (Object.keys(attributes).every((name) => was[name] === is[name])) return;
  throw invalidParameter('Attributes Reason: Subscription already exists with different attributes');
}

/** The token is what the mail to the subscriber has (messages recorded by LocalStack, test_sns_confirm_subscription_wrong_token). */
export const confirmSubscription = (sns: SnsContext): Operation => ({
  input: { members: { TopicArn: 'string', Token: 'string', AuthenticateOnUnsubscribe: 'string' } },
  output: { members: {} },
  permissions: (input) => [{ action: 'sns:ConfirmSubscription', resource: textOf(input, 'TopicArn') }],
  run(input) {
    const token = textOf(input, 'Token');
    checkArn(textOf(input, 'TopicArn'), 'TopicArn');
    if (!/^[0-9a-f]{288}$/.test(token)) throw invalidParameterInWords('Invalid token');
    const subscription = sns.topics.byToken(token);
    if (subscription === undefined) throw invalidParameter('Token');
    subscription.confirm(input['AuthenticateOnUnsubscribe'] === 'true');
    return { SubscriptionArn: subscription.arn };
  },
});

/** A subscription that is not there is no error (recorded, test_unsubscribe_from_non_existing_subscription). */
export const unsubscribe = (sns: SnsContext): Operation => ({
  input: { members: { SubscriptionArn: 'string' } },
  permissions: () => [{ action: 'sns:Unsubscribe', resource: '*' }],
  run(input) {
    const arn = requiredText(input, 'SubscriptionArn');
    checkArn(arn, 'SubscriptionArn');
    if (!/:[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/.test(arn)) throw invalidParameter('SubscriptionId');
    const topic = sns.topics.byArn(arn.slice(0, arn.lastIndexOf(':')));
    const subscription = topic?.subscription(arn);
    if (subscription !== undefined) topic?.remove(subscription);
    return {};
  },
});

/** One that waits for its confirmation has no ARN in lists (recorded by LocalStack, test_sns_topic_update_attributes). */
function listed({ arn, token, topicArn, protocol, endpoint }: Subscription, owner: string): JsonObject {
  const SubscriptionArn = token === undefined ? arn : 'PendingConfirmation';
  return { SubscriptionArn, Owner: owner, Protocol: protocol, Endpoint: endpoint, TopicArn: topicArn };
}

export const listSubscriptions = (sns: SnsContext): Operation => ({
  input: { members: { NextToken: 'string' } },
  output: { members: {} },
  permissions: () => [{ action: 'sns:ListSubscriptions', resource: '*' }],
  run: (input) => subscriptionPage(sns, sns.topics.all(), input),
});

const pageShapes = { input: { NextToken: 'string' }, output: {} } as const;

export const listSubscriptionsByTopic = (sns: SnsContext): Operation =>
  topicOperation(sns, 'ListSubscriptionsByTopic', pageShapes, (topic, input) => subscriptionPage(sns, [topic], input));

function subscriptionPage({ accountId }: SnsContext, topics: readonly Topic[], input: JsonObject): JsonObject {
  const all = topics.flatMap(({ subscriptions }) => subscriptions);
  const { items, next } = page(all, input);
  return { Subscriptions: items.map((subscription) => listed(subscription, accountId)), ...next };
}

/** These have no resource in policies (Service Authorization Reference, "Actions defined by Amazon SNS"). */
const onAll = (action: string) => () => [{ action: `sns:${action}`, resource: '*' }];

export const getSubscriptionAttributes = (sns: SnsContext): Operation => ({
  input: { members: { SubscriptionArn: 'string' } },
  output: { members: { Attributes: attributeMap } },
  permissions: onAll('GetSubscriptionAttributes'),
  run(input) {
    const { subscription } = sns.topics.requireSubscription(requiredText(input, 'SubscriptionArn'));
    const { arn, topicArn, protocol, endpoint, token, authenticated, settings } = subscription;
    return {
      Attributes: {
        SubscriptionPrincipal: `arn:aws:iam::${sns.accountId}:root`,
        Owner: sns.accountId,
        TopicArn: topicArn,
        Endpoint: endpoint,
        Protocol: protocol,
        PendingConfirmation: String(token !== undefined),
        ConfirmationWasAuthenticated: String(authenticated),
        SubscriptionArn: arn,
        ...subscriptionAttributes(settings),
      },
    };
  },
});

export const setSubscriptionAttributes = (sns: SnsContext): Operation => ({
  input: { members: { SubscriptionArn: 'string', AttributeName: 'string', AttributeValue: 'string' } },
  permissions: onAll('SetSubscriptionAttributes'),
  run(input) {
    const { topic, subscription } = sns.topics.requireSubscription(requiredText(input, 'SubscriptionArn'));
    const change = { [textOf(input, 'AttributeName')]: textOf(input, 'AttributeValue') };
    const place = { fifoTopic: topic.fifo, endpoint: subscription.endpoint };
    subscription.settings = changeSubscription(subscription.settings, change, place, 'SetSubscriptionAttributes');
    return {};
  },
});
