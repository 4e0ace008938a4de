import { isObject } from '../../endpoint/json.ts';
import type { PolicyDocument } from '../iam/model.ts';
import { isStatement } from '../iam/resources.ts';
import { invalidParameter, notServed } from './sns-errors.ts';

export type TopicPolicy = PolicyDocument & { readonly Id?: string };

/** What CreateTopic sets and SetTopicAttributes changes. */
export interface TopicSettings {
  readonly displayName: string;
  /** Undefined: the default policy, which lets the account's own callers do everything. */
  readonly policy?: TopicPolicy;
  readonly kmsMasterKeyId?: string;
  /** 1 (SHA-1) or 2 (SHA-256): told in messages. Nothing is signed here. */
  readonly signatureVersion?: '1' | '2';
  /** Bytes of a message with its attributes. Default: 262,144. */
  readonly maximumMessageSizeBytes: number;
  readonly contentBasedDeduplication: boolean;
  readonly fifoThroughputScope: 'Topic' | 'MessageGroup';
  /** Attributes that change nothing here, and are told as they were given. */
  readonly others: Readonly<Record<string, string>>;
}

/** Source: API reference of CreateTopic. */
export const defaultMessageBytes = 262_144;
const mostMessageBytes = 1_048_576;

export const defaultTopicSettings: TopicSettings = {
  displayName: '',
  maximumMessageSizeBytes: defaultMessageBytes,
  contentBasedDeduplication: false,
  fifoThroughputScope: 'Topic',
  others: {},
};

type Mutable = { -readonly [Key in keyof TopicSettings]: TopicSettings[Key] };
type Change = (settings: Mutable, value: string, fifo: boolean) => void;

const told =
  (name: string): Change =>
  (settings, value) => {
    const { [name]: _, ...others } = settings.others;
    settings.others = value === '' ? others : { ...others, [name]: value };
  };

const feedback = ['HTTP', 'Firehose', 'Lambda', 'Application', 'SQS'].flatMap((protocol) =>
  ['SuccessFeedbackRoleArn', 'SuccessFeedbackSampleRate', 'FailureFeedbackRoleArn'].map((name) => protocol + name),
);

const changes: Readonly<Record<string, Change>> = {
  ...Object.fromEntries([...feedback, 'DeliveryPolicy', 'TracingConfig'].map((name) => [name, told(name)])),
  DisplayName(settings, value) {
    settings.displayName = value;
  },
  Policy(settings, value) {
    delete settings.policy;
    if (value !== '') settings.policy = parsePolicy(value);
  },
  KmsMasterKeyId(settings, value) {
    delete settings.kmsMasterKeyId;
    if (value !== '') settings.kmsMasterKeyId = value;
  },
  SignatureVersion(settings, value) {
    if (value !== '1' && value !== '2') throw invalidParameter('SignatureVersion');
    settings.signatureVersion = value;
  },
  MaximumMessageSize(settings, value) {
    const bytes = Number(value);
    if (!/^\d+$/.test(value) || bytes < 1024 || bytes > mostMessageBytes) throw invalidParameter('MaximumMessageSize');
    settings.maximumMessageSizeBytes = bytes;
  },
  ContentBasedDeduplication(settings, value, fifo) {
    if (!fifo || !/^(?:true|false)$/i.test(value)) throw invalidParameter('ContentBasedDeduplication');
    settings.contentBasedDeduplication = value.toLowerCase() === 'true';
  },
  FifoThroughputScope(settings, value, fifo) {
    if (!fifo || (value !== 'Topic' && value !== 'MessageGroup')) throw invalidParameter('FifoThroughputScope');
    settings.fifoThroughputScope = value;
  },
  ArchivePolicy() {
    throw notServed('ArchivePolicy', 'No message is archived here: leave it out.');
  },
};

/** The settings after `attributes` were set. Throws `InvalidParameter`, with the names that AWS has for what is wrong. */
export function changeTopic(
  settings: TopicSettings,
  attributes: Readonly<Record<string, string>>,
  fifo: boolean,
): TopicSettings {
  const changed: Mutable = { ...settings };
  for (const [name, value] of Object.entries(attributes)) {
    const change = Object.hasOwn(changes, name) ? changes[name] : undefined;
    if (change === undefined) throw invalidParameter('AttributeName');
    change(changed, value, fifo);
  }
  return changed;
}

