import {
  GetQueueAttributesCommand,
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { RuntimeEvent } from '../../src/events.ts';
import type { Runtime } from '../../src/runtime.ts';
import type { Queue } from '../../src/services/sqs/queue.ts';
import type { EventOf, EventWatch } from '../../src/testing/event-watch.ts';
import type { ManualClock } from '../../src/testing/manual-clock.ts';
import { functionNameOf } from '../../src/testing/written-pipelines.ts';

/** A message to send: its body, or an entry of SendMessageBatch without its id. */
export type Sent = string | Omit<SendMessageBatchRequestEntry, 'Id'>;

type FunctionEvent = Extract<RuntimeEvent, { functionName: string }>['type'];

export interface PipelineSurroundings {
  readonly runtime: Runtime;
  readonly clock: ManualClock;
  readonly sqs: SQSClient;
  readonly watch: EventWatch;
  readonly queueUrl: (queueName: string) => string;
}

/** One pipeline of a running assembly as a test sees it: what goes in through SQS, and what its mapping does. */
export class Pipeline {
  readonly name: string;
  readonly functionName: string;
  readonly queueUrl: string;
  readonly #around: PipelineSurroundings;

  constructor(name: string, around: PipelineSurroundings) {
    this.name = name;
    this.functionName = functionNameOf(name);
    this.queueUrl = around.queueUrl(name);
    this.#around = around;
  }

  /** Sends up to 10 messages in one call and answers their ids. */
  async send(...messages: readonly Sent[]): Promise<string[]> {
    const Entries = messages.map((message, index) => ({
      Id: String(index),
      ...(typeof message === 'string' ? { MessageBody: message } : message),
    }));
    const { Successful = [] } = await this.#around.sqs.send(
      new SendMessageBatchCommand({ QueueUrl: this.queueUrl, Entries }),
    );
    return Successful.map(({ MessageId = '' }) => MessageId);
  }

  /** Sends, and waits for the mapping to be done with the next batch. */
  async deliver(...messages: readonly Sent[]): Promise<EventOf<'batch-ended'>> {
    const ended = this.next('batch-ended');
    await this.send(...messages);
    return ended;
  }

  /** Turns the clock, and waits for the mapping to be done with the batch that this brings. */
  async deliverAfter(ms: number): Promise<EventOf<'batch-ended'>> {
    const ended = this.next('batch-ended');
    await this.#around.clock.advance(ms);
    return ended;
  }

  /** The `count`th event from now on of this function and its mapping. */
  next<Type extends FunctionEvent>(type: Type, count = 1): Promise<EventOf<Type>> {
    return this.#around.watch.next((event): event is EventOf<Type> => this.#isMine(event, type), count);
  }

  emitted<Type extends FunctionEvent>(type: Type): EventOf<Type>[] {
    return this.#around.watch.emitted.filter((event): event is EventOf<Type> => this.#isMine(event, type));
  }

  /** What the function logged by way of `observer` (handlers.ts), in order. */
  observed(): Observation[] {
    return this.emitted('log')
      .map(({ message }) => message.slice(message.indexOf('{')))
      .filter((text) => text.startsWith('{"count"'))
      .map((text) => JSON.parse(text) as Observation);
  }

  /** Resolves when the function has begun with its next invocation, however it goes on. */
  async nextObservation(): Promise<void> {
    const seen = this.observed().length;
    await this.#around.watch.next(
      (event): event is EventOf<'log'> => this.#isMine(event, 'log') && this.observed().length > seen,
    );
  }

  async counts(queueName = this.name): Promise<{ visible: number; inFlight: number }> {
    const { Attributes = {} } = await this.#around.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: this.#around.queueUrl(queueName), AttributeNames: ['All'] }),
    );
    return {
      visible: Number(Attributes['ApproximateNumberOfMessages']),
      inFlight: Number(Attributes['ApproximateNumberOfMessagesNotVisible']),
    };
  }

  get queue(): Queue {
    const queue = this.#around.runtime.sqs.queues().find(({ name }) => name === this.name);
    if (queue === undefined) throw new Error(`No queue ${this.name}.`);
    return queue;
  }

  get mappingId(): string {
    const mapping = this.#around.runtime.model.mappings.find(({ functionName }) => functionName === this.functionName);
    if (mapping === undefined) throw new Error(`No mapping of ${this.functionName}.`);
    return mapping.uuid;
  }

  #isMine(event: RuntimeEvent, type: FunctionEvent): boolean {
    return event.type === type && 'functionName' in event && event.functionName === this.functionName;
  }
}

/** What a function saw of one invocation. */
export interface Observation {
  /** 1 for the first invocation of a process. */
  readonly count: number;
  readonly event: { readonly Records: readonly ObservedRecord[] };
}

export interface ObservedRecord {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly messageAttributes: Readonly<Record<string, unknown>>;
  readonly md5OfMessageAttributes?: string | null;
  readonly md5OfBody: string;
}
