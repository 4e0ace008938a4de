import type { Draft } from '../../assembly/draft.ts';
import { refusedByAws } from '../../assembly/error-codes.ts';
import { isJsonObject, shown } from '../../assembly/json.ts';
import { generatedName, generatedUuid } from '../../assembly/physical-names.ts';
import type { Properties } from '../../assembly/properties.ts';
import type { DeclaredResource, ResourceType, ResourceTypes } from '../../assembly/resource-type.ts';
import { AwsError } from '../../endpoint/api.ts';
import type { Place } from '../../errors.ts';
import { readPolicyDocument } from '../iam/resources.ts';
import { declaredSubscriptions, declaredTopicPolicies, declaredTopics, type Protocol } from './model.ts';
import { checkTopicName } from './operations/topics.ts';
import { changeSubscription, defaultSubscriptionSettings } from './subscription-attributes.ts';
import { checkTarget, isAbsentProtocol } from './subscription-target.ts';
import { changeTopic, defaultTopicSettings } from './topic-attributes.ts';

/** `AWS::SNS::Topic`. Limits and defaults: SNS API reference, CreateTopic. */
const topicType: ResourceType = {
  reads: [
    'ContentBasedDeduplication',
    'DisplayName',
    'FifoThroughputScope',
    'FifoTopic',
    'KmsMasterKeyId',
    'MaximumMessageSize',
    'SignatureVersion',
    'Subscription',
    'Tags',
    'TopicName',
  ],
  ignores: {
    ArchivePolicy: 'Nothing is replayed, so that no message has to be kept.',
    DeliveryStatusLogging: 'No log of deliveries is written; the console tells those that fail.',
    TracingConfig: 'No traces are recorded.',
  },
  refuses: {
    DataProtectionPolicy: {
      reason: 'Messages are not searched for personal data, so that what AWS would stop or change would be delivered.',
      remedy: 'Leave the policy out when the stack is synthesized for local use.',
    },
  },
  without: 'Who publishes to it is told that there is no such topic, and with it go its subscriptions and policies.',

  identify(resource) {
    const name = topicName(resource);
    const { partition, region, accountId } = resource.environment;
    const arn = `arn:${partition}:sns:${region}:${accountId}:${name}`;
    return { physicalId: arn, attributes: { TopicArn: arn, TopicName: name } };
  },

  declare({ stack, logicalId, type, properties }, { physicalId: arn, attributes }, draft) {
    const fifo = properties.boolean('FifoTopic') ?? false;
    const kmsMasterKeyId = properties.text('KmsMasterKeyId');
    const given = Object.entries(textAttributes).flatMap(([property, read]) => {
      const value = read(properties, property);
      return value === undefined ? [] : [[property, value] as const];
    });
    draft.add(declaredTopics, {
      stack,
      logicalId,
      name: attributes['TopicName'] ?? '',
      arn,
      fifo,
      settings: inWordsOfAws(
        () => changeTopic(defaultTopicSettings, Object.fromEntries(given), fifo),
        'Correct the attributes of the topic.',
        properties.placeOf(given.length === 1 ? (given[0]?.[0] ?? '') : ''),
      ),
      ...(kmsMasterKeyId !== undefined && { kmsMasterKeyId }),
      tags: Object.fromEntries(
        properties
          .list('Tags')
          .filter(isJsonObject)
          .map((tag) => [shown(tag['Key']), shown(tag['Value'])]),
      ),
    });
    for (const inline of properties.objects('Subscription', ['Endpoint', 'Protocol'])) {
      const seed = `${logicalId}/${inline.text('Protocol')}/${inline.text('Endpoint')}`;
      const subscriptionArn = `${arn}:${generatedUuid(stack, seed)}`;
      declareSubscription({ stack, logicalId, type, properties: inline, topicArn: arn, arn: subscriptionArn }, draft);
    }
  },
};

/** Properties that are attributes of the same name. */
const textAttributes: Readonly<Record<string, (properties: Properties, name: string) => string | undefined>> = {
  ContentBasedDeduplication: (properties, name) => properties.boolean(name)?.toString(),
  DisplayName: (properties, name) => properties.text(name),
  FifoThroughputScope: (properties, name) => properties.text(name),
  KmsMasterKeyId: (properties, name) => properties.text(name),
  MaximumMessageSize: (properties, name) => properties.text(name),
  SignatureVersion: (properties, name) => properties.text(name),
};

function topicName({ stack, logicalId, properties }: DeclaredResource): string {
  const fifo = properties.boolean('FifoTopic') ?? false;
  const name = properties.text('TopicName') ?? generatedName(stack, logicalId, 256, fifo ? '.fifo' : '');
  const remedy = `Rename the topic ${name}: letters, digits, hyphens and underscores, and .fifo at the end of FIFO topics only.`;
  inWordsOfAws(() => checkTopicName(name, fifo), remedy, properties.placeOf('TopicName'));
  return name;
}

