import { join } from 'node:path';
import { ProcessGuard, type TableModel } from 'local-aws';
import { createTableInput, DynaliteProcess, Forwarder } from 'local-aws/testing';
import { countRows } from '../run/local-pipeline.ts';
import { TemporaryFolder } from '../run/synthesize.ts';
import { ClientProcess } from './client/process.ts';
import type { SqsTask } from './client/sqs-client.ts';
import type { TableTask } from './client/table-client.ts';
import { assertEmpty, Pipeline, synthesizePipelines } from './pipeline/pipeline.ts';
import { interleaved, median, medianRatio, type Part, perSecond, roundText } from './report.ts';

const rounds = 3;
const requestsInFlight = 10;
const orders = { bareQueue: 10_000, withoutTable: 10_000, bareTable: 5_000, withTable: 10_000 } as const;
/** In the round that does not count, ten instances of process-orders become warm. */
const warmUpOrders = 20_000;

/**
 * The real stack on the local runtime, from the invocation of generate-orders until the last order is deleted. Beside
 * it stands what the servers do for a bare client. For the queues, an SDK client sends, receives and deletes. For the
 * table, a client writes the same orders by the same request, straight to the table server.
 */
export const endToEnd: Part = async ({ onProgress, signal }) => {
  await using disposables = new AsyncDisposableStack();
  onProgress('synthesizing the stack');
  const folder = disposables.use(new TemporaryFolder());
  const assemblies = await synthesizePipelines(folder.path, signal);
  const withoutTable = disposables.use(await Pipeline.start(assemblies.withoutTable));
  const withTable = disposables.use(await Pipeline.start(assemblies.withTable));
  const [table] = withTable.runtime.model.tables;
  if (table === undefined) throw new Error('The stack has no table.');
  const tableServer = disposables.use(await TableServer.start(folder.path, table));
  const sqsModule = new URL('./client/sqs-client.ts', import.meta.url);
  const sqsClient = disposables.use(new ClientProcess<SqsTask, null>(sqsModule, signal));
  const tableModule = new URL('./client/table-client.ts', import.meta.url);
  const tableClient = disposables.use(new ClientProcess<TableTask, null>(tableModule, signal));

  let first = Number.NaN;
  const bareQueue = () => {
    const { parkedQueueUrl, parkedQueue } = parked(withoutTable);
    const task = { kind: 'send-receive-delete', queueUrl: parkedQueueUrl, messages: orders.bareQueue } as const;
    return timed(orders.bareQueue, async () => {
      await sqsClient.run({ ...task, requestsInFlight });
      assertEmpty(withoutTable.runtime, parkedQueue);
    });
  };
  const bareTable = () => {
    const { socketPath } = tableServer;
    const task = { socketPath, tableName: table.name, writes: orders.bareTable, requestsInFlight };
    return timed(orders.bareTable, () => tableClient.run(task));
  };
  const measured = await interleaved(
    rounds,
    {
      bareQueue,
      withoutTable: (round) => withoutTable.run(round === 0 ? warmUpOrders : orders.withoutTable, round),
      bareTable,
      withTable: async (round) => {
        if (round > 0) return withTable.run(orders.withTable, round);
        first = await withTable.run(orders.withTable, rounds + 1);
        return withTable.run(warmUpOrders - orders.withTable, 0);
      },
    },
    (kind, round) => onProgress(`${kind}, ${roundText(round, rounds)}`),
  );
  const written = orders.withTable * rounds + warmUpOrders;
  const { processed } = await countRows(withTable.runtime, withTable.names.ordersTable);
  if (processed !== written) throw new Error(`The table has ${processed} of ${written} orders.`);
  return [
    {
      id: 'end-to-end-without-table',
      title: 'Orders through the stack without its table, of a bare send + receive + delete loop',
      value: medianRatio(measured.withoutTable, measured.bareQueue),
      unit: '',
      bound: { atLeast: 0.6 },
      detail: `${perSecond(median(measured.withoutTable))} of ${perSecond(median(measured.bareQueue))}`,
    },
    {
      id: 'end-to-end-with-table',
      title: 'Orders through the stack, of bare conditional writes to the table server',
      value: medianRatio(measured.withTable, measured.bareTable),
      unit: '',
      bound: { atLeast: 0.7 },
      detail: `${perSecond(median(measured.withTable))} of ${perSecond(median(measured.bareTable))}`,
    },
    {
      id: 'end-to-end-first-orders',
      title: 'The first 10,000 orders after the start, functions cold',
      value: first,
      unit: '/s',
    },
  ];
};

/** A queue of the stack that nothing polls. */
function parked({ runtime }: Pipeline) {
  const name = runtime.sqs.queues().find(({ arn }) => runtime.model.mappings.every(({ queueArn }) => queueArn !== arn));
  if (name === undefined) throw new Error('Every queue of the stack is polled.');
  return { parkedQueue: name.name, parkedQueueUrl: `${runtime.endpoint.url}/${runtime.model.accountId}/${name.name}` };
}

/** @returns how many a second */
async function timed(count: number, run: () => Promise<unknown>): Promise<number> {
  const startedAtMs = performance.now();
  await run();
  return count / ((performance.now() - startedAtMs) / 1000);
}

/** A table server as the runtime starts it, with one table and without a runtime in front. */
class TableServer implements AsyncDisposable {
  readonly socketPath: string;
  readonly #guard = new ProcessGuard();
  #process: DynaliteProcess | undefined;

  private constructor(directory: string) {
    this.socketPath = join(directory, 'table.sock');
  }

  static async start(directory: string, table: TableModel): Promise<TableServer> {
    const server = new TableServer(directory);
    const { socketPath } = server;
    server.#guard.start();
    const about = { socketPath, region: 'us-east-1', accountId: '000000000000', guard: server.#guard, onCrash };
    server.#process = await DynaliteProcess.start(about);
    const forwarder = new Forwarder(socketPath);
    const { status } = await forwarder.send('CreateTable', Buffer.from(JSON.stringify(createTableInput(table))));
    forwarder.close();
    if (status === 200) return server;
    await server[Symbol.asyncDispose]();
    throw new Error(`The table server refused the table with ${status}.`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process?.close();
    await this.#guard.close();
  }
}

function onCrash(lastWords: string): void {
  process.stderr.write(`The table server ended: ${lastWords}\n`);
}
