import type { Clock } from '../../clock.ts';
import type { Operation, RpcService } from '../../endpoint/api.ts';
import type { EventStream } from '../../events.ts';
import type { RunningService, Service } from '../../service.ts';
import type { PolicyDocument } from '../iam/model.ts';
import { readablePolicy } from '../iam/policies.ts';
import { ReceiveAttempts } from './deduplication.ts';
import type { QueueModel, SqsModel } from './model.ts';
import { MoveTasks } from './move-tasks.ts';
import type { SqsContext } from './operation-input.ts';
import {
  changeMessageVisibility,
  changeMessageVisibilityBatch,
  deleteMessage,
  deleteMessageBatch,
  sendMessage,
  sendMessageBatch,
} from './operations/messages.ts';
import { cancelMessageMoveTask, listMessageMoveTasks, startMessageMoveTask } from './operations/move-tasks.ts';
import { addPermission, removePermission } from './operations/permissions.ts';
import {
  createQueue,
  deleteQueue,
  getQueueAttributes,
  getQueueUrl,
  listDeadLetterSourceQueues,
  listQueues,
  listQueueTags,
  purgeQueue,
  setQueueAttributes,
  tagQueue,
  untagQueue,
} from './operations/queues.ts';
import { receiveMessage } from './operations/receive-message.ts';
import { QueueRegistry } from './queue-registry.ts';
import type { Queue } from './queue.ts';
import { readSqsModel, sqsResourceTypes } from './resources.ts';

interface SqsServiceOptions {
  readonly queues: readonly QueueModel[];
  readonly clock: Clock;
  readonly events: EventStream;
  readonly region: string;
  /** 12 digits. */
  readonly accountId: string;
  /** `http://127.0.0.1:4566`: what queue URLs begin with. */
  readonly endpointUrl: string;
  /** Whether AWS's 60 seconds count between two purges, and before a name is used again. Default: yes. */
  readonly queueWaits?: boolean | undefined;
  /** Hand out messages of standard queues in no order and in arbitrary portions, repeatably; undefined: in order. */
  readonly handOut?: { readonly seed: number } | undefined;
}

/** SQS in this process: its wire operations, and its queues for those who need no wire. */
export class SqsService implements RunningService<SqsModel> {
  readonly rpc: RpcService;
  readonly #queues: QueueRegistry;
  readonly #moveTasks: MoveTasks;

  constructor(options: SqsServiceOptions) {
    const { accountId, clock, endpointUrl } = options;
    this.#queues = new QueueRegistry({ ...options, sameNameAfterMs: queueWaitMs(options) });
    this.#queues.applyTemplate(options.queues);
    this.#moveTasks = new MoveTasks(clock, this.#queues);
    const context: SqsContext = {
      queues: this.#queues,
      moveTasks: this.#moveTasks,
      receiveAttempts: new ReceiveAttempts(),
      clock,
      accountId,
      waitMs: queueWaitMs(options),
      queueUrl: (name, { host }) => `${host === undefined ? endpointUrl : `http://${host}`}/${accountId}/${name}`,
    };
    this.rpc = {
      signingName: 'sqs',
      targetPrefix: 'AmazonSQS',
      xmlNamespace: 'http://queue.amazonaws.com/doc/2012-11-05/',
      errorNamespace: 'com.amazonaws.sqs',
      queryCompatible: true,
      complete: true,
      queryErrorDetail: true,
      onlyAtRoot: ['CreateQueue', 'ListQueues'],
      inputFromPath: (path) => (/^\/\d{12}\/[\w.-]+\/?$/.test(path) ? { QueueUrl: endpointUrl + path } : undefined),
      operations: Object.fromEntries(
        Object.entries(operations).map(([name, create]): [string, Operation] => [name, create(context)]),
      ),
    };
  }

  /** The queue with this ARN, for the event source mapping's poller. */
  queue(arn: string): Queue | undefined {
    return this.#queues.byArn(arn);
  }

  /** The policy of a queue, which clients may have changed: null for none, undefined when there is no such queue. */
  policyOf(arn: string): PolicyDocument | null | undefined {
    const queue = this.#queues.byArn(arn);
    if (queue === undefined) return undefined;
    return queue.settings.policy === undefined ? null : readablePolicy(queue.settings.policy);
  }

  /** All queues, those that clients created too. */
  queues(): readonly Queue[] {
    return this.#queues.all();
  }

  /** Applies a changed template while running: queues that stay keep their messages. */
  update({ queues }: SqsModel): void {
    this.#queues.applyTemplate(queues);
  }

  /** Ends long polls and timers. */
  close(): void {
    this.#moveTasks.close();
    this.#queues.close();
  }
}

export const sqs: Service<SqsModel> = {
  actionPrefix: 'sqs',
  resourceTypes: sqsResourceTypes,
  readModel: readSqsModel,
  resourcePolicies: ({ queues }) => queues,
  start({ queues }, { shuffleSeed, queueWaits, ...context }) {
    const service = new SqsService({
      ...context,
      queueWaits,
      queues,
      handOut: shuffleSeed === undefined ? undefined : { seed: shuffleSeed },
    });
    context.authorizer.consult((arn) => service.policyOf(arn));
    return service;
  },
};

/** Source: API references of DeleteQueue and PurgeQueue. */
const queueWaitMs = ({ queueWaits = true }: SqsServiceOptions): number => (queueWaits ? 60_000 : 0);

/** All operations of SQS by the names clients call them by. */
const operations: Readonly<Record<string, (sqs: SqsContext) => Operation>> = {
  AddPermission: addPermission,
  CancelMessageMoveTask: cancelMessageMoveTask,
  ChangeMessageVisibility: changeMessageVisibility,
  ChangeMessageVisibilityBatch: changeMessageVisibilityBatch,
  CreateQueue: createQueue,
  DeleteMessage: deleteMessage,
  DeleteMessageBatch: deleteMessageBatch,
  DeleteQueue: deleteQueue,
  GetQueueAttributes: getQueueAttributes,
  GetQueueUrl: getQueueUrl,
  ListDeadLetterSourceQueues: listDeadLetterSourceQueues,
  ListMessageMoveTasks: listMessageMoveTasks,
  ListQueueTags: listQueueTags,
  ListQueues: listQueues,
  PurgeQueue: purgeQueue,
  ReceiveMessage: receiveMessage,
  RemovePermission: removePermission,
  SendMessage: sendMessage,
  SendMessageBatch: sendMessageBatch,
  SetQueueAttributes: setQueueAttributes,
  StartMessageMoveTask: startMessageMoveTask,
  TagQueue: tagQueue,
  UntagQueue: untagQueue,
};
