import {
  CloudWatchLogsClient,
  paginateDescribeLogGroups,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { exampleOrder } from '../../shared/order/example-order.ts';
import { logMessages } from '../../shared/telemetry.ts';
import { Assemblies, running } from './running-assembly.ts';

/** In every place of a message where a customer's data may stand, right or wrong. */
const mark = 'Zaphod';
const person = {
  ...exampleOrder(0),
  orderId: undefined,
  customerName: `${mark} B`,
  customerAddress: `1 ${mark} Street`,
  items: [`${mark}’s towel`],
};
const order = { ...person, orderId: 'order-1' };
/** As long as a message may be, with what stands beside it. */
const long = 'x'.repeat(250_000);

const bodies: Readonly<Record<string, string>> = {
  'a good order, with more than the schema asks for': JSON.stringify({ ...order, [`${mark}Note`]: { [mark]: mark } }),
  'another order with the same id': JSON.stringify({ ...order, items: [mark, mark] }),
  'an order without a name': JSON.stringify({ ...person, customerName: undefined }),
  'an order with an id that is none': JSON.stringify({ ...person, orderId: `${mark}@example.org` }),
  'values of the wrong type': JSON.stringify(
    Object.fromEntries(Object.keys(person).map((name) => [name, [mark, { [mark]: 1 }]])),
  ),
  'texts of the wrong type': JSON.stringify({ customerName: { [mark]: 1 }, items: mark }),
  'wrong items': JSON.stringify({ ...person, items: [{ [mark]: mark }, [mark], 1] }),
  'only property names': JSON.stringify({ [mark]: { [mark]: mark }, [`/${mark}`]: 1 }),
  'a JSON string': JSON.stringify(mark),
  'a list': JSON.stringify([person]),
  'JSON that breaks off': JSON.stringify(order).slice(0, -2),
  'no JSON': `${mark}, 1 Street`,
  'one line of a name': `\n${mark}\n`,
  'a long bad order': JSON.stringify({ [mark]: long + mark }),
  'a long good order': JSON.stringify({
    ...person,
    orderId: 'long',
    note: long,
  }),
};

const text = (StringValue: string) => ({ DataType: 'String', StringValue });
const lineage = { orderKey: mark, failureId: mark, count: 1, by: mark, token: mark };

/** What any sender may add to a message. */
const additions = {
  MessageAttributes: { [mark]: text(mark), ReplayOf: text(JSON.stringify(lineage)) },
  MessageSystemAttributes: { AWSTraceHeader: text(`Root=${mark};Parent=${mark}`) },
  MessageGroupId: mark,
};

/** Everything in all log groups. */
async function allLogs(client: CloudWatchLogsClient): Promise<string> {
  const found: string[] = [];
  for await (const { logGroups } of paginateDescribeLogGroups({ client }, {})) {
    for (const { logGroupName } of logGroups ?? []) {
      for await (const page of paginateFilterLogEvents({ client }, { logGroupName })) {
        found.push(...(page.events ?? []).map(({ message }) => `${logGroupName}: ${message}`));
      }
    }
  }
  return found.join('\n');
}

const assemblies = new Assemblies();
let whole: string;
beforeAll(async () => {
  whole = await assemblies.whole({ preset: 'production' });
});
afterAll(() => assemblies.dispose());

/** The logs of a pipeline that got all of it. @param denied an action that its functions may not do */
async function logsOf(denied: string | undefined, logged: Readonly<Record<string, number>>): Promise<string> {
  const assembly =
    denied === undefined
      ? whole
      : assemblies.changed(whole, (actions) => actions.filter((action) => action !== denied));
  await using pipeline = await running(assembly, 'enforce');
  await pipeline.produce({ [mark]: person, count: mark, badRate: [mark], seed: { mark } });
  await pipeline.produce(person.items);
  if (denied === undefined) {
    await pipeline.send({ MessageBody: bodies['a good order, with more than the schema asks for']! });
    await pipeline.until(() => pipeline.logged(logMessages.goodOrder) > 0);
  }
  for (const MessageBody of Object.values(bodies)) {
    await pipeline.send({ MessageBody });
    await pipeline.send({ MessageBody, ...additions });
  }
  await pipeline.until(() => Object.entries(logged).every(([message, count]) => pipeline.logged(message) >= count));
  const client = new CloudWatchLogsClient(pipeline.client);
  try {
    return await allLogs(client);
  } finally {
    client.destroy();
  }
}

describe('the logs of production', () => {
  let logs: string;

  beforeAll(async () => {
    const refused = { [logMessages.eventRefused]: 2, [logMessages.badOrder]: 20 };
    const able = await logsOf(undefined, {
      ...refused,
      [logMessages.goodOrder]: 2,
      [logMessages.duplicateOrder]: 1,
      [logMessages.failedOrder]: 20,
    });
    const unable = await logsOf('dynamodb:UpdateItem', {
      ...refused,
      [logMessages.orderNotProcessed]: 2,
      [logMessages.failureNotRecorded]: 2,
    });
    logs = able + unable;
  });

  test('hold nothing of what orders say, however malformed', () => {
    expect(logs.split('\n').filter((line) => line.includes(mark))).toEqual([]);
    expect(logs).not.toContain('xxxxxxxxxx');
    const values = Object.values(person).filter((value) => typeof value === 'string');
    expect(values.filter((value) => logs.includes(value))).toEqual([]);
  });

  test('say all the same which order failed, and why', () => {
    expect(logs).toContain('"orderId":"order-1"');
    expect(logs).toContain('/customerName is required');
    expect(logs).toContain('/items/0 must be a string');
    expect(logs).toContain('the body is not JSON');
    expect(logs).toContain('not authorized to perform: dynamodb:UpdateItem');
    expect(logs).toContain('count must be a whole number');
  });
});

test('the logs of a pipeline that may log names hold names, and nothing else of what orders say', async () => {
  await using pipeline = await running(assemblies.loggingNames(whole), 'enforce');
  await pipeline.send({ MessageBody: JSON.stringify({ ...order, customerAddress: 'somewhere', items: [] }) });
  await pipeline.until(() => pipeline.logged(logMessages.goodOrder) > 0);
  expect(pipeline.logged(mark)).toBe(1);
  expect(pipeline.logged('somewhere')).toBe(0);
});
