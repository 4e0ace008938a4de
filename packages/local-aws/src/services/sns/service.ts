import type { Clock } from '../../clock.ts';
import type { Operation, RpcService } from '../../endpoint/api.ts';
import type { EventStream } from '../../events.ts';
import type { RunningService, Service } from '../../service.ts';
import type { PolicyDocument } from '../iam/model.ts';
import { readablePolicy } from '../iam/policies.ts';
import { RunningLambda } from '../lambda/service.ts';
import type { Mailbox } from '../mailbox/mailbox.ts';
import { MailboxService } from '../mailbox/service.ts';
import { SqsService } from '../sqs/service.ts';
import { Deliveries } from './deliveries.ts';
import type { SnsModel } from './model.ts';
import { confirmationMail, type Mail } from './notification.ts';
import type { PublishedMessage, SnsContext } from './operation-input.ts';
import { addPermission, removePermission } from './operations/permissions.ts';
import { publish, publishBatch } from './operations/publish.ts';
import {
  confirmSubscription,
  getSubscriptionAttributes,
  listSubscriptions,
  listSubscriptionsByTopic,
  setSubscriptionAttributes,
  subscribe,
  unsubscribe,
} from './operations/subscriptions.ts';
import {
  createTopic,
  deleteTopic,
  getTopicAttributes,
  listTagsForResource,
  listTopics,
  setTopicAttributes,
  tagResource,
  untagResource,
} from './operations/topics.ts';
import { readSnsModel } from './read-model.ts';
import { snsResourceTypes } from './resources.ts';
import { snsPrincipal, type TargetOptions, Targets } from './targets.ts';
import { TopicRegistry } from './topic-registry.ts';
import type { Topic } from './topic.ts';

interface SnsServiceOptions extends Omit<TargetOptions, 'sendMail'> {
  readonly clock: Clock;
  readonly events: EventStream;
  /** Where mails to subscribed addresses go. */
  readonly mailbox: Mailbox;
  readonly region: string;
  /** 12 digits. */
  readonly accountId: string;
}

/** SNS in this process: its wire operations, and its topics for those who need no wire. */
export class SnsService implements RunningService<SnsModel> {
  readonly rpc: RpcService;
  readonly #options: SnsServiceOptions;
  readonly #topics: TopicRegistry;
  readonly #deliveries: Deliveries;

  constructor(model: SnsModel, options: SnsServiceOptions) {
    const { clock, events, accountId } = options;
    this.#options = options;
    this.#topics = new TopicRegistry(options);
    this.#topics.applyTemplate(model);
    const targets = new Targets({ ...options, sendMail: (mail) => this.#sendMail(mail) });
    this.#deliveries = new Deliveries({ clock, events, targets });
    const context: SnsContext = {
      topics: this.#topics,
      clock,
      accountId,
      deliver: (subscription, notification) => this.#deliveries.start({ subscription, notification }),
      tellPublished: (topic, messages) => this.#tellPublished(topic, messages),
      askForConfirmation: (subscription, token) => this.#sendMail(confirmationMail(subscription, token)),
    };
    this.rpc = {
      signingName: 'sns',
      xmlNamespace: 'http://sns.amazonaws.com/doc/2010-03-31/',
      operations: Object.fromEntries(
        Object.entries(operations).map(([name, create]): [string, Operation] => [name, create(context)]),
      ),
    };
  }

  /** All topics, those that clients created too. */
  topics(): readonly Topic[] {
    return this.#topics.all();
  }

  /** The policy of a topic, which clients may have changed: null for none, undefined when there is no such topic. */
  policyOf(arn: string): PolicyDocument | null | undefined {
    const topic = this.#topics.byArn(arn);
    return topic?.policy ? readablePolicy(topic.policy) : topic?.policy;
  }

  /** Applies a changed template while running: topics that stay keep what clients subscribed. */
  update(model: SnsModel): void {
    this.#topics.applyTemplate(model);
  }

  /** Ends what waits for another attempt. */
  close(): void {
    this.#deliveries.close();
  }

  #sendMail({ from, to, subject, text }: Mail): void {
    const { clock, mailbox } = this.#options;
    mailbox.deliver({ from, to: [to], subject, text, atMs: clock.now(), source: 'sns' });
  }

  #tellPublished({ name }: Topic, messages: readonly PublishedMessage[]): void {
    const { clock, events } = this.#options;
    events.emit({ type: 'messages-published', atMs: clock.now(), topicName: name, messages });
  }
}

export const sns: Service<SnsModel> = {
  actionPrefix: 'sns',
  principal: snsPrincipal,
  resourceTypes: snsResourceTypes,
  readModel: readSnsModel,
  resourcePolicies: ({ topics = [] }: Partial<SnsModel>) => topics,
  start(model, context) {
    const queues = context.running(SqsService);
    const { functions } = context.running(RunningLambda);
    const service = new SnsService(model, {
      ...context,
      functions,
      mailbox: context.running(MailboxService).mailbox,
      sqs: context.faults?.api(queues.rpc) ?? queues.rpc,
      isQueue: (arn) => queues.queue(arn) !== undefined,
    });
    context.authorizer.consult((arn) => service.policyOf(arn));
    return service;
  },
};

/** The operations that are served, by the names clients call them by. Others are refused by name. */
const operations: Readonly<Record<string, (sns: SnsContext) => Operation>> = {
  AddPermission: addPermission,
  ConfirmSubscription: confirmSubscription,
  CreateTopic: createTopic,
  DeleteTopic: deleteTopic,
  GetSubscriptionAttributes: getSubscriptionAttributes,
  GetTopicAttributes: getTopicAttributes,
  ListSubscriptions: listSubscriptions,
  ListSubscriptionsByTopic: listSubscriptionsByTopic,
  ListTagsForResource: listTagsForResource,
  ListTopics: listTopics,
  Publish: publish,
  PublishBatch: publishBatch,
  RemovePermission: removePermission,
  SetSubscriptionAttributes: setSubscriptionAttributes,
  SetTopicAttributes: setTopicAttributes,
  Subscribe: subscribe,
  TagResource: tagResource,
  Unsubscribe: unsubscribe,
  UntagResource: untagResource,
};