/** `AWS::SNS::Subscription`. */
const subscriptionType: ResourceType = {
  reads: [
    'DeliveryPolicy',
    'Endpoint',
    'FilterPolicy',
    'FilterPolicyScope',
    'Protocol',
    'RawMessageDelivery',
    'RedrivePolicy',
    'TopicArn',
  ],
  ignores: {
    Region: 'There is one region.',
    SubscriptionRoleArn: 'It is for Firehose, which is not here.',
  },
  refuses: {
    ReplayPolicy: {
      reason: 'No message is archived, so that nothing could be replayed.',
      remedy: 'Leave the policy out when the stack is synthesized for local use.',
    },
  },
  belongsTo: ['TopicArn', 'Endpoint'],
  without: 'What is published to the topic does not reach its endpoint.',

  identify({ stack, logicalId, properties }) {
    const arn = `${properties.requiredText('TopicArn')}:${generatedUuid(stack, logicalId)}`;
    return { physicalId: arn, attributes: { Arn: arn } };
  },

  declare({ stack, logicalId, type, properties }, { physicalId: arn }, draft) {
    const topicArn = properties.requiredText('TopicArn');
    declareSubscription({ stack, logicalId, type, properties, topicArn, arn }, draft);
  },
};

interface DeclaredEndpoint {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Properties;
  readonly topicArn: string;
  readonly arn: string;
}

function declareSubscription({ properties, topicArn, arn, ...declared }: DeclaredEndpoint, draft: Draft): void {
  const protocol = properties.requiredText('Protocol');
  if (isAbsentProtocol(protocol)) {
    draft.skip({ ...declared, reason: `Nothing is delivered by ${protocol} here.` });
    return;
  }
  const endpoint = properties.requiredText('Endpoint');
  const fifoTopic = topicArn.endsWith('.fifo');
  const place = properties.placeOf('Protocol');
  const { stack, logicalId } = declared;
  const settings = inWordsOfAws(
    () => {
      checkTarget(protocol, endpoint, fifoTopic);
      const target = { fifoTopic, endpoint };
      return changeSubscription(defaultSubscriptionSettings, subscriptionTexts(properties), target, 'Subscribe');
    },
    'Correct the subscription.',
    place,
  );
  draft.add(declaredSubscriptions, {
    stack,
    logicalId,
    type: declared.type,
    arn,
    topicArn,
    protocol: protocol as Protocol,
    endpoint,
    settings,
  });
}

/** The properties as Subscribe takes them. */
function subscriptionTexts(properties: Properties): Record<string, string> {
  const json = (name: string) => {
    const value = properties.json(name);
    return value === undefined ? {} : { [name]: JSON.stringify(value) };
  };
  const scope = properties.text('FilterPolicyScope');
  const raw = properties.boolean('RawMessageDelivery');
  return {
    ...(scope !== undefined && { FilterPolicyScope: scope }),
    ...(raw !== undefined && { RawMessageDelivery: String(raw) }),
    ...json('FilterPolicy'),
    ...json('RedrivePolicy'),
    ...json('DeliveryPolicy'),
  };
}

/** `AWS::SNS::TopicPolicy` and `AWS::SNS::TopicInlinePolicy`: who else may use a topic. */
const topicPolicyType: ResourceType = {
  reads: ['PolicyDocument', 'TopicArn', 'Topics'],
  ignores: {},
  refuses: {},
  belongsTo: ['TopicArn', 'Topics'],
  without: 'Who else may publish to its topics, and who may not, is not checked.',

  identify({ stack, logicalId }) {
    const name = generatedName(stack, logicalId, 128);
    return { physicalId: name, attributes: { Id: name } };
  },

  declare({ properties }, _identity, draft) {
    const arn = properties.text('TopicArn');
    draft.add(declaredTopicPolicies, {
      topicArns: arn === undefined ? properties.texts('Topics') : [arn],
      document: readPolicyDocument(properties, 'PolicyDocument'),
    });
  },
};

/** SNS's resource types in templates. */
export const snsResourceTypes: ResourceTypes = {
  'AWS::SNS::Subscription': subscriptionType,
  'AWS::SNS::Topic': topicType,
  'AWS::SNS::TopicInlinePolicy': topicPolicyType,
  'AWS::SNS::TopicPolicy': topicPolicyType,
};

/** What SNS's API refuses, CloudFormation refuses too. */
function inWordsOfAws<Result>(run: () => Result, remedy: string, place: Place): Result {
  try {
    return run();
  } catch (error) {
    throw error instanceof AwsError ? refusedByAws(error.code, error.message, remedy, place) : error;
  }
}
