import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { publishMetricsOnLambda } from '../../../lambdas/common/metrics.ts';
import { startDeadline } from '../../../lambdas/common/time.ts';
import { createHandler } from '../../../lambdas/generate-orders/generate.ts';
import { type SendMessageBatch, sqsSendMessageBatch } from '../../../lambdas/common/send.ts';
import { exampleOrder } from '../../../shared/order/example-order.ts';
import type { GenerateAnswer } from '../../../shared/pipeline.ts';
import { forEachAtOnce } from '../../orders/streams.ts';
import { serveTasks, steps } from './process.ts';

/**
 * `bare` is a loop that makes the same orders under random ids and sends them by the SDK, which every producer needs.
 * `generate-orders` is its handler with its own client. `generate-only` is the same handler, but its requests are
 * answered in this process 1 ms later.
 */
export interface ProducerTask {
  readonly kind: 'bare' | 'generate-orders' | 'generate-only';
  readonly queueUrl: string;
  /** A multiple of 10. */
  readonly orders: number;
  readonly requestsInFlight: number;
}

export interface Produced {
  readonly seconds: number;
  /** The most memory in use after a garbage collection, in bytes: looked at 20 times on the way. */
  readonly liveBytes: number;
}

const batchSize = 10;
const samples = 20;
/** Longer than any round, so that the handler does not stop early. */
const timeMs = 600_000;

serveTasks<ProducerTask, Produced>(async (task) => {
  const startedAtMs = performance.now();
  const live = new LiveMemory(task.kind === 'generate-only' ? Math.ceil(task.orders / batchSize / samples) : Infinity);
  if (task.kind === 'bare') await bare(task);
  else await generateOrders(task, live);
  return { seconds: (performance.now() - startedAtMs) / 1000, liveBytes: live.mostBytes };
});

function client(queueUrl: string): SQSClient {
  const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' };
  return new SQSClient({ endpoint: new URL(queueUrl).origin, region: 'us-east-1', credentials });
}

async function bare({ queueUrl: QueueUrl, orders, requestsInFlight }: ProducerTask): Promise<void> {
  const sqs = client(QueueUrl);
  await forEachAtOnce(steps(orders, batchSize), requestsInFlight, async (first) => {
    const Entries = Array.from({ length: batchSize }, (_, index) => ({
      Id: String(index),
      MessageBody: JSON.stringify(exampleOrder(first + index, randomUUID())),
    }));
    const { Failed = [] } = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    if (Failed.length > 0) throw new Error(`The server refused entries: ${Failed[0]?.Message}`);
  });
  sqs.destroy();
}

async function generateOrders({ kind, queueUrl, orders }: ProducerTask, live: LiveMemory): Promise<void> {
  const sqs = client(queueUrl);
  const answered: SendMessageBatch = async () => {
    await sleep(1);
    live.count();
    return [];
  };
  const handler = createHandler({
    sendMessageBatch: kind === 'generate-only' ? answered : sqsSendMessageBatch(queueUrl, sqs),
    sleep: (milliseconds) => sleep(milliseconds),
    publishMetrics: publishMetricsOnLambda(),
    random: Math.random,
    startDeadline,
  });
  console.info = () => {};
  const event = { count: orders, badRate: 0, seed: 1 };
  const { statusCode, body } = await handler(event, { getRemainingTimeInMillis: () => timeMs });
  const { queued } = JSON.parse(body) as Partial<GenerateAnswer>;
  if (statusCode !== 200 || queued !== orders) throw new Error(`generate-orders answered ${statusCode}: ${body}`);
  sqs.destroy();
}

/** Collects garbage every so many requests, and remembers the most that was left. */
class LiveMemory {
  mostBytes = 0;
  readonly #every: number;
  #requests = 0;

  constructor(every: number) {
    this.#every = every;
  }

  count(): void {
    this.#requests += 1;
    if (this.#requests % this.#every !== 0) return;
    globalThis.gc?.();
    const { heapUsed, external } = process.memoryUsage();
    this.mostBytes = Math.max(this.mostBytes, heapUsed + external);
  }
}
