import { EventStream, startRuntime } from 'local-aws';
import { writePipelines } from 'local-aws/testing';
import { TemporaryFolder } from '../run/synthesize.ts';
import { ClientProcess } from './client/process.ts';
import type { Produced, ProducerTask } from './client/producer-client.ts';
import { interleaved, median, medianRatio, type Part, perSecond, roundText } from './report.ts';

const rounds = 20;
const orders = 10_000;
const memoryOrders = { few: 10_000, many: 1_000_000 } as const;
/** As many as generate-orders has (lambdas/common/send.ts). */
const requestsInFlight = 10;

/**
 * The real code of generate-orders, in a process of its own, against the local SQS server. Beside it stands an SDK loop
 * that makes and sends the same orders with as many requests in flight. For the memory, a million orders are made, cut
 * into requests and accounted for, but the requests are answered within the process: the memory of the SDK and its
 * connections does not grow with the number of requests.
 */
export const producer: Part = async ({ onProgress, signal }) => {
  await using disposables = new AsyncDisposableStack();
  const assembly = disposables.use(new TemporaryFolder()).path;
  writePipelines({ orders: { code: 'exports.handler = async () => {};', mapping: null } }, assembly);
  const runtime = disposables.use(await startRuntime({ assembly, events: new EventStream(), port: 0 }));
  const queueUrl = `${runtime.endpoint.url}/${runtime.model.accountId}/orders`;
  const queue = runtime.sqs.queues().find(({ name }) => name === 'orders');
  const module = new URL('./client/producer-client.ts', import.meta.url);
  const start = () => new ClientProcess<ProducerTask, Produced>(module, signal, ['--expose-gc']);
  const client = disposables.use(start());

  const send = async (kind: 'bare' | 'generate-orders') => {
    const { seconds } = await client.run({ kind, queueUrl, orders, requestsInFlight });
    if (queue?.counts.available !== orders) throw new Error(`${queue?.counts.available} of ${orders} orders arrived.`);
    queue.purge();
    return orders / seconds;
  };
  const measured = await interleaved(
    rounds,
    { bare: () => send('bare'), generateOrders: () => send('generate-orders') },
    (kind, round) => onProgress(`${kind}, ${roundText(round, rounds)}`),
  );
  const [bare, ours] = [median(measured.bare), median(measured.generateOrders)];

  const liveMegabytes = async (count: number) => {
    onProgress(`memory while ${count.toLocaleString('en')} orders are made`);
    await using fresh = start();
    const task = { kind: 'generate-only', queueUrl, orders: count, requestsInFlight } as const;
    return (await fresh.run(task)).liveBytes / 1e6;
  };
  const few = await liveMegabytes(memoryOrders.few);
  const many = await liveMegabytes(memoryOrders.many);
  return [
    {
      id: 'producer-throughput',
      title: 'Orders queued by generate-orders, of what a bare SDK loop sends',
      value: medianRatio(measured.generateOrders, measured.bare),
      unit: '',
      bound: { atLeast: 0.9 },
      detail: `${perSecond(ours)} of ${perSecond(bare)}`,
    },
    {
      id: 'producer-memory',
      title: 'Memory of generate-orders for 1,000,000 orders, of that for 10,000',
      value: many / few,
      unit: '',
      bound: { atMost: 1.1 },
      detail: `${many.toFixed(1)} MB of ${few.toFixed(1)} MB`,
    },
  ];
};
