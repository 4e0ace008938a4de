import { Annotations, Aws, Duration, Stack, Validations } from 'aws-cdk-lib';
import {
  AccountRootPrincipal,
  AnyPrincipal,
  Effect,
  type IRole,
  PolicyStatement,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import { Alias, type IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { type ITopic, type ITopicSubscription, SubscriptionFilter, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription, LambdaSubscription, SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { type IQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { environmentNames } from '../shared/pipeline.ts';
import { InvalidConfigurationError } from './configuration/settings.ts';
import { mayEncrypt } from './encryption-key.ts';
import { type Contribution, together } from './monitoring/contribution.ts';
import { watchTopic, watchUndelivered } from './monitoring/watch-topic.ts';
import { constructId, namePrefix } from './names.ts';
import { denyOthers } from './queue-access.ts';
import { encryptedWith } from './queue-pair.ts';
import { removalPolicy } from './removal-policy.ts';

/** Which events a subscriber gets, by their attributes `type`, `kind` and `orderId` (shared/order-event.ts). */
export type EventFilter = Readonly<Record<string, SubscriptionFilter>>;

/** Only of orders that failed. */
export const failuresOnly: EventFilter = {
  type: SubscriptionFilter.stringFilter({ allowlist: ['order.failed'] }),
};

export interface OrderEventsProps {
  /** In kebab case. The topic's name is the stack's name and this name. Default: `order-events`. */
  readonly name?: string;
  /**
   * Key of the account for the events. Its policy must be open to additions; the policy of an imported key is not.
   * Default: the key that SNS has in the account, `alias/aws/sns`.
   */
  readonly encryptionKey?: IKey;
  /** Whether `cdk destroy` leaves events that were not delivered in the account. Default: no. */
  readonly retainData?: boolean;
  /** ARNs of roles or users that may receive, redrive and delete what was not delivered. Default: IAM policies decide. */
  readonly operators?: readonly string[];
  /** Whether events have the words of errors and refusals, which may quote personal data. Default: no. */
  readonly allReasons?: boolean;
}

/** What a function of the pipeline needs to publish. */
export interface EventPublishing {
  readonly environment: Readonly<Record<string, string>>;
  readonly permissions: readonly PolicyStatement[];
}

const fourteenDays = Duration.days(14);

/**
 * Where the pipeline tells what became of each order, and who is told: mail addresses, queues, functions. The topic is
 * encrypted, takes requests over TLS only, and takes events of the pipeline's functions only.
 *
 * Subscribe before `monitored` is read: each queue and each function brings an alarm.
 */
export class OrderEvents extends Construct {
  readonly topic: Topic;
  readonly #props: OrderEventsProps;
  readonly #name: string;
  /** The topic by its name. A key that names the topic, and a topic that names the key, are a circle for CloudFormation. */
  readonly #named: ITopic;
  readonly #undelivered: Contribution[] = [];

  constructor(scope: Construct, id: string, props: OrderEventsProps = {}) {
    super(scope, id);
    const { name = 'order-events', encryptionKey } = props;
    this.#props = props;
    this.#name = name;
    const topicName = `${namePrefix(Stack.of(this))}-${name}`;
    refuseLongName(topicName);
    this.#named = Topic.fromTopicArn(this, 'Named', Stack.of(this).formatArn({ service: 'sns', resource: topicName }));
    if (encryptionKey !== undefined) letTopicUse(encryptionKey, this, this.#named.topicArn);
    const masterKey = encryptionKey ?? Alias.fromAliasName(this, 'Key', 'alias/aws/sns');
    this.topic = new Topic(this, 'Topic', { topicName, masterKey, enforceSSL: true });
  }

  /** For the props of the functions that publish. */
  get publishing(): EventPublishing {
    const { encryptionKey, allReasons = false } = this.#props;
    return {
      environment: {
        [environmentNames.orderEventsTopicArn]: this.topic.topicArn,
        [environmentNames.allEventReasons]: String(allReasons),
      },
      permissions: [
        new PolicyStatement({ actions: ['sns:Publish'], resources: [this.topic.topicArn] }),
        // SNS also decrypts each new data key, to check it (SNS Developer Guide, "Key management").
        ...(encryptionKey === undefined ? [] : [mayEncrypt(encryptionKey)]),
      ],
    };
  }

  /** Denies everybody else to publish: an event that the pipeline did not send would tell what did not happen. */
  onlyFrom(publishers: readonly IRole[]): void {
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'OtherPublishers',
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: { ArnNotLike: { 'aws:PrincipalArn': publishers.map(({ roleArn }) => roleArn) } },
      }),
    );
  }

  /** Tells an address by mail, once who reads it has said yes to AWS. @param filter default: all events */
  subscribeEmail(address: string, filter?: EventFilter): void {
    const subscription = this.topic.addSubscription(
      new EmailSubscription(address, { ...(filter !== undefined && { filterPolicy: filter }) }),
    );
    Validations.of(subscription).acknowledge({
      id: 'Serverless-SNSRedrivePolicy',
      reason: 'A mail that cannot be delivered is of no use later: the ledger has what it would have said.',
    });
  }

  /**
   * Sends events to a queue: the body of a message is the event's JSON (`readOrderEvent`), its attributes are the event's.
   *
   * @param name what alarms and graphs call the subscriber, in kebab case
   * @param filter default: all events
   * @returns where events go that SNS could not deliver
   * @throws InvalidConfigurationError for a FIFO queue, which AWS does not let subscribe to a standard topic
   */
  subscribeQueue(name: string, queue: IQueue, filter?: EventFilter): Queue {
    if (queue.fifo) {
      throw new InvalidConfigurationError([
        `The subscriber ${name} is a FIFO queue, and ${this.#name} is a standard topic, which has none (SNS Developer Guide, "Message delivery for FIFO topics"): subscribe a standard queue.`,
      ]);
    }
    const deadLetterQueue = this.#deadLetterQueue(name);
    const filterPolicy = filter === undefined ? {} : { filterPolicy: filter };
    this.#subscribe(new SqsSubscription(queue, { rawMessageDelivery: true, deadLetterQueue, ...filterPolicy }));
    if (!(queue instanceof Queue)) warnOfImported(this, name);
    return deadLetterQueue;
  }

  /**
   * Invokes a function with each event: `Records[0].Sns.Message` is its JSON (`readOrderEvent`).
   *
   * SNS hands an event to Lambda, which tries a function three times in all. What the function itself fails at goes to its
   * own failure destination, not to the queue that this returns. For work that must not be lost, subscribe a queue.
   *
   * @param name what alarms and graphs call the subscriber, in kebab case
   * @param filter default: all events
   * @returns where events go that SNS could not hand over
   */
  subscribeFunction(name: string, fn: IFunction, filter?: EventFilter): Queue {
    const deadLetterQueue = this.#deadLetterQueue(name);
    const filterPolicy = filter === undefined ? {} : { filterPolicy: filter };
    this.#subscribe(new LambdaSubscription(fn, { deadLetterQueue, ...filterPolicy }));
    return deadLetterQueue;
  }

  /** Of the topic, and of all who subscribed until now. */
  get monitored(): Contribution {
    return together([watchTopic(this.topic, this.#name), ...this.#undelivered]);
  }

  #subscribe(subscription: ITopicSubscription): void {
    const { encryptionKey } = this.#props;
    if (encryptionKey === undefined) this.topic.addSubscription(subscription);
    else this.#named.addSubscription(subscription).node.addDependency(this.topic);
  }

  #deadLetterQueue(subscriber: string): Queue {
    const { encryptionKey, retainData = false, operators = [] } = this.#props;
    const queue = new Queue(this, `${constructId(subscriber)}Undelivered`, {
      queueName: `${namePrefix(Stack.of(this))}-${subscriber}-undelivered`,
      retentionPeriod: fourteenDays,
      enforceSSL: true,
      removalPolicy: removalPolicy(retainData),
      ...encryptedWith(encryptionKey),
    });
    denyOthers(queue, { operators });
    Validations.of(queue).acknowledge(
      {
        id: 'AwsSolutions-SQS3',
        reason: 'It is a dead-letter queue, of a subscription, where the rule does not look.',
      },
      {
        id: 'Serverless-SQSRedrivePolicy',
        reason: 'The end of the line: behind it there is a person, called by an alarm.',
      },
    );
    this.#undelivered.push(watchUndelivered(queue, subscriber));
    return queue;
  }
}

/** In characters (SNS API reference, CreateTopic). */
const longestTopicName = 256;

function refuseLongName(topicName: string): void {
  const excess = topicName.length - longestTopicName;
  if (excess <= 0) return;
  throw new InvalidConfigurationError([
    `The topic name ${topicName} has ${topicName.length} characters, of which SNS takes ${longestTopicName}: give the stack a name that is shorter by ${excess}.`,
  ]);
}

/**
 * Lets the account's publishers use a key through SNS, and SNS itself write to encrypted queues of subscribers (SNS
 * Developer Guide, "Key management", "Dead-letter queues").
 */
function letTopicUse(key: IKey, scope: Construct, topicArn: string): void {
  const actions = ['kms:Decrypt', 'kms:GenerateDataKey'];
  const publishers = new PolicyStatement({
    sid: 'Topics',
    principals: [new AccountRootPrincipal()],
    actions,
    resources: ['*'],
    conditions: {
      StringEquals: { 'kms:CallerAccount': Aws.ACCOUNT_ID, 'kms:ViaService': `sns.${Aws.REGION}.amazonaws.com` },
    },
  });
  const deliveries = new PolicyStatement({
    sid: 'Deliveries',
    principals: [new ServicePrincipal('sns.amazonaws.com')],
    actions,
    resources: ['*'],
    conditions: { ArnEquals: { 'aws:SourceArn': topicArn } },
  });
  const added = [publishers, deliveries].every((each) => key.addToResourcePolicy(each).statementAdded);
  if (added) return;
  Annotations.of(scope).addWarningV2(
    'order-events:imported-key',
    `The key of the events was imported: its policy must let the account use it through sns.REGION.amazonaws.com, and let sns.amazonaws.com use it for ${topicArn}. Without it nothing is published or delivered.`,
  );
}

function warnOfImported(scope: Construct, subscriber: string): void {
  Annotations.of(scope).addWarningV2(
    `order-events:imported-queue-${subscriber}`,
    `The queue of the subscriber ${subscriber} was imported: its policy must let sns.amazonaws.com send to it, with the topic's ARN as aws:SourceArn. Without it all events go to the dead-letter queue.`,
  );
}
