import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { EventStream, type Queue, readAssembly, type Runtime, startRuntime } from 'local-aws';
import { bundlingOptions } from '../../../lib/bundle-function.ts';
import { generateUntilDone } from '../../orders/aws/generate.ts';
import { pipelineNames } from '../../run/local-pipeline.ts';
import { synthesize } from '../../run/synthesize.ts';

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
    const invoke = (event: object) => this.runtime.lambda.invoke(generateOrders, JSON.stringify(event));
    const { queued, end } = await generateUntilDone(invoke, { count, badRate: 0, seed });
    if (queued !== count) throw new Error(`${queued} of ${count} orders were queued: ${JSON.stringify(end)}`);
    await processed;
    const rate = count / ((performance.now() - startedAtMs) / 1000);
    assertEmpty(this.runtime, ordersQueue);
    return rate;
  }

  /** Resolves when so many more orders are processed and deleted. */
  deleted(count: number): Promise<void> {
    return deletedFrom(this.#events, this.names.ordersQueue, count);
  }

  /** Lets process-orders go on, or keeps orders waiting. Resolves when the batches under way have ended. */
  async poll(enabled: boolean): Promise<void> {
    const arn = this.ordersQueue.arn;
    const mapping = this.runtime.mappings.mappings.find(({ model }) => model.queueArn === arn);
    await mapping?.update({ ...mapping.model, enabled });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve(this.runtime[Symbol.asyncDispose]());
  }
}

/** Resolves when the mapping of a queue says that it has deleted so many messages. Nothing is polled meanwhile. */
export function deletedFrom(
  events: EventStream,
  queueName: string,
  messages: number,
  onDone: (done: number) => void = () => {},
): Promise<void> {
  return new Promise((resolve) => {
    let deleted = 0;
    const unsubscribe = events.subscribe((event) => {
      if (event.type !== 'batch-ended' || event.queueName !== queueName) return;
      deleted += event.deleted.length;
      onDone(deleted);
      if (deleted < messages) return;
      unsubscribe();
      resolve();
    });
  });
}

/** Throws unless the queue is empty: a rate counts only if every message went all the way. */
export function assertEmpty(runtime: Runtime, queueName: string): void {
  const counts = runtime.sqs.queues().find(({ name }) => name === queueName)?.counts;
  if (counts?.available === 0 && counts['in-flight'] === 0 && counts.delayed === 0) return;
  throw new Error(`The queue ${queueName} is not empty after its round: ${JSON.stringify(counts)}.`);
}

/** Folders with the project's own stack, in the production preset. */
interface Assemblies {
  readonly withTable: string;
  /** The same, but process-orders writes nothing. */
  readonly withoutTable: string;
}

/** Synthesizes into folders below `directory`. */
export async function synthesizePipelines(directory: string, signal: AbortSignal): Promise<Assemblies> {
  const [withTable, withoutTable] = [join(directory, 'with-table'), join(directory, 'without-table')];
  await synthesize({ outputDirectory: withTable, context: { preset: 'production' }, signal });
  cpSync(withTable, withoutTable, { recursive: true });
  const codeRoot = join(directory, 'code');
  const model = readAssembly(withoutTable, { endpointUrl: 'http://127.0.0.1', codeRoot });
  const { processOrders } = pipelineNames(model);
  const outdir = model.functions.find(({ name }) => name === processOrders)?.codeDirectory;
  if (outdir?.startsWith(withoutTable) !== true) throw new Error(`process-orders has its code in ${outdir}.`);
  rmSync(outdir, { recursive: true });
  const entry = 'tools/bench/pipeline/process-orders-without-table.ts';
  await build({ ...bundlingOptions('lambdas/process-orders/handler.ts'), entryPoints: { index: entry }, outdir });
  return { withTable, withoutTable };
}
