import type { AwsError } from '../../endpoint/api.ts';
import { isObject } from '../../endpoint/json.ts';
import type { FilterScope } from './filter-policy-problem.ts';
import { type FilterPolicy, InvalidFilterPolicy, readFilterPolicy } from './filter-policy.ts';
import { invalidParameterInWords, notServed } from './sns-errors.ts';

/** What SetSubscriptionAttributes can change. */
export interface SubscriptionSettings {
  readonly rawMessageDelivery: boolean;
  readonly filterPolicy?: FilterPolicy;
  readonly filterPolicyScope: FilterScope;
  readonly redrivePolicy?: RedrivePolicy;
  /** JSON text. It is for HTTP only, and told as given. */
  readonly deliveryPolicy?: string;
}

/** Where messages go that cannot be delivered. */
interface RedrivePolicy {
  /** As given: what GetSubscriptionAttributes answers. */
  readonly text: string;
  readonly deadLetterTargetArn: string;
}

/** Source: API reference of Subscribe. */
export const defaultSubscriptionSettings: SubscriptionSettings = {
  rawMessageDelivery: false,
  filterPolicyScope: 'MessageAttributes',
};

/** What a subscription's attributes depend on beside their own values. */
export interface SubscriptionPlace {
  readonly fifoTopic: boolean;
  /** ARN of a queue or a function, or a mail address. */
  readonly endpoint: string;
}

/**
 * The settings after `attributes` were set, in AWS's order: the scope first, because it decides about the policy.
 *
 * @param call for the errors: Subscribe writes them in another way than SetSubscriptionAttributes (recorded by
 *   LocalStack, test_create_subscriptions_with_attributes and test_validate_set_sub_attributes)
 * @throws {AwsError} `InvalidParameter`
 */
export function changeSubscription(
  settings: SubscriptionSettings,
  attributes: Readonly<Record<string, string>>,
  place: SubscriptionPlace,
  call: 'Subscribe' | 'SetSubscriptionAttributes',
): SubscriptionSettings {
  const refuse = (message: string): AwsError =>
    invalidParameterInWords(`Invalid parameter: ${call === 'Subscribe' ? 'Attributes Reason: ' : ''}${message}`);
  const changed: { -readonly [Key in keyof SubscriptionSettings]: SubscriptionSettings[Key] } = { ...settings };
  for (const name of Object.keys(attributes)) {
    if (names.has(name)) continue;
    if (name === 'ReplayPolicy') throw notServed('ReplayPolicy', 'No message is archived here: leave it out.');
    throw refuse('AttributeName');
  }
  const { FilterPolicyScope, FilterPolicy, RawMessageDelivery, RedrivePolicy, DeliveryPolicy } = attributes;
  if (FilterPolicyScope !== undefined) changed.filterPolicyScope = scopeOf(FilterPolicyScope, refuse);
  if (FilterPolicy !== undefined || FilterPolicyScope !== undefined) {
    const text = FilterPolicy ?? settings.filterPolicy?.text ?? '';
    delete changed.filterPolicy;
    if (!/^(?:\s*|\s*\{\s*\}\s*)$/.test(text)) changed.filterPolicy = policyOf(text, changed.filterPolicyScope, refuse);
  }
  if (RawMessageDelivery !== undefined) changed.rawMessageDelivery = booleanOf(RawMessageDelivery, refuse);
  if (RedrivePolicy !== undefined) {
    delete changed.redrivePolicy;
    if (RedrivePolicy !== '') changed.redrivePolicy = redriveOf(RedrivePolicy, place, refuse);
  }
  if (DeliveryPolicy !== undefined) {
    delete changed.deliveryPolicy;
    if (DeliveryPolicy !== '') changed.deliveryPolicy = DeliveryPolicy;
  }
  return changed;
}

const names: ReadonlySet<string> = new Set([
  'DeliveryPolicy',
  'FilterPolicy',
  'FilterPolicyScope',
  'RawMessageDelivery',
  'RedrivePolicy',
  'SubscriptionRoleArn',
]);

type Refuse = (message: string) => AwsError;

function scopeOf(value: string, refuse: Refuse): FilterScope {
  if (value === 'MessageAttributes' || value === 'MessageBody') return value;
  throw refuse(`FilterPolicyScope: Invalid value [${value}]. Please use either MessageBody or MessageAttributes`);
}

function policyOf(text: string, scope: FilterScope, refuse: Refuse): FilterPolicy {
  try {
    return readFilterPolicy(text, scope);
  } catch (error) {
    throw error instanceof InvalidFilterPolicy ? refuse(error.message) : error;
  }
}

function booleanOf(value: string, refuse: Refuse): boolean {
  const lower = value.toLowerCase();
  if (lower === 'true' || lower === 'false') return lower === 'true';
  throw refuse(`RawMessageDelivery: Invalid value [${value}]. Must be true or false.`);
}

function redriveOf(text: string, { fifoTopic, endpoint }: SubscriptionPlace, refuse: Refuse): RedrivePolicy {
  let policy: unknown;
  try {
    policy = JSON.parse(text);
  } catch {
    throw refuse('RedrivePolicy: failed to parse JSON.');
  }
  const deadLetterTargetArn = isObject(policy) ? policy['deadLetterTargetArn'] : undefined;
  if (typeof deadLetterTargetArn !== 'string' || !/^arn:[\w-]+:sqs:[\w-]+:\d{12}:[\w.-]+$/.test(deadLetterTargetArn)) {
    throw refuse('RedrivePolicy: deadLetterTargetArn is an invalid arn');
  }
  if (fifoTopic && endpoint.endsWith('.fifo') && !deadLetterTargetArn.endsWith('.fifo')) {
    throw refuse('RedrivePolicy: must use a FIFO queue as DLQ for a FIFO Subscription to a FIFO Topic.');
  }
  return { text, deadLetterTargetArn };
}

/**
 * The attributes that are set, as GetSubscriptionAttributes tells them. The scope is told with a policy only (recorded
 * by LocalStack, test_set_subscription_filter_policy_scope).
 */
export function subscriptionAttributes(settings: SubscriptionSettings): Record<string, string> {
  const { rawMessageDelivery, filterPolicy, filterPolicyScope, redrivePolicy, deliveryPolicy } = settings;
  return {
    RawMessageDelivery: String(rawMessageDelivery),
    ...(filterPolicy !== undefined && { FilterPolicy: filterPolicy.text, FilterPolicyScope: filterPolicyScope }),
    ...(redrivePolicy !== undefined && { RedrivePolicy: redrivePolicy.text }),
    ...(deliveryPolicy !== undefined && { DeliveryPolicy: deliveryPolicy, EffectiveDeliveryPolicy: deliveryPolicy }),
  };
}
