import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { systemClock } from 'local-aws';
import { exampleOrder, exampleUserX } from '../../shared/order/example-order.ts';
import { type HttpDoor, postOrders, trackOrder } from '../../tools/orders/aws/http-door.ts';
import { pipelineNames } from '../../tools/run/local-pipeline.ts';
import { orders } from '../tools/orders/collected-io.ts';
import { Assemblies, running } from './running-assembly.ts';

const assemblies = new Assemblies();
let pipeline: Awaited<ReturnType<typeof running>>;
let door: HttpDoor;

beforeAll(async () => {
  pipeline = await running(await assemblies.whole({ preset: 'production', http: 'true' }), 'enforce');
  const { region, credentials } = pipeline.client;
  door = {
    url: pipelineNames(pipeline.model).ordersApiUrl!,
    signer: { region: () => Promise.resolve(region), credentials: () => Promise.resolve(credentials) },
    clock: systemClock,
    random: Math.random,
    signal: new AbortController().signal,
  };
});

afterAll(async () => {
  await pipeline[Symbol.asyncDispose]();
  assemblies.dispose();
});

const body = (order: object) => JSON.stringify(order);
const { orderId: _orderId, ...withoutId } = exampleOrder(7);

describe('the HTTP door of the template', () => {
  test('takes orders to their end, and tells it: what is accepted is processed', async () => {
    const answers = await postOrders(door, [body(exampleOrder(0, 'by-http')), body(exampleUserX(1)), body(withoutId)]);
    expect(answers).toMatchObject([
      { status: 202, orderId: 'by-http', location: '/orders/by-http' },
      { status: 400, reasons: ['/customerAddress is required'] },
      { status: 202 },
    ]);
    await pipeline.until(() => pipeline.deleted() >= 2);
    for (const answer of answers.filter(({ status }) => status === 202)) {
      expect(await trackOrder(door, answer.orderId!)).toMatchObject({ orderId: answer.orderId, state: 'processed' });
    }
    expect(await trackOrder(door, 'nobody')).toEqual({ orderId: 'nobody', state: 'queued' });
  });

  test('lets in only who signs', async () => {
    const unsigned = await fetch(`${door.url}/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: body(exampleOrder(0)),
    });
    expect({ status: unsigned.status, body: await unsigned.json() }).toEqual({
      status: 403,
      body: { message: 'Forbidden' },
    });
  });

  test('is used by orders send --via http, and its functions are in logs and status', async () => {
    const env = { AWS_ENDPOINT_URL: pipeline.client.endpoint };
    const before = pipeline.sent();
    const stdin = [exampleOrder(4, 'sent-4'), exampleUserX(5), exampleOrder(6, 'sent-6')].map(body).join('\n');
    const sent = await orders(['--local', 'send', '-', '--via', 'http', '--unchecked'], { env, stdin });
    expect(sent.stderr).toContain('refused: line 2: 400 Bad Request: /customerAddress is required');
    expect({ stdout: sent.stdout, sent: pipeline.sent() - before }).toEqual({
      stdout: 'Sent 2 orders. Not sent: 1. Read as NDJSON.\n',
      sent: 2,
    });
    const logs = await orders(['--local', 'logs', 'accept-orders', '--order', 'sent-6'], { env });
    expect(logs.stdout).toMatch(/accept-orders +\w{4} +Order Accepted +orderId=sent-6/);
    const status = await orders(['--local', '--json', 'status'], { env });
    expect(JSON.parse(status.stdout)).toMatchObject({ functionErrors: { 'accept-orders': 0, 'track-orders': 0 } });
  });
});
