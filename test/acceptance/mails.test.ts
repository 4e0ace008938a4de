import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { EventStream, MailboxService, type Runtime, startRuntime } from 'local-aws';
import { EventWatch, eventually } from 'local-aws/testing';
import { exampleOrder } from '../../shared/order/example-order.ts';
import { contextOf } from '../../tools/run/pipeline-template.ts';
import { synthesize, TemporaryFolder } from '../../tools/run/synthesize.ts';
import { createClients } from '../../tools/orders/aws/clients.ts';
import { readStackOutputs } from '../../tools/orders/aws/stack.ts';
import { documentOf, orders } from '../tools/orders/collected-io.ts';

/** The whole stack with mails, on this machine. IAM is enforced. */
const events = new EventStream();
const watch = new EventWatch(events);
const folder = new TemporaryFolder();
const signal = new AbortController().signal;
let runtime: Runtime;
let env: Record<string, string>;

beforeAll(async () => {
  await synthesize({
    outputDirectory: folder.path,
    context: contextOf({ preset: 'production', with: ['mail'] }),
    signal,
  });
  runtime = await startRuntime({ assembly: folder.path, events, port: 0 });
  env = { AWS_ENDPOINT_URL: runtime.endpoint.url };
});
afterAll(async () => {
  await runtime[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

const mails = () => runtime.service(MailboxService).mailbox.mails();
const run = (...args: string[]) => orders(['--local', ...args], { env });

async function send(...bodies: readonly object[]): Promise<void> {
  using clients = createClients({
    stack: 'OrderPipeline',
    region: 'us-east-1',
    endpoint: runtime.endpoint.url,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const { ordersQueueUrl } = await readStackOutputs(clients.cloudFormation, 'OrderPipeline', () => 'here');
  for (const body of bodies) {
    await clients.sqs.send(new SendMessageCommand({ QueueUrl: ordersQueueUrl, MessageBody: JSON.stringify(body) }));
  }
}

const notSent = () => watch.ofType('log').filter(({ message }) => message.includes('"Mail Not Sent"'));
const refusals = () => watch.ofType('log').filter(({ message }) => message.includes('Mail Refused'));

const order = (id: string, customerEmail?: string) => ({
  ...exampleOrder(1, id),
  ...(customerEmail !== undefined && { customerEmail }),
});

describe('the pipeline with mails', () => {
  test('tells each customer of a processed order once, and nobody of an order that failed', async () => {
    const bad = { ...order('bad-1', 'bad@example.org'), items: 7 };
    const good = order('good-1', 'ann@example.org');
    await send(good, good, order('silent-1'), bad, order('good-2', 'bob@example.org'));
    await eventually(mails, (found) => found.length >= 2);
    await run('status', '--wait');
    const readers = mails().map(({ to }) => to.join());
    expect(new Set(readers)).toEqual(new Set(['ann@example.org', 'bob@example.org']));
    expect(readers).toHaveLength(2);
    expect(mails()[0]).toMatchObject({ from: 'orders@example.com', source: 'ses', fate: 'delivered' });
    const shown = await run('show', 'good-1');
    expect(shown.stdout).toMatch(/^The customer was told by mail at [\d :-]+ UTC \(\S+\)\.$/m);
    expect((await run('show', 'silent-1')).stdout).not.toContain('mail');
    const { stdout } = await run('mail', '--to', 'ann@example.org');
    expect(stdout).toContain('Your order good-1 is confirmed');
    const logged = watch.ofType('log').map(({ message }) => message);
    expect(logged.filter((line) => /@example\.org/.test(line))).toEqual([]);
    expect(logged.some((line) => line.includes('No Address'))).toBe(true);
  });

  test('tells the made-up customers of generate-orders, when they are to have addresses', async () => {
    const before = mails().length;
    expect(await run('generate', '--with-email', '--count', '3', '--bad-rate', '0')).toMatchObject({ exitCode: 0 });
    const found = await eventually(mails, (all) => all.length >= before + 3);
    const readers = found.slice(before).map(({ to }) => to.join());
    expect(new Set(readers)).toEqual(new Set([0, 1, 2].map((index) => `success+user${index}@simulator.amazonses.com`)));
  });

  test('writes a refused mail down, lists it, and sends it again once the cause is mended', async () => {
    const spoilt = order('refused-1', `${'a'.repeat(320)}@example.org`);
    await send(spoilt);
    const refused = async () =>
      documentOf<{ refused: { orderKey: string }[] }>(await run('mail', '--refused', '--json'));
    await eventually(refused, (found) => found.refused.length > 0);
    expect(await refused()).toMatchObject({
      refused: [{ orderKey: 'refused-1', reasons: [expect.stringMatching(/^BadRequestException: Address length/)] }],
    });
    expect((await run('show', 'refused-1')).stdout).toMatch(/^The mail to the customer was refused at /m);
    const listed = await run('mail', '--refused');
    expect(listed.stdout).toMatch(/^1 refused mail\n/);
    expect(listed.stdout).toContain('refused-1');
    const resent = await run('mail', '--resend', 'refused-1');
    expect(resent).toMatchObject({ exitCode: 0, stdout: 'Asked for the mail of refused-1 again.\n' });
    expect(await eventually(refusals, (found) => found.length >= 2)).toHaveLength(2);
    expect(await run('mail', '--resend', 'nobody')).toMatchObject({ exitCode: 1 });
  });

  test('is tested by orders smoke, which removes its rows after notify-customers heard of them', async () => {
    const before = notSent().length;
    const { stdout, exitCode } = await run('smoke', '--no-failures');
    expect(stdout).toContain('✔ notify-customers heard of the good order');
    expect({ exitCode, notSent: notSent().length }).toEqual({ exitCode: 0, notSent: before });
  });
});