function parsePolicy(text: string): TopicPolicy {
  try {
    const policy: unknown = JSON.parse(text);
    const statements = isObject(policy) ? [policy['Statement']].flat() : [];
    if (statements.length > 0 && statements.every(isStatement)) {
      return { ...(policy as TopicPolicy), Statement: statements };
    }
  } catch {
    // Refused below, like JSON that is no policy.
  }
  throw invalidParameter('Policy statement error');
}

/** A topic as its attributes are read. */
interface ReadTopic {
  readonly arn: string;
  readonly fifo: boolean;
  readonly settings: TopicSettings;
}

/** How many subscriptions a topic has, by their state. */
export interface SubscriptionCounts {
  readonly confirmed: number;
  readonly pending: number;
  readonly deleted: number;
}

/** The attributes of a topic as GetTopicAttributes tells them (recorded by LocalStack, test_create_topic_with_attributes). */
export function topicAttributes(topic: ReadTopic, counts: SubscriptionCounts): Record<string, string> {
  const { arn, fifo, settings } = topic;
  const { kmsMasterKeyId, signatureVersion, maximumMessageSizeBytes, fifoThroughputScope, others } = settings;
  const [, , , , owner = ''] = arn.split(':');
  return {
    Policy: JSON.stringify(settings.policy ?? defaultPolicy(arn)),
    Owner: owner,
    SubscriptionsPending: String(counts.pending),
    TopicArn: arn,
    EffectiveDeliveryPolicy: JSON.stringify(effectiveDeliveryPolicy(others['DeliveryPolicy'])),
    SubscriptionsConfirmed: String(counts.confirmed),
    ...(fifo && { FifoTopic: 'true', ContentBasedDeduplication: String(settings.contentBasedDeduplication) }),
    ...(fifoThroughputScope !== 'Topic' && { FifoThroughputScope: fifoThroughputScope }),
    DisplayName: settings.displayName,
    SubscriptionsDeleted: String(counts.deleted),
    ...(kmsMasterKeyId !== undefined && { KmsMasterKeyId: kmsMasterKeyId }),
    ...(signatureVersion !== undefined && { SignatureVersion: signatureVersion }),
    ...(maximumMessageSizeBytes !== defaultMessageBytes && { MaximumMessageSize: String(maximumMessageSizeBytes) }),
    ...others,
  };
}

/** The policy of a topic that has been given none (recorded by LocalStack, test_create_topic_test_arn). */
export function defaultPolicy(arn: string): TopicPolicy {
  const [, , , , owner = ''] = arn.split(':');
  const actions = [
    'GetTopicAttributes',
    'SetTopicAttributes',
    'AddPermission',
    'RemovePermission',
    'DeleteTopic',
    'Subscribe',
    'ListSubscriptionsByTopic',
    'Publish',
  ];
  const statement = {
    Sid: '__default_statement_ID',
    Effect: 'Allow' as const,
    Principal: { AWS: '*' },
    Action: actions.map((action) => `SNS:${action}`),
    Resource: arn,
    Condition: { StringEquals: { 'AWS:SourceOwner': owner } },
  };
  return { Version: '2008-10-17', Id: '__default_policy_ID', Statement: [statement] };
}

/** For HTTP subscriptions, which are not served here: the defaults, with what was set before them. */
function effectiveDeliveryPolicy(given: string | undefined): object {
  const defaults = {
    defaultHealthyRetryPolicy: {
      minDelayTarget: 20,
      maxDelayTarget: 20,
      numRetries: 3,
      numMaxDelayRetries: 0,
      numNoDelayRetries: 0,
      numMinDelayRetries: 0,
      backoffFunction: 'linear',
    },
    disableSubscriptionOverrides: false,
    defaultRequestPolicy: { headerContentType: 'text/plain; charset=UTF-8' },
  };
  return { http: { ...defaults, ...httpPart(given, defaults) } };
}

function httpPart(given: string | undefined, defaults: Readonly<Record<string, unknown>>): Record<string, unknown> {
  try {
    const policy: unknown = JSON.parse(given ?? '{}');
    const http = isObject(policy) && isObject(policy['http']) ? policy['http'] : {};
    return Object.fromEntries(
      Object.entries(http).map(([name, value]) => {
        const usual = defaults[name];
        return [name, isObject(value) && isObject(usual) ? { ...usual, ...value } : value];
      }),
    );
  } catch {
    return {};
  }
}
