import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { systemClock } from 'local-aws';
import * as messageOn from '../../docs/examples/message-on.ts';
import * as secondTable from '../../docs/examples/second-table.ts';
import * as shippingLabel from '../../docs/examples/shipping-label.ts';
import type { TableClient } from '../../lambdas/common/table-client.ts';
import { defineProcessing, type Processing, RefusedOrder } from '../../lambdas/process-orders/processing.ts';
import { LabelService } from '../../tools/trial/label-service.ts';
import { captureConsole } from '../lambdas/captured-console.ts';
import { done, failed, message, order, pipelineFunctions } from '../lambdas/pipeline-functions.ts';
import { startPipelineWithTable } from '../lambdas/pipeline-with-table.ts';

const page = readFileSync(new URL('../../docs/your-processing.md', import.meta.url), 'utf8');
const lines = captureConsole();
const { local, rowsOf } = await startPipelineWithTable();
const isProcessed = async (id: string) => (await rowsOf(id)).some(({ processedAt }) => processedAt !== undefined);
const functionsWith = (processing: Processing, table = local.table) => pipelineFunctions(table, { processing });

test.each(['shipping-label', 'second-table', 'message-on'])('has the example %s as it is run', (name) => {
  const file = readFileSync(new URL(`../../docs/examples/${name}.ts`, import.meta.url), 'utf8');
  expect(page).toContain(
    `\n\`\`\`ts\n${file.replace('../../lambdas/process-orders/processing.ts', './processing.ts')}\`\`\`\n`,
  );
});

