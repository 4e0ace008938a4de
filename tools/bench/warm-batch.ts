import { closeSync, openSync, writeSync } from 'node:fs';
import { devNull } from 'node:os';
import type { SQSEvent } from 'aws-lambda';
import { publishMetricsTo } from '../../lambdas/common/metrics.ts';
import { startDeadline } from '../../lambdas/common/time.ts';
import { orderSequence } from '../../shared/order/order-sequence.ts';
import { createHandler } from '../../lambdas/process-orders/process-batch.ts';
import validateOrder from '../../shared/order/validate-order.generated.js';
import { sqsRecord } from '../../test/lambdas/sqs-event.ts';
import { type Figure, interleaved, median, type Part, roundText } from './report.ts';

const rounds = 21;
/** Of each round, in batches of any size. */
const recordsPerRound = 30_000;
const batchSizes = [10, 10_000] as const;
const kinds = ['parse-validate', 'handle', 'handle-log'] as const;
type Kind = (typeof kinds)[number];

/**
 * What process-orders adds to a record when it is warm, the table aside, to what no consumer can do without: JSON.parse
 * and the validator. With its log line, `console` does what Lambda's does, and writes to nowhere. The bound is wide:
 * straight `async` code is worth a microsecond of an order, whose write takes 600 of them.
 */
export const warmBatch: Part = async ({ onProgress, signal }) => {
  const figures: Figure[] = [];
  for (const batchSize of batchSizes) figures.push(...(await measure(batchSize, onProgress, signal)));
  return figures;
};

async function measure(
  batchSize: number,
  onProgress: (text: string) => void,
  signal: AbortSignal,
): Promise<readonly Figure[]> {
  const event = eventOf(batchSize);
  using log = nowhere();
  const runs: Record<Kind, () => void | Promise<void>> = {
    'parse-validate': () => parseAndValidate(event),
    handle: () => handle(event, () => {}),
    'handle-log': () => handle(event, (line) => log.write(line)),
  };
  const measured = await interleaved(
    rounds,
    Object.fromEntries(kinds.map((kind) => [kind, () => nanosecondsPerRecord(runs[kind], batchSize)])) as Record<
      Kind,
      () => Promise<number>
    >,
    (kind, round) => {
      signal.throwIfAborted();
      onProgress(`batches of ${batchSize}, ${kind}, ${roundText(round, rounds)}`);
    },
  );
  const [bare, handled, logged] = kinds.map((kind) => median(measured[kind])) as [number, number, number];
  const overhead = (total: number) => ({
    value: (total - bare) / bare,
    unit: '',
    detail: `${micros(total)} µs an order, of them ${micros(bare)} JSON.parse and the validator`,
  });
  return [
    {
      id: `warm-batch-${batchSize}`,
      title: `warm batch of ${batchSize.toLocaleString('en')}: what process-orders adds to JSON.parse and the validator`,
      ...overhead(handled),
      bound: { atMost: 3 },
    },
    { id: `warm-batch-${batchSize}-with-log`, title: 'the same with its line in the log', ...overhead(logged) },
  ];
}

function micros(nanoseconds: number): string {
  return (nanoseconds / 1000).toFixed(2);
}

/** Good orders as generate-orders makes them, in the records of a mapping. */
function eventOf(batchSize: number): SQSEvent {
  const messages = orderSequence({ count: batchSize, badRate: 0, seed: 1, from: 0 });
  return { Records: [...messages].map(({ body }, index) => sqsRecord(body, index)) };
}

/** Processor time of this thread: other programs take nothing of it. */
async function nanosecondsPerRecord(run: () => void | Promise<void>, batchSize: number): Promise<number> {
  const before = process.threadCpuUsage();
  for (let records = 0; records < recordsPerRound; records += batchSize) await run();
  const { user, system } = process.threadCpuUsage(before);
  return ((user + system) * 1000) / recordsPerRound;
}

function parseAndValidate({ Records: records }: SQSEvent): void {
  for (const { body } of records) if (!validateOrder(JSON.parse(body))) throw new Error(`Not an order: ${body}`);
}

const context = { getRemainingTimeInMillis: () => 10_000 };
const processed = { result: 'processed' } as const;
const handler = createHandler({
  processOrder: () => Promise.resolve(processed),
  partialBatchResponses: true,
  maxReceiveCount: 5,
  logCustomerNames: false,
  backoff: { base: 2, cap: 300 },
  loadChangeVisibilityBatch: () => Promise.reject(new Error('No order fails here.')),
  publishMetrics: publishMetricsTo({ functionName: 'process-orders', now: Date.now, write: () => {} }),
  random: Math.random,
  startDeadline,
});

async function handle(event: SQSEvent, write: (line: unknown) => void): Promise<void> {
  const { info } = console;
  console.info = write;
  try {
    const { batchItemFailures } = await handler(event, context);
    if (batchItemFailures.length > 0) throw new Error('An order failed.');
  } finally {
    console.info = info;
  }
}

/** The line that Lambda's JSON log format makes of an object, in one write, which the device drops. */
function nowhere(): Disposable & { write(message: unknown): void } {
  const file = openSync(devNull, 'w');
  const requestId = 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef';
  return {
    write(message) {
      writeSync(
        file,
        `${JSON.stringify({ timestamp: new Date().toISOString(), level: 'INFO', requestId, message })}\n`,
      );
    },
    [Symbol.dispose]: () => closeSync(file),
  };
}
