import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { NewMessage } from 'local-aws';
import { exampleOrder } from '../../shared/order/example-order.ts';
import { TemporaryFolder } from '../run/synthesize.ts';
import { Pipeline, synthesizePipelines } from './pipeline/pipeline.ts';
import { type Figure, interleaved, median, medianRatio, type Part, perSecond, roundText } from './report.ts';

const rounds = 9;
const processedOrders = 4_000;
const fewest = 1_000;
const most = 200_000;
const backlogs = [fewest, 10_000, 50_000, most] as const;
const sendAtATime = 1_000;

/**
 * Time for an order while many others wait behind it, and the memory of a waiting order. The queue is filled, process-
 * orders works through 4,000 orders, and the rest is dropped. The table is left out, because it would hide what the
 * queue costs.
 */
export const backlog: Part = async ({ onProgress, signal }) => {
  await using disposables = new AsyncDisposableStack();
  onProgress('synthesizing the stack');
  const folder = disposables.use(new TemporaryFolder());
  const { withoutTable } = await synthesizePipelines(folder.path, signal);
  const pipeline = disposables.use(await Pipeline.start(withoutTable));
  const bytesPerOrder: number[] = [];

  const drain = async (waiting: number) => {
    signal.throwIfAborted();
    await pipeline.poll(false);
    const before = liveBytes();
    fill(pipeline, waiting + processedOrders);
    // Garbage of the filling is collected before the clock starts.
    const after = liveBytes();
    if (waiting === most) bytesPerOrder.push((after - before) / (waiting + processedOrders));
    await collectorAtRest(signal);
    const processed = pipeline.deleted(processedOrders);
    const startedAtMs = performance.now();
    await pipeline.poll(true);
    await processed;
    const microseconds = ((performance.now() - startedAtMs) * 1000) / processedOrders;
    await pipeline.poll(false);
    pipeline.ordersQueue.purge();
    return microseconds;
  };
  const measured = await interleaved(
    rounds,
    Object.fromEntries(backlogs.map((waiting) => [waiting, () => drain(waiting)] as const)),
    (waiting, round) =>
      onProgress(`${Number(waiting).toLocaleString('en')} orders waiting, ${roundText(round, rounds)}`),
  );
  const times = (waiting: number) => measured[String(waiting)] ?? [];
  const flatness = backlogs.slice(1).map((waiting): Figure => {
    const rates = [waiting, fewest].map((each) => perSecond(1e6 / median(times(each))));
    return {
      id: `backlog-${waiting}`,
      title: `Time per order with ${waiting.toLocaleString('en')} waiting, of that with ${fewest.toLocaleString('en')}`,
      value: medianRatio(times(waiting), times(fewest)),
      unit: '',
      bound: { atMost: 1.3 },
      detail: rates.join(' beside '),
    };
  });
  return [
    ...flatness,
    { id: 'backlog-memory', title: 'Memory of a waiting order', value: median(bytesPerOrder) / 1000, unit: 'KB' },
  ];
};

/** Straight into the queue: the same messages as by way of the endpoint. */
function fill({ ordersQueue }: Pipeline, orders: number): void {
  for (let sent = 0; sent < orders; sent += sendAtATime) {
    const messages = Array.from({ length: Math.min(sendAtATime, orders - sent) }, (_, index): NewMessage => {
      const order = exampleOrder(sent + index, crypto.randomUUID());
      return { body: JSON.stringify(order), senderId: 'bench' };
    });
    ordersQueue.send(messages);
  }
}

function liveBytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/**
 * Resolves when this process has nothing to do any more. A collection goes on in threads of its own: they sweep what
 * it has marked, longer for a large heap than for a small one, and would take processor time from the orders.
 */
async function collectorAtRest(signal: AbortSignal): Promise<void> {
  const looks = 20;
  for (let look = 0; look < looks; look += 1) {
    const before = process.cpuUsage();
    await setTimeout(100, undefined, { signal });
    const { user, system } = process.cpuUsage(before);
    if (user + system < 5_000) return;
  }
}
