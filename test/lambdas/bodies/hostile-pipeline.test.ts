import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readOrderRecord } from '../../../tools/orders/ledger/find-failure.ts';
import { type FailureRow, lineageAttribute } from '../../../shared/ledger/rows.ts';
import { readOrder } from '../../../shared/order/read-order.ts';
import { documentOf } from '../../tools/orders/collected-io.ts';
import { sqsRecord } from '../sqs-event.ts';
import { bodyOf, fateOf, hostileBodies, type HostileBody, mostBytes, mutilated } from './hostile-bodies.ts';
import { type HostilePipeline, startHostilePipeline } from './hostile-pipeline.ts';

const fuzzed: readonly HostileBody[] = Array.from({ length: 60 }, (_, index) => {
  const name = `fuzzed-${index}`;
  const [body = ''] = fc.sample(mutilated(name), { seed: index, numRuns: 1 });
  return { name, body, fate: fateOf(body) };
});
/** Of the large ones those that differ in more than how they are read, which reading-time.test.ts looks at. */
const large: readonly string[] = [
  'deepest',
  'as-large-as-it-gets',
  'long-escaped-name',
  'very many wrong items',
  'brackets as deep as they get',
  'a message full of emoji',
  'a message full of line ends',
];
const isLarge = ({ body }: HostileBody) => body.length > 100_000;
const bodies = [...hostileBodies.filter((each) => !isLarge(each) || large.includes(each.name)), ...fuzzed];

let pipeline: HostilePipeline;
const messageIds = new Map<HostileBody, string>();

beforeAll(async () => {
  pipeline = await startHostilePipeline();
  for (const each of bodies) {
    messageIds.set(each, await pipeline.send(each.body));
    // One by one, as AWS's table would take them all at once, and this machine's would not.
    if (isLarge(each)) await pipeline.quiet();
  }
  await pipeline.quiet();
});
afterAll(async () => {
  await pipeline[Symbol.asyncDispose]();
});

/** What the table has of a message's order. */
async function recordOf(sent: HostileBody) {
  const orderKey = readOrder(sent.body).orderId ?? messageIds.get(sent)!;
  const { order, failures } = await readOrderRecord(pipeline.table, orderKey);
  return { order, failure: failures.find(({ failureId }) => failureId === messageIds.get(sent)) };
}

/** Names of the bodies that are not, exactly once and byte for byte, where they should be. */
async function astray(isWrong: (failure: FailureRow) => boolean = () => false): Promise<readonly string[]> {
  const judged = bodies.map(async (sent) => {
    const { order, failure } = await recordOf(sent);
    if (sent.fate === 'processed') return failure === undefined && order && order.body === sent.body;
    const sound = failure?.body === sent.body && failure.kind === sent.fate && failure.reasons.length > 0;
    return order === undefined && sound && !isWrong(failure);
  });
  const sound = await Promise.all(judged);
  return bodies.filter((_, index) => sound[index] !== true).map(({ name }) => name);
}

test('every body is processed, or in the ledger with reasons, byte for byte as it was sent', async () => {
  expect(await astray()).toEqual([]);
});

test('no body ends its function, makes it too slow, or is refused by the table', () => {
  expect(pipeline.logged('"errorType"')).toEqual([]);
  expect(pipeline.logged('ValidationException')).toEqual([]);
});

test('orders show has a body of any size, as it was sent', async () => {
  const sent = bodies.find(({ name }) => name === 'a message full of emoji')!;
  const id = messageIds.get(sent)!;
  const shown = documentOf<{ failures: { body: string }[] }>(await pipeline.orders(['show', id, '--json']));
  expect(shown.failures.map(({ body }) => body === sent.body)).toEqual([true]);
});

test('whatever failed can be replayed as it is, while there is room for its lineage, and comes back whole', async () => {
  const run = await pipeline.orders(['replay', '--all', '--force', '--yes', '--json']);
  const { leftOutBecause } = documentOf<{ leftOutBecause: readonly { id: string; reason: string }[] }>(run);
  await pipeline.quiet();
  const leftOut = new Map(leftOutBecause.map(({ id, reason }) => [id, reason]));
  const tooLarge = [...messageIds].filter(
    ([{ body }, id]) => leftOut.has(id) && Buffer.byteLength(body) > mostBytes - 250,
  );
  expect(tooLarge).toHaveLength(leftOut.size);
  for (const reason of leftOut.values())
    expect(reason).toMatch(/^has \d+ bytes with its lineage, the orders queue takes /);
  const wrong = ({ status, failureId, replayCount }: FailureRow) =>
    status !== 'failed' || replayCount !== (leftOut.has(failureId) ? 0 : 1);
  expect(await astray(wrong)).toEqual([]);
});

