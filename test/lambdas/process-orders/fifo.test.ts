import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect, test } from '@jest/globals';
import { App } from 'aws-cdk-lib';
import { EventStream, type RpcService, startRuntime, systemClock, TurnedClock } from 'local-aws';
import { presets } from '../../../lib/configuration/configuration.ts';
import { OrderPipelineStack } from '../../../lib/stacks/order-pipeline-stack.ts';
import { Journal, readRows, watchOrderWrites } from '../../../tools/trial/evidence.ts';
import { driveClock } from '../../../tools/trial/rest.ts';
import { pipelineNames } from '../../../tools/run/local-pipeline.ts';
import { newOutputFolder } from '../../lib/synthesize.ts';
import { order } from '../pipeline-functions.ts';

const text = (id: string, changes?: object) => JSON.stringify(order(id, { ...changes }));

/** The table, which throttles so many writes of each of these orders. `left` counts down. */
function throttling(api: RpcService, left: Record<string, number>): RpcService {
  const update = api.forwarded?.['UpdateItem'];
  if (update === undefined) return api;
  const forward: typeof update.forward = (body, input, context) => {
    const id = Object.keys(left).find((each) => JSON.stringify(input).includes(each) && left[each]! > 0);
    if (id === undefined) return update.forward(body, input, context);
    left[id]! -= 1;
    const answer = { __type: 'com.amazonaws.dynamodb.v20120810#ThrottlingException', message: 'Slow down.' };
    return Promise.resolve({ status: 400, headers: {}, body: Buffer.from(JSON.stringify(answer)) });
  };
  return { ...api, forwarded: { ...api.forwarded, UpdateItem: { ...update, forward } } };
}

/** The whole pipeline with FIFO queues, on this machine; the table throttles whoever writes an order so often. */
async function runFifo(
  orders: readonly { readonly groupId: string; readonly body: string }[],
  throttled: Readonly<Record<string, number>>,
) {
  const outdir = newOutputFolder();
  const app = new App({ outdir });
  void new OrderPipelineStack(app, 'OrderPipeline', { configuration: { ...presets.production, fifo: true } });
  app.synth();
  const events = new EventStream();
  const journal = new Journal(events);
  const clock = new TurnedClock();
  const written: string[] = [];
  watchOrderWrites(events, (orderKey) => written.push(orderKey));
  const wrapApi = (api: RpcService) => throttling(api, { ...throttled });
  await using runtime = await startRuntime({ assembly: outdir, events, port: 0, clock, wrapApi });
  using ending = new DisposableStack();
  ending.use(driveClock(clock, () => journal.batchesRunning === 0));

  const settings = {
    region: runtime.model.region,
    endpoint: runtime.endpoint.url,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  };
  const names = pipelineNames(runtime.model);
  const sqs = new SQSClient(settings);
  const client = new DynamoDBClient(settings);
  const QueueUrl = `${runtime.endpoint.url}/${runtime.model.accountId}/${names.ordersQueue}`;
  for (const [index, { groupId, body }] of orders.entries()) {
    const ids = { MessageGroupId: groupId, MessageDeduplicationId: String(index) };
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: body, ...ids }));
  }
  await journal.until(() => runtime.sqs.queues().every(({ counts }) => counts.available + counts['in-flight'] === 0));
  const rows = await readRows({ client, name: names.ordersTable, clock: systemClock, random: () => 0.5 });
  sqs.destroy();
  client.destroy();
  return { rows, written, heldBack: journal.logged('Order Not Processed') };
}

test('orders of a FIFO queue are written in turn, whatever becomes of those before them', async () => {
  const first = text('twice', { items: ['first'] });
  // As many as there are receives: what waited for each of them would be out of receives, too.
  const bad = Array.from({ length: presets.production.maxReceiveCount }, (_, index) => `bad-${index}`);
  const behind = Array.from({ length: 5 }, (_, index) => `behind-${index}`);
  const { rows, written, heldBack } = await runFifo(
    [
      ...[first, text('twice', { items: ['second'] }), text('last')].map((body) => ({ groupId: 'a', body })),
      ...[...bad.map((id) => text(id, { items: 'tea' })), ...behind.map((id) => text(id))].map((body) => ({
        groupId: 'b',
        body,
      })),
    ],
    // Both tries of the SDK, at the first two receives.
    { first: 4, 'behind-3': 2 },
  );
  expect(written.filter((id) => behind.includes(id))).toEqual(behind);
  expect(written.indexOf('last')).toBeGreaterThan(written.indexOf('twice'));
  expect(rows.orders.find(({ orderKey }) => orderKey === 'twice')).toMatchObject({ body: first });
  expect(rows.failures.map(({ orderKey, kind }) => `${orderKey} ${kind}`).toSorted()).toEqual([
    ...bad.map((id) => `${id} invalid`),
    'twice conflicting-id',
  ]);
  expect(rows.orders).toHaveLength(7);
  expect(heldBack).toBeGreaterThan(0);
});
