import { Duration, Stack, Validations } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type DeadLetterQueue, Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { constructId, namePrefix } from './names.ts';
import { removalPolicy } from './removal-policy.ts';
import {
  type ConsumerSettings,
  InvalidConfigurationError,
  visibilityTimeoutSeconds,
} from './configuration/settings.ts';

export interface PairedQueueProps {
  /**
   * In kebab case. The queue's name is the stack's name and this name, as in `Photos-failed-photos`, so that two
   * stacks can stand in one account. In a nested stack, the ids of the nested stacks stand in between. In Pascal case this is the id of the construct.
   */
  readonly name: string;
  /** How long a message is kept, 60 s to 14 days. Default: 4 days in the first queue, 14 in the queues behind it. */
  readonly retentionSeconds?: number;
  /** The queue's visibility timeout follows from its consumer. Default: no consumer, and the 30 s of SQS. */
  readonly consumer?: Pick<ConsumerSettings, 'timeoutSeconds' | 'windowSeconds'>;
}

export interface DeadLetterQueueProps extends PairedQueueProps {
  /**
   * Receives of a message before it comes here: 1 to 1,000. AWS advises 5 at least for a dead-letter queue. A parking
   * queue needs far more, because AWS does not say whether the receives in the first queue count as well.
   */
  readonly maxReceiveCount: number;
}

export interface QueuePairProps {
  readonly queue: PairedQueueProps;
  /** Where messages go whose receives are used up. */
  readonly deadLetterQueue: DeadLetterQueueProps;
  /**
   * Where messages go that the consumer of the dead-letter queue cannot handle. Without a parking queue such a message
   * would come back until it expires. Default: none, the dead-letter queue is the last stop.
   */
  readonly parkingQueue?: DeadLetterQueueProps;
  /**
   * Bytes of a message with its attributes, in all queues: 1,024 to 1,048,576 (SQS API reference, SetQueueAttributes).
   * Default: SQS's own, 1,048,576.
   */
  readonly maximumMessageBytes?: number;
  /** FIFO queues, all of them. Default: standard queues. */
  readonly fifo?: boolean;
  /** Whether `cdk destroy` leaves the queues, with their messages, in the account. Default: no. */
  readonly retainData?: boolean;
  /** Key of the account for the messages. Default: a key of SQS. */
  readonly encryptionKey?: IKey;
}

const daySeconds = 24 * 60 * 60;
/** In characters, `.fifo` included (SQS API reference, CreateQueue). */
const longestQueueName = 80;

/**
 * A queue, its dead-letter queue and, if asked for, a parking queue behind the dead-letter queue. Each takes failures
 * from the queue before it only. All are encrypted and refuse requests without TLS.
 *
 * @throws InvalidConfigurationError when the stack's name makes the queues' longer than SQS takes
 */
export class QueuePair extends Construct {
  readonly queue: Queue;
  readonly deadLetterQueue: Queue;
  /** Where messages end that nobody could handle: the parking queue, or without one the dead-letter queue. */
  readonly lastStop: Queue;

  constructor(scope: Construct, id: string, props: QueuePairProps) {
    super(scope, id);
    const { queue, deadLetterQueue, parkingQueue, fifo = false, retainData = false } = props;
    const { maximumMessageBytes, encryptionKey } = props;
    const names = [queue, deadLetterQueue, ...(parkingQueue === undefined ? [] : [parkingQueue])];
    refuseLongNames(names.map(({ name }) => this.#name(name, fifo)));
    const all = {
      fifo,
      retainData,
      ...(maximumMessageBytes !== undefined && { maximumMessageBytes }),
      ...(encryptionKey !== undefined && { encryptionKey }),
    };
    const parked = parkingQueue && {
      queue: this.#queue(parkingQueue, { ...all, source: deadLetterQueue.name }),
      maxReceiveCount: parkingQueue.maxReceiveCount,
    };
    this.deadLetterQueue = this.#queue(deadLetterQueue, {
      ...all,
      source: queue.name,
      ...(parked && { next: parked }),
    });
    this.lastStop = parked?.queue ?? this.deadLetterQueue;
    Validations.of(this.lastStop).acknowledge({
      id: 'Serverless-SQSRedrivePolicy',
      reason: 'The end of the line: behind it there is a person, called by an alarm.',
    });
    this.queue = this.#queue(queue, {
      ...all,
      next: { queue: this.deadLetterQueue, maxReceiveCount: deadLetterQueue.maxReceiveCount },
    });
  }

  #queue(
    { name, retentionSeconds, consumer }: PairedQueueProps,
    { fifo, retainData, maximumMessageBytes, encryptionKey, source, next }: Place,
  ): Queue {
    const id = constructId(name);
    // A message keeps its age when it moves, so the queues behind must keep it longer.
    const defaultRetentionSeconds = (source === undefined ? 4 : 14) * daySeconds;
    return new Queue(this, id, {
      queueName: this.#name(name, fifo),
      retentionPeriod: Duration.seconds(retentionSeconds ?? defaultRetentionSeconds),
      ...encryptedWith(encryptionKey),
      // A policy that denies every request without TLS.
      enforceSSL: true,
      removalPolicy: removalPolicy(retainData),
      ...(fifo && { fifo: true }),
      ...(maximumMessageBytes !== undefined && { maxMessageSizeBytes: maximumMessageBytes }),
      ...(consumer !== undefined && { visibilityTimeout: Duration.seconds(visibilityTimeoutSeconds(consumer)) }),
      ...(next !== undefined && { deadLetterQueue: next }),
      ...(source !== undefined && {
        redriveAllowPolicy: { sourceQueues: [this.#named(id, this.#name(source, fifo))] },
      }),
    });
  }

  /**
   * A queue by its name. Two queues that refer to each other are a circle for CloudFormation, so the dead-letter queue
   * refers to its source by an ARN that is known before the source exists.
   */
  #named(id: string, queueName: string) {
    const arn = Stack.of(this).formatArn({ service: 'sqs', resource: queueName });
    return Queue.fromQueueArn(this, `${id}Source`, arn);
  }

  #name(name: string, fifo: boolean): string {
    return `${namePrefix(Stack.of(this))}-${name}${fifo ? '.fifo' : ''}`;
  }
}

/** Where in the chain a queue stands. */
interface Place {
  readonly fifo: boolean;
  readonly retainData: boolean;
  readonly maximumMessageBytes?: number;
  readonly encryptionKey?: IKey;
  /** Name of the only queue that may use this one as its dead-letter queue. */
  readonly source?: string;
  readonly next?: DeadLetterQueue;
}

function refuseLongNames(queueNames: readonly string[]): void {
  const tooLong = queueNames.filter((name) => name.length > longestQueueName);
  if (tooLong.length === 0) return;
  throw new InvalidConfigurationError(
    tooLong.map(
      (name) =>
        `The queue name ${name} has ${name.length} characters, of which SQS takes ${longestQueueName}: give the stack a name that is shorter by ${name.length - longestQueueName}.`,
    ),
  );
}

/** For the props of a queue. @param encryptionMasterKey default: a key of SQS */
export function encryptedWith(encryptionMasterKey: IKey | undefined): QueueProps {
  if (encryptionMasterKey === undefined) return { encryption: QueueEncryption.SQS_MANAGED };
  return {
    encryption: QueueEncryption.KMS,
    encryptionMasterKey,
    // SQS's default: whoever loses access to the key loses it within five minutes. SQS calls KMS 12 times an hour for
    // each role that receives and 24 times for each role that sends. One role of each kind makes 27,000 requests a
    // month, which cost 0.08 dollars.
    dataKeyReuse: Duration.minutes(5),
  };
}