const input = (body: string) => `{"QueueUrl":${JSON.stringify(pipeline.queueUrl)},"MessageBody":${body}}`;

describe('refused, and so never lost', () => {
  test.each([
    ['nothing', '""', 400],
    ['a lone surrogate', String.raw`"\ud800"`, 400],
    ['a control character', String.raw`"\u0001"`, 400],
    ['one byte more than the queue takes', JSON.stringify('x'.repeat(mostBytes + 1)), 400],
    ['no text', '{"orderId":"x"}', 400],
    ['a request without end', '"x', 400],
  ])('is %s', async (_what, body, status) => {
    expect((await pipeline.sendRaw(input(body))).status).toBe(status);
    expect(pipeline.messages()).toBe(0);
  });

  test('is what is not UTF-8', async () => {
    const bytes = Buffer.from(input('"caf\u00e9"'), 'latin1');
    const answer = await pipeline.sendRaw(bytes);
    expect({ status: answer.status, text: await answer.text() }).toMatchObject({
      status: 400,
      text: expect.stringContaining('UTF-8') as unknown,
    });
    expect(pipeline.messages()).toBe(0);
  });
});

/** A message attribute as JSON text. */
const attribute = (value: string) => `{"DataType":"String.${'t'.repeat(200)}","StringValue":${JSON.stringify(value)}}`;

test('message attributes at their limits are in the ledger, whatever their names', async () => {
  const names = ['__proto__', 'constructor', 'toString', 'a'.repeat(255), 'e.-_9'];
  const attributes = [
    ...names.map((name) => `${JSON.stringify(name)}:${attribute(name)}`),
    `"large":${attribute('€'.repeat(80_000))}`,
    '"number":{"DataType":"Number","StringValue":"99999999999999999999999999999999999999"}',
    '"binary":{"DataType":"Binary","BinaryValue":"AP8Q"}',
    `"${lineageAttribute}":{"DataType":"String","StringValue":"{\\"orderKey\\":\\"\\\\ud800\\",\\"failureId\\":\\"x\\",\\"count\\":1,\\"by\\":\\"\\",\\"token\\":\\"t\\"}"}`,
  ];
  for (const given of [attributes, attributes.filter((each) => !each.startsWith('"large"'))]) {
    const raw = `{"QueueUrl":${JSON.stringify(pipeline.queueUrl)},"MessageBody":"x","MessageAttributes":{${given.join()}}}`;
    const answer = (await (await pipeline.sendRaw(raw)).json()) as { readonly MessageId: string };
    await pipeline.quiet();
    const { failures } = await readOrderRecord(pipeline.table, answer.MessageId);
    const { messageAttributes } = failures[0]!;
    expect(Object.keys(messageAttributes).toSorted()).toEqual(
      given.map((each) => JSON.parse(each.slice(0, each.indexOf(':'))) as string).toSorted(),
    );
    expect(messageAttributes['binary']).toEqual({ dataType: 'Binary', binaryValue: 'AP8Q' });
  }
});

const records = (body: string, prefix: string) =>
  Array.from({ length: 10 }, (_, index) => {
    const own = body.replace('"orderId":"', `"orderId":"${prefix}${index}`);
    return { ...sqsRecord(own, index), messageId: `${prefix}-${index}` };
  });

/** A busy machine may make the table too slow for some of them: what counts is that there is an answer for each. */
test.each(['deepest', 'brackets as deep as they get'])(
  'a full payload of bodies ends neither consumer: %s',
  async (name) => {
    const { processOrders, failedOrders } = pipeline.names;
    for (const functionName of [processOrders, failedOrders]) {
      const prefix = `${name.replaceAll(' ', '-')}-${functionName === processOrders ? 'p' : 'f'}`;
      const answer = await pipeline.invoke(functionName, { Records: records(bodyOf(name), prefix) });
      expect(JSON.parse(answer)).toEqual({ batchItemFailures: expect.any(Array) as unknown });
    }
  },
);
