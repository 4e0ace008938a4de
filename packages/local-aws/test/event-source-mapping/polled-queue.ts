import type { Clock } from '../../src/clock.ts';
import { EventStream } from '../../src/events.ts';
import { Throttled } from '../../src/services/lambda/event-source-mapping/deliver.ts';
import { EventSourceMapping } from '../../src/services/lambda/event-source-mapping/event-source-mapping.ts';
import type { SourceQueue } from '../../src/services/lambda/event-source-mapping/source-queue.ts';
import type { MappingModel } from '../../src/services/lambda/model.ts';
import type { QueueModel } from '../../src/services/sqs/model.ts';
import { QueueRegistry } from '../../src/services/sqs/queue-registry.ts';
import type { Queue } from '../../src/services/sqs/queue.ts';
import { EventWatch } from '../../src/testing/event-watch.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { accountId, arnOf, queueModel, region, withDeadLetterQueue } from '../sqs/queue-model.ts';

/** An invocation that waits for the test to say how it ends. */
export interface PendingInvocation {
  readonly messageIds: readonly string[];
  readonly receiptHandles: readonly string[];
  succeed(answer?: unknown): void;
  /** The function throws. */
  fail(): void;
}

export interface PolledQueueSettings {
  readonly queue?: Partial<QueueModel>;
  readonly maxReceiveCount?: number;
  readonly mapping?: Partial<MappingModel>;
  readonly gatherInParallel?: boolean;
  /** What a mapping sees in place of the queue itself. */
  readonly source?: (queue: Queue, clock: Clock) => SourceQueue;
}

/**
 * A mapping that polls a real queue, without endpoint and processes: the test plays the function. `throttling` makes
 * every invocation be throttled while it is true.
 */
export class PolledQueue {
  readonly clock = new ManualClock();
  readonly queue: Queue;
  readonly deadLetters: Queue;
  readonly mapping: EventSourceMapping;
  readonly watch: EventWatch;
  readonly pending = new Set<PendingInvocation>();
  throttling = false;

  constructor(settings: PolledQueueSettings = {}) {
    const { queue: changes, maxReceiveCount = 1_000, mapping, gatherInParallel = false } = settings;
    const { clock } = this;
    const events = new EventStream();
    this.watch = new EventWatch(events);
    const name = changes?.fifo === true ? 'orders.fifo' : 'orders';
    const dead = changes?.fifo === true ? 'dead.fifo' : 'dead';
    const registry = new QueueRegistry({ clock, events, region, accountId });
    registry.applyTemplate([queueModel(dead), { ...withDeadLetterQueue(name, dead, maxReceiveCount), ...changes }]);
    this.queue = registry.require(name);
    this.deadLetters = registry.require(dead);
    const model: MappingModel = {
      stack: 'Test',
      logicalId: 'Mapping',
      uuid: '11111111-2222-3333-4444-555555555555',
      functionName: 'consumer',
      queueArn: arnOf(name),
      enabled: true,
      batchSize: 10,
      windowSeconds: 0,
      reportBatchItemFailures: true,
      filterPatterns: [],
      ...mapping,
    };
    this.mapping = new EventSourceMapping(model, {
      queue: settings.source?.(this.queue, clock) ?? this.queue,
      invoke: (_, payload) => this.#invoke(payload),
      clock,
      events,
      region,
      gatherInParallel,
    });
  }

  /** Sends messages in one moment and answers their ids. */
  send(...bodies: readonly string[]): string[] {
    return this.queue.send(bodies.map((body) => ({ body, senderId: 'test' }))).map(({ messageId }) => messageId);
  }

  /** Lets everything happen that needs no time. */
  async settle(): Promise<void> {
    await this.clock.advance(0);
  }

  async close(): Promise<void> {
    const closed = this.mapping.abandon();
    for (const invocation of this.pending) invocation.fail();
    await closed;
    this.queue.close();
    this.deadLetters.close();
  }

  #invoke(payload: string): Promise<{ payload: string; executionEnvironmentId: string; functionError?: string }> {
    if (this.throttling) return Promise.reject(new Throttled('Rate Exceeded.'));
    const { Records } = JSON.parse(payload) as { Records: { messageId: string; receiptHandle: string }[] };
    return new Promise((resolve) => {
      const end = (answer: { payload: string; functionError?: string }) => {
        this.pending.delete(invocation);
        resolve({ executionEnvironmentId: 'local', ...answer });
      };
      const invocation: PendingInvocation = {
        messageIds: Records.map(({ messageId }) => messageId),
        receiptHandles: Records.map(({ receiptHandle }) => receiptHandle),
        succeed: (answer = null) => end({ payload: JSON.stringify(answer) }),
        fail: () => end({ payload: '{}', functionError: 'Unhandled' }),
      };
      this.pending.add(invocation);
    });
  }
}
