import { UpdateEventSourceMappingCommand, ListEventSourceMappingsCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { FailureRow, OrderRow } from '../../../shared/ledger/rows.ts';
import { readOrder } from '../../../shared/order/read-order.ts';
import { createClients } from '../../../tools/orders/aws/clients.ts';
import {
  type Check,
  judge,
  type SentSmoke,
  type SmokeEvidence,
  smokeMessages,
} from '../../../tools/orders/smoke/checks.ts';
import { documentOf, orders } from './collected-io.ts';
import { type ServedPipeline, servePipeline } from './served-pipeline.ts';

describe('against a pipeline on this machine, the smoke test', () => {
  let pipeline: ServedPipeline;

  beforeAll(async () => {
    pipeline = await servePipeline();
  });

  afterAll(async () => pipeline[Symbol.asyncDispose]());

  const nothingIsLeft = async () => {
    const { stdout, exitCode } = await pipeline.orders(['status', '--wait', '--sent', '0']);
    expect(stdout).toContain('✔ sent 0 = processed 0 + failed 0 + in flight 0');
    expect(exitCode).toBe(0);
  };

  test('passes, and leaves nothing', async () => {
    const { exitCode, stdout } = await pipeline.orders(['smoke']);
    expect(stdout).not.toContain('✘');
    expect(stdout).toMatch(/All is well\. 3 rows of the test removed\.\n$/);
    expect(exitCode).toBe(0);
    await nothingIsLeft();
  });

  test('makes no failure when asked not to', async () => {
    const run = await pipeline.orders(['--json', 'smoke', '--no-failures']);
    const { checks, ...rest } = documentOf<{ readonly checks: readonly Check[] }>(run);
    expect(rest).toEqual({ marker: expect.stringMatching(/^smoke-/), ok: true, removedRows: 1 });
    expect(checks.filter(({ name }) => /ledger|bad-orders/.test(name))).toEqual([]);
    await nothingIsLeft();
  });

  test('fails when nobody consumes bad-orders, and keeps what there is to see', async () => {
    using clients = createClients({
      stack: 'OrderPipeline',
      region: 'us-east-1',
      endpoint: pipeline.runtime.endpoint.url,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    const { EventSourceMappings: mappings = [] } = await clients.lambda.send(new ListEventSourceMappingsCommand({}));
    const { UUID } = mappings.find(({ EventSourceArn: arn }) => arn?.endsWith('-bad-orders'))!;
    await clients.lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: false }));
    const { exitCode, stdout } = await pipeline.orders(['smoke', '--timeout', '5s']);
    expect(stdout).toMatch(/✘ a bad order is in the ledger, with its reason\n {2}The ledger has no failure /);
    expect(stdout).toMatch(/What the test made is still there: npx orders show smoke-\w+-good --local/);
    expect(exitCode).toBe(1);
  });
});

test('npm run smoke --stage dev, whose option npm keeps, is refused with the line that was meant', async () => {
  const env = { npm_lifecycle_event: 'smoke', npm_config_stage: 'dev' };
  const { exitCode, stderr } = await orders(['smoke'], { env });
  expect(stderr).toContain('Type: npm run smoke -- --stage dev');
  expect(exitCode).toBe(2);
});

describe('the smoke test', () => {
  const arn = 'arn:aws:sqs:eu-central-1:111122223333:OrderPipeline-dev-orders';
  const sent: readonly SentSmoke[] = smokeMessages('smoke-a', true).map((message, index) => ({
    ...message,
    messageId: `m${index}`,
  }));
  const failure = (failureId: string, kind: string) =>
    ({ failureId, kind, reasons: ['why'], sourceQueueArn: arn }) as unknown as FailureRow;
  const evidence: SmokeEvidence = {
    orders: [{ orderKey: 'smoke-a-good', messageId: 'm1' } as OrderRow],
    failures: [failure('m2', 'invalid'), failure('m3', 'not-json')],
    logged: new Map([
      ['m0', ['Duplicate Order']],
      ['m1', ['Good Order']],
      ['m2', ['Bad Order', 'Failed Order']],
      ['m3', ['Bad Order', 'Failed Order']],
    ]),
    counted: ['process-orders', 'failed-orders'],
  };
  const problems = (change: Partial<SmokeEvidence>) =>
    judge(sent, { ...evidence, ...change }, arn).flatMap(({ problem }) => problem ?? []);
  const logged = (change: readonly (readonly [string, readonly string[]])[]) => ({
    logged: new Map([...evidence.logged, ...change]),
  });

  test('sends what its names say', () => {
    expect(sent.map(({ body }) => readOrder(body).kind)).toEqual(['order', 'order', 'invalid', 'not-json']);
  });

  test('finds nothing wrong where all is well', () => {
    expect(problems({})).toEqual([]);
    expect(problems({ notified: ['No Address'] })).toEqual([]);
    expect(problems({ notified: ['Mail Not Sent', 'Mail Sent'] })).toEqual([]);
  });

  test.each<[string, Partial<SmokeEvidence>, string]>([
    ['a customer of whom notify-customers has not heard', { notified: [] }, 'Its log says nothing of the order.'],
    ['a mail that is refused', { notified: ['Mail Refused'] }, 'Its log says "Mail Refused".'],
    ['an order that is not in the table', { orders: [] }, 'The table has no order smoke-a-good.'],
    [
      'an order that somebody else wrote',
      { orders: [{ orderKey: 'smoke-a-good', messageId: 'x' } as OrderRow] },
      'Order smoke-a-good was written by message x, which the test did not send.',
    ],
    ['an order that was processed twice', logged([['m0', ['Good Order']]]), 'No log line says "Duplicate Order".'],
    ['a failure that nobody wrote down', { failures: [failure('m3', 'not-json')] }, 'The ledger has no failure m2.'],
    [
      'a failure of another kind',
      { failures: [failure('m2', 'out-of-attempts'), failure('m3', 'not-json')] },
      'Failure m2 is out-of-attempts, and should be invalid.',
    ],
    ['a message without a log line', logged([['m3', []]]), 'The logs do not say what became of m3.'],
    [
      'a function that counts nothing',
      { counted: ['process-orders'] },
      'No line of metrics is in the log of failed-orders.',
    ],
  ])('finds %s', (_what, change, problem) => {
    expect(problems(change)).toContain(problem);
  });

  test('finds failures that SQS did not move', () => {
    const found = judge(sent, evidence, `${arn}-of-another-stack`).flatMap(({ problem }) => problem ?? []);
    expect(found).toEqual(['0 of 2 failures say so.']);
  });
});
