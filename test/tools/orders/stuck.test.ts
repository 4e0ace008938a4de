import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Clock, systemClock } from 'local-aws';
import { exampleOrder } from '../../../shared/order/example-order.ts';
import { createContext } from '../../../tools/orders/context.ts';
import { findFailed } from '../../../tools/orders/ledger/find-failure.ts';
import { markReplayed } from '../../../tools/orders/ledger/replay.ts';
import type { StatusReport } from '../../../tools/orders/status-report.ts';
import { child } from './child-orders.ts';
import { documentOf, documentsOf, ordersIo } from './collected-io.ts';
import { type ServedPipeline, servePipeline } from './served-pipeline.ts';

let pipeline: ServedPipeline;
const minuteMs = 60_000;

beforeAll(async () => {
  pipeline = await servePipeline();
});
afterAll(async () => {
  await pipeline[Symbol.asyncDispose]();
});

const clockAhead = (minutes: number): Clock => ({
  ...systemClock,
  now: () => systemClock.now() + minutes * minuteMs,
});
const run = (...args: readonly string[]) => pipeline.orders(args);
const withoutAddress = (id: string) => JSON.stringify({ ...exampleOrder(0, id), customerAddress: undefined });
const runLater = (minutes: number, ...args: readonly string[]) => pipeline.orders(args, { clock: clockAhead(minutes) });

/** Marks a failure replayed without a message: as it is when the message was lost on the way. */
async function loseReplayOf(id: string): Promise<void> {
  using context = createContext(ordersIo({ env: pipeline.env }).io, { stack: 'OrderPipeline', local: true });
  const table = await context.table();
  const at = new Date().toISOString();
  await markReplayed(table, await findFailed(table, id), { messageId: 'lost', by: 'ada', at });
}

test('a replay whose message was lost is shown, counted, and sent again', async () => {
  const bodies = ['stuck-1', 'stuck-2'].map((id) => withoutAddress(id));
  await pipeline.orders(['send', '-', '--unchecked'], { stdin: bodies.join('\n') });
  await run('status', '--wait');
  for (const id of ['stuck-1', 'stuck-2']) {
    await run('edit', id, '--set', '/customerAddress=1 Main Street');
    await loseReplayOf(id);
  }

  const soon = documentOf<StatusReport>(await run('status', '--json'));
  expect(soon).toMatchObject({ replayed: 2, books: { stuck: 0, accountedFor: 0 } });
  const later = documentOf<StatusReport>(await runLater(6, 'status', '--wait', '--sent', '2', '--json'));
  expect(later).toMatchObject({ replayed: 2, books: { stuck: 2, accountedFor: 2 }, balanced: true });
  const { stdout } = await runLater(6, 'status');
  expect(stdout).toMatch(/^2 failures replayed and on the way, the oldest since /m);
  expect(stdout).toContain(
    'and no message is left: "npx orders replay --replayed-before 5m --local" sends them again.\n',
  );
  expect(stdout).toContain(' + stuck 2 = 2 orders\n');

  const listed = documentsOf(await run('failed', '--status', 'replayed', '--json'));
  expect(listed).toMatchObject([
    { status: 'replayed', replayCount: 1, replayedAt: expect.any(String) },
    { status: 'replayed', replayCount: 1, replayedAt: expect.any(String) },
  ]);
  expect((await run('failed', '--status', 'replayed')).stdout).toMatch(/^REPLAYED \(UTC\) .*\n.*stuck-\d/);
  expect(await run('failed', '--status', 'replayed', '--cause', 'ab')).toMatchObject({ exitCode: 2 });

  const refused = await run('replay', 'stuck-1');
  expect(refused).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('"npx orders replay --force stuck-1 --local" sends it again.'),
  });
  const forced = await run('replay', 'stuck-1', '--force');
  expect(forced).toMatchObject({
    exitCode: 0,
    stdout: 'Replayed 1 failure.\n',
    stderr: expect.stringContaining('Of these, 1 had been replayed already'),
  });
  await runLater(6, 'status', '--wait', '--sent', '2');
  expect((await run('replay', '--replayed-before', '5m', '--yes')).stdout).toBe('Replayed 0 failures.\n');
  const all = await runLater(6, 'replay', '--replayed-before', '5m', '--yes', '--json');
  expect(documentOf(all)).toMatchObject({ replayed: 1, again: 1 });

  const settled = documentOf<StatusReport>(await run('status', '--wait', '--sent', '2', '--json'));
  expect(settled).toMatchObject({ replayed: 0, oldestReplayedAt: null, books: { processed: 2, stuck: 0 } });
  expect(settled).toMatchObject({ balanced: true });
  expect((await run('failed', '--status', 'replayed')).stdout).toBe('No replayed failure is on its way.\n');
  expect((await run('replay', 'stuck-1', '--force')).stderr).toContain('has been processed since');
});

const taken = (customerName: string) => JSON.stringify({ ...exampleOrder(0, 'taken-1'), customerName });

test('an order that was sent several times is in one place, until a copy of it is processed, and then, too', async () => {
  const address = '/customerAddress=1 Main Street';
  const bad = withoutAddress('twice-1');
  await pipeline.orders(['send', '-', '--unchecked'], { stdin: [bad, bad, taken('Ada')].join('\n') });
  await run('status', '--wait');
  // Another order under the id of one that is processed is an order of its own.
  await pipeline.orders(['send', '-'], { stdin: taken('Grace') });

  const status = await run('status', '--wait', '--sent', '5');
  expect(status.stdout).toMatch(/^✔ sent 5 = processed 3 \+ failed 2 \+ in flight 0$/m);
  expect(status.stdout).toMatch(/^3 failures, 2 orders failed: /m);
  expect(status.exitCode).toBe(0);

  const [copy, other] = documentsOf<{ failureId: string }>(await run('failed', '--search', 'twice-1', '--json')).map(
    ({ failureId }) => failureId,
  );
  await run('edit', copy!, '--set', address);
  await run('replay', copy!);
  const mended = documentOf<StatusReport>(await run('status', '--wait', '--sent', '5', '--json'));
  expect(mended).toMatchObject({ balanced: true, failures: 2, books: { processed: 4, failed: 1 } });

  // The other copy, once it is mended in the same way, is a duplicate.
  await run('edit', other!, '--set', address);
  await run('replay', other!);
  const done = documentOf<StatusReport>(await run('status', '--wait', '--sent', '5', '--json'));
  expect(done).toMatchObject({ balanced: true, failures: 1, books: { processed: 4, failed: 1 } });
});

test('status tells how long the oldest message of a queue has waited', async () => {
  using context = createContext(ordersIo({ env: pipeline.env }).io, { stack: 'OrderPipeline', local: true });
  const { parkedOrdersQueueUrl: QueueUrl } = await context.outputs();
  await context.clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'left over' }));
  const { queues, agesUnavailable } = documentOf<StatusReport>(await run('status', '--json'));
  expect(agesUnavailable).toBeNull();
  expect(queues['orders'].oldestAgeSeconds).toBeNull();
  expect(queues['parked-orders'].oldestAgeSeconds).toBeGreaterThanOrEqual(0);
});

test('away from --local, a second in which nothing is in flight is not long enough', async () => {
  const env = { ...pipeline.env, AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };
  const late = await child(['status', '--wait', '--timeout', '1s'], { env });
  expect(late).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/The time is up\. Nothing is in flight, but not for long enough to be sure\.\n$/),
  });
});
