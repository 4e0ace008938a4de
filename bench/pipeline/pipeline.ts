import { EventStream, type Queue, type Runtime, startRuntime } from 'local-aws';
import { pipelineNames } from '../../ops/start/pipeline-names.ts';
import { readGenerated } from '../../shared/generate-response.ts';
import { assertEmpty, deletedFrom } from '../queue-empty.ts';

/** The project's own stack on the local runtime. Dispose of it to end it. */
export class Pipeline implements AsyncDisposable {
  readonly runtime: Runtime;
  readonly names: ReturnType<typeof pipelineNames>;
  readonly #events: EventStream;

  private constructor(runtime: Runtime, events: EventStream) {
    this.runtime = runtime;
    this.names = pipelineNames(runtime.model);
    this.#events = events;
  }

  static async start(assembly: string): Promise<Pipeline> {
    const events = new EventStream();
    return new Pipeline(await startRuntime({ assembly, events, port: 0 }), events);
  }

  get ordersQueue(): Queue {
    return this.runtime.sqs.queues().find(({ name }) => name === this.names.ordersQueue)!;
  }

  /**
   * Has generate-orders send good orders, other ones for each seed.
   * @returns orders a second, from its invocation until the last order is processed and deleted
   */
  async run(count: number, seed: number): Promise<number> {
    const { generateOrders, ordersQueue } = this.names;
    const startedAtMs = performance.now();
    const processed = this.deleted(count);
    const { payload } = await this.runtime.lambda.invoke(generateOrders, JSON.stringify({ count, badRate: 0, seed }));
    const generated = readGenerated(payload);
    if (generated.statusCode !== 200 || generated.queued !== count)
      throw new Error(`generate-orders answered ${payload}`);
    await processed;
    const rate = count / ((performance.now() - startedAtMs) / 1000);
    assertEmpty(this.runtime, ordersQueue);
    return rate;
  }

  /** Resolves when so many more orders are processed and deleted. */
  deleted(count: number): Promise<void> {
    return deletedFrom(this.#events, this.names.ordersQueue, count);
  }

  /** Lets process-orders go on, or keeps orders waiting; resolves when what was under way has ended. */
  async poll(enabled: boolean): Promise<void> {
    const arn = this.ordersQueue.arn;
    const mapping = this.runtime.mappings.mappings.find(({ model }) => model.queueArn === arn);
    await mapping?.update({ ...mapping.model, enabled });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve(this.runtime[Symbol.asyncDispose]());
  }
}
