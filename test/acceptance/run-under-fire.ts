import { EventStream, type Runtime, startRuntime, systemClock } from 'local-aws';
import { Journal, type OrderWrites, readRows, type Rows, watchOrderWrites } from '../../tools/trial/evidence.ts';
import { createClients } from '../../tools/orders/aws/clients.ts';
import type { SendQueue } from '../../tools/orders/aws/send.ts';
import type { TableConnection } from '../../tools/orders/ledger/table.ts';
import { pipelineNames } from '../../tools/run/local-pipeline.ts';
import { TemporaryFolder } from '../../tools/run/synthesize.ts';
import { synthesizeHastily } from './hasty-assembly.ts';
import { Killer } from './killer.ts';
import { type Deliveries, deliverTwice } from './second-deliveries.ts';

/**
 * The project's own stack, running on this machine, every message delivered twice, and everything watched: what was
 * sent, what the table answered, what died.
 */
export interface RunUnderFire extends AsyncDisposable {
  readonly runtime: Runtime;
  readonly names: ReturnType<typeof pipelineNames>;
  readonly journal: Journal;
  readonly writes: OrderWrites;
  readonly killer: Killer;
  /** Of the orders queue and of bad-orders. */
  readonly deliveries: readonly [Deliveries, Deliveries];
  /** As the `orders` command reaches them. */
  readonly table: TableConnection;
  readonly queue: SendQueue;
  /** How many there are in all queues, in whatever state. */
  messages(): number;
  /** Settles when all queues are empty and no function has a message. */
  quiet(): Promise<void>;
  rows(): Promise<Rows>;
}

/** @param random answers numbers in [0, 1) */
export async function startRunUnderFire(random: () => number): Promise<RunUnderFire> {
  await using starting = new AsyncDisposableStack();
  const folder = starting.use(new TemporaryFolder());
  await synthesizeHastily(folder.path);
  const events = new EventStream();
  const journal = new Journal(events);
  const runtime = starting.use(await startRuntime({ assembly: folder.path, events, port: 0 }));
  const { model, endpoint, lambda, sqs } = runtime;
  const names = pipelineNames(model);
  const queueNamed = (wanted: string) => sqs.queues().find(({ name }) => name === wanted)!;
  const killer = starting.use(new Killer({ lambda, events, random }));
  const writes = watchOrderWrites(events, (orderKey) => killer.wrote(orderKey));

  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const clients = starting.use(
    createClients({ stack: 'OrderPipeline', region: model.region, endpoint: endpoint.url, credentials }),
  );
  const surroundings = { clock: systemClock, random };
  const table: TableConnection = { client: clients.dynamodb, name: names.ordersTable, ...surroundings };
  const url = `${endpoint.url}/${model.accountId}/${names.ordersQueue}`;
  const queue: SendQueue = { client: clients.sqs, url, ...surroundings };

  const deliveries = [
    deliverTwice(queueNamed(names.ordersQueue), random),
    deliverTwice(queueNamed(names.badOrdersQueue), random),
  ] as const;
  const messages = () =>
    sqs.queues().reduce((sum, { counts }) => sum + counts.delayed + counts.available + counts['in-flight'], 0);
  const running = starting.move();
  return {
    runtime,
    names,
    journal,
    writes,
    killer,
    deliveries,
    table,
    queue,
    messages,
    quiet: () => journal.until(() => messages() === 0),
    rows: () => readRows(table),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