/** What every SDK takes from the environment of a function. */
Object.assign(process.env, { AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' });

type Answer = readonly [status: number, body: object];

/** An endpoint of a service of AWS that answers JSON requests. */
async function startService(answer: (input: never) => Answer) {
  const server = createServer((request, response) => {
    void json(request).then((input) => {
      const [status, body] = answer(input as never);
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.dispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

describe('the example that calls an HTTP API', () => {
  test('makes one label for an order that comes twice, and waits for a service that is down', async () => {
    await using service = await LabelService.start(() => 0.5, systemClock);
    process.env['LABEL_API_URL'] = 'http://127.0.0.1:1';
    const down = functionsWith(shippingLabel.processing);
    expect(await down.processOrders([message('m1', order('with-label'))])).toEqual(failed('m1'));
    process.env['LABEL_API_URL'] = service.url;
    const functions = functionsWith(shippingLabel.processing);
    expect(
      await functions.processOrders([message('m1', order('with-label')), message('m2', order('with-label'))]),
    ).toEqual(failed('m2'));
    expect(await functions.processOrders([message('m2', order('with-label'), 2)])).toEqual(done);
    expect([...service.labels.values()]).toMatchObject([{ made: 1, requests: 1 }]);
    expect(await isProcessed('with-label')).toBe(true);
  });

  test('refuses what the API refuses', async () => {
    await using service = await LabelService.start(() => 0.5, systemClock);
    process.env['LABEL_API_URL'] = service.url;
    const functions = functionsWith(shippingLabel.processing);
    const orders = Array.from({ length: 60 }, (_, index) => message(`m${index}`, order(`labels-${index}`)));
    await functions.processOrders(orders);
    const refused = lines.filter(({ line }) => line['kind'] === 'refused');
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]!.line['reasons']).toEqual(['the label API: no carrier goes there']);
    expect(service.labels.size).toBe(60 - refused.length);
  });
});

/** A DynamoDB with nothing but transactions, and with conditions as the example writes them. */
async function startStock(stock: Map<string, number>) {
  interface Write {
    readonly Put?: { readonly Item: { readonly pk: { readonly S: string } } };
    readonly Update?: {
      readonly Key: { readonly pk: { readonly S: string } };
      readonly ExpressionAttributeValues: { readonly ':wanted': { readonly N: string } };
    };
  }
  return startService(({ TransactItems: items }: { readonly TransactItems: readonly Write[] }) => {
    const reasons = items.map(({ Put, Update }) => {
      const isFine =
        Put === undefined
          ? (stock.get(Update!.Key.pk.S) ?? 0) >= Number(Update!.ExpressionAttributeValues[':wanted'].N)
          : !stock.has(Put.Item.pk.S);
      return { Code: isFine ? 'None' : 'ConditionalCheckFailed' };
    });
    if (reasons.some(({ Code }) => Code !== 'None')) {
      return [
        400,
        { __type: 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException', CancellationReasons: reasons },
      ];
    }
    for (const { Put, Update } of items) {
      if (Put !== undefined) stock.set(Put.Item.pk.S, 1);
      else {
        const { Key, ExpressionAttributeValues: values } = Update!;
        stock.set(Key.pk.S, stock.get(Key.pk.S)! - Number(values[':wanted'].N));
      }
    }
    return [200, {}];
  });
}

describe('the example that writes a second table', () => {
  test('takes the items out of stock once, and refuses an order of what is not there', async () => {
    const stock = new Map([['STOCK#tea', 3]]);
    using service = await startStock(stock);
    process.env['AWS_ENDPOINT_URL_DYNAMODB'] = service.url;
    process.env['STOCK_TABLE_NAME'] = 'stock';
    const twoTeas = order('teas', { items: ['tea', 'tea'] });
    // Its function ends before the order is written.
    let updates = 0;
    const cutShort: TableClient['update'] = (...request) =>
      (updates += 1) === 2 ? Promise.reject(new Error('cut short')) : local.table.update(...request);
    const crashing = functionsWith(secondTable.processing, { ...local.table, update: cutShort });
    expect(await crashing.processOrders([message('m1', twoTeas)])).toEqual(failed('m1'));
    expect(stock.get('STOCK#tea')).toBe(1);
    const later = pipelineFunctions(local.table, { processing: secondTable.processing, startMs: Date.UTC(2026, 1, 1) });
    expect(await later.processOrders([message('m1', twoTeas, 2)])).toEqual(done);
    expect(stock.get('STOCK#tea')).toBe(1);
    expect(await isProcessed('teas')).toBe(true);

    expect(await later.processOrders([message('m2', order('more-teas', { items: ['tea', 'tea'] }))])).toEqual(
      failed('m2'),
    );
    const reasons = ['/items: tea is not in stock'];
    expect(lines.find(({ line }) => line['kind'] === 'refused')).toMatchObject({ line: { reasons } });
  });
});

describe('the example that sends a message on', () => {
  test('sends the order with its key, before the order is written', async () => {
    const sent: { readonly MessageBody: string }[] = [];
    using service = await startService((input: (typeof sent)[number]) => {
      sent.push(input);
      const MD5OfMessageBody = createHash('md5').update(input.MessageBody).digest('hex');
      return [200, { MessageId: 'next', MD5OfMessageBody }];
    });
    process.env['AWS_ENDPOINT_URL_SQS'] = service.url;
    process.env['WAREHOUSE_QUEUE_URL'] = `${service.url}/123456789012/warehouse`;
    const functions = functionsWith(messageOn.processing);
    expect(await functions.processOrders([message('m1', order('sent-on'))])).toEqual(done);
    expect(sent.map(({ MessageBody }) => JSON.parse(MessageBody) as unknown)).toEqual([
      { idempotencyKey: expect.stringMatching(/^[\da-f-]{36}$/) as unknown, order: order('sent-on') },
    ]);
    expect(await isProcessed('sent-on')).toBe(true);
  });
});

const good = () => Promise.resolve();
const throwing = () => Promise.reject(new Error('down'));
const refusing = () => Promise.reject(new RefusedOrder('no'));
const nothing = good;

/** Requests to the table of one delivery, with the row as `before` left it. */
async function requestsOf(hasEffects: boolean, id: string, work: () => Promise<void>, before: () => Promise<unknown>) {
  await before();
  let requests = 0;
  const table: TableClient = {
    get: (...request) => ((requests += 1), local.table.get(...request)),
    update: (...request) => ((requests += 1), local.table.update(...request)),
  };
  const processing = defineProcessing({ hasEffects, tools: () => ({}), process: work });
  await functionsWith(processing, table).processOrders([message('m1', order(id))]);
  return requests;
}

test('says what a delivery costs', async () => {
  const table = [...page.matchAll(/^\| ((?:of|whose|that) [^|]+?) +\| +([\d–]+) \| +(\d+) \|$/gm)];
  const said: unknown = Object.fromEntries(
    table.map(([, delivery, without, withEffects]) => [delivery, [without, withEffects]]),
  );
  const counted: Record<string, string[]> = {};
  for (const hasEffects of [false, true]) {
    const delivered = (id: string, work: () => Promise<void>) => () => requestsOf(hasEffects, id, work, nothing);
    const count = async (
      delivery: string,
      work: () => Promise<void>,
      before: (id: string) => () => Promise<unknown>,
    ) => {
      const id = `cost-${Object.keys(counted).length}-${delivery.length}-${String(hasEffects)}`;
      const requests = await requestsOf(hasEffects, id, work, before(id));
      counted[delivery] = [...(counted[delivery] ?? []), String(requests)];
    };
    await count('of a good order', good, () => nothing);
    await count('of an order that is processed', good, (id) => delivered(id, good));
    await count('whose work throws', throwing, () => nothing);
    await count('whose order is refused', refusing, () => nothing);
    await count('of a message whose order was refused', refusing, (id) => delivered(id, refusing));
  }
  const work = Promise.withResolvers<void>();
  const first = requestsOf(true, 'cost-claimed', () => work.promise, nothing);
  while (!(await rowsOf('cost-claimed')).some(({ claim }) => claim !== undefined)) await setImmediate();
  counted['that waits for another one to end'] = ['–', String(await requestsOf(true, 'cost-claimed', good, nothing))];
  work.resolve();
  await first;
  expect(counted).toEqual(said);
});
