import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  type FilterLogEventsCommandInput,
  GetLogEventsCommand,
  type GetLogEventsCommandInput,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { EventStream } from '../../src/events.ts';
import { LogsService } from '../../src/services/logs/service.ts';
import { LogStore } from '../../src/services/logs/store.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { startServices } from '../endpoint/endpoint-harness.ts';

const clock = new ManualClock();
const startMs = clock.now();
const events = new EventStream();
let serving: Awaited<ReturnType<typeof startServices>>;
let client: CloudWatchLogsClient;

const group = '/aws/lambda/worker';
const arnOf = (name: string) => `arn:aws:logs:eu-west-1:000000000000:log-group:${name}`;

function log(stream: string, message: string, atMs = clock.now(), logGroupName = group): void {
  const names = { functionName: 'worker', executionEnvironmentId: stream, logGroupName, logStreamName: stream };
  events.emit({ type: 'log', atMs, source: 'function', message, ...names });
}

beforeAll(async () => {
  const logGroups = [
    { stack: 'S', logicalId: 'L', name: group, arn: arnOf(group), retentionDays: 7 },
    { stack: 'S', logicalId: 'M', name: '/empty', arn: arnOf('/empty') },
  ];
  const store = new LogStore({ clock, events, logGroups });
  for (let index = 0; index < 10; index += 1) {
    log(
      index % 2 === 0 ? 'a/one' : 'b/two',
      JSON.stringify({ level: index === 7 ? 'ERROR' : 'INFO', index }),
      startMs + index,
    );
  }
  log('only', 'plain ERROR text', startMs + 100, '/aws/lambda/undeclared');
  serving = await startServices({
    events,
    clock,
    rpcServices: [new LogsService({ store, queryDefinitions: [], region: 'eu-west-1', accountId: '000000000000' }).rpc],
  });
  client = new CloudWatchLogsClient(serving.clientOptions);
});

afterAll(async () => {
  client.destroy();
  await serving.endpoint.close();
});

const indexes = (found: readonly { message?: string | undefined }[] | undefined) =>
  found?.map(({ message }) => (JSON.parse(message ?? '') as { index: number }).index);

describe('DescribeLogGroups', () => {
  test('lists declared groups from the start and others once something is logged, page by page', async () => {
    const first = await client.send(new DescribeLogGroupsCommand({ limit: 2 }));
    expect(first.logGroups?.map(({ logGroupName }) => logGroupName)).toEqual(['/aws/lambda/undeclared', group]);
    expect(first.logGroups?.[1]).toMatchObject({
      retentionInDays: 7,
      arn: `${arnOf(group)}:*`,
      logGroupArn: arnOf(group),
    });
    const second = await client.send(new DescribeLogGroupsCommand({ limit: 2, nextToken: first.nextToken }));
    expect(second.logGroups?.map(({ logGroupName }) => logGroupName)).toEqual(['/empty']);
    expect(second.nextToken).toBeUndefined();
  });

  test('finds by prefix or by pattern, not by both', async () => {
    const byPattern = await client.send(new DescribeLogGroupsCommand({ logGroupNamePattern: 'WORK' }));
    expect(byPattern.logGroups).toHaveLength(1);
    const byPrefix = await client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: '/aws' }));
    expect(byPrefix.logGroups).toHaveLength(2);
    await expect(
      client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: '/', logGroupNamePattern: 'w' })),
    ).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });
});

describe('DescribeLogStreams', () => {
  test.each([
    [{}, ['a/one', 'b/two']],
    [{ descending: true }, ['b/two', 'a/one']],
    [{ orderBy: 'LastEventTime' as const, descending: true, limit: 1 }, ['b/two']],
    [{ logStreamNamePrefix: 'a' }, ['a/one']],
  ])('with %j answers %j', async (input, names) => {
    const { logStreams } = await client.send(new DescribeLogStreamsCommand({ logGroupName: group, ...input }));
    expect(logStreams?.map(({ logStreamName }) => logStreamName)).toEqual(names);
    expect(serving.asked.at(-1)).toEqual({ action: 'logs:DescribeLogStreams', resource: `${arnOf(group)}:*` });
  });

  test('tells the times of each stream, and takes the group’s ARN', async () => {
    const { logStreams } = await client.send(new DescribeLogStreamsCommand({ logGroupIdentifier: arnOf(group) }));
    expect(logStreams?.[1]).toMatchObject({
      logStreamName: 'b/two',
      arn: `${arnOf(group)}:log-stream:b/two`,
      firstEventTimestamp: startMs + 1,
      lastEventTimestamp: startMs + 9,
    });
  });

  test('cannot order by time and select by prefix', async () => {
    const input = { logGroupName: group, orderBy: 'LastEventTime', logStreamNamePrefix: 'a' } as const;
    await expect(client.send(new DescribeLogStreamsCommand(input))).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'Cannot order by LastEventTime with a logStreamNamePrefix.',
    });
  });
});

const get = (input: Partial<GetLogEventsCommandInput>) =>
  client.send(new GetLogEventsCommand({ logGroupName: group, logStreamName: 'a/one', ...input }));

describe('GetLogEvents', () => {
  test('from the head reads forwards, until the token answers itself', async () => {
    const first = await get({ startFromHead: true, limit: 3 });
    expect(indexes(first.events)).toEqual([0, 2, 4]);
    const second = await get({ nextToken: first.nextForwardToken, limit: 3 });
    expect(indexes(second.events)).toEqual([6, 8]);
    const third = await get({ nextToken: second.nextForwardToken });
    expect(third.events).toEqual([]);
    expect(third.nextForwardToken).toBe(second.nextForwardToken);
    expect(indexes((await get({ nextToken: second.nextBackwardToken })).events)).toEqual([0, 2, 4]);
  });

  test('without startFromHead answers the latest events and reads backwards', async () => {
    const first = await get({ limit: 2 });
    expect(indexes(first.events)).toEqual([6, 8]);
    const second = await get({ nextToken: first.nextBackwardToken, limit: 10 });
    expect(indexes(second.events)).toEqual([0, 2, 4]);
    const third = await get({ nextToken: second.nextBackwardToken });
    expect([third.events, third.nextBackwardToken]).toEqual([[], second.nextBackwardToken]);
  });

  test('counts the start of a time range in and its end out', async () => {
    const { events: found } = await get({ startTime: startMs + 2, endTime: startMs + 6 });
    expect(indexes(found)).toEqual([2, 4]);
  });

  test.each([
    [{ logGroupName: '/nowhere' }, 'ResourceNotFoundException', 'The specified log group does not exist.'],
    [{ logStreamName: 'nobody' }, 'ResourceNotFoundException', 'The specified log stream does not exist.'],
    [{ nextToken: 'x' }, 'InvalidParameterException', 'The specified nextToken is invalid.'],
    [
      { limit: 10_001 },
      'InvalidParameterException',
      "1 validation error detected: Value '10001' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 10000",
    ],
  ])('refuses %j as AWS does', async (input, name, message) => {
    await expect(get(input)).rejects.toMatchObject({ name, message });
  });
});

const search = (input: FilterLogEventsCommandInput) =>
  client.send(new FilterLogEventsCommand({ logGroupName: group, ...input }));

describe('FilterLogEvents', () => {
  test('mixes streams in the order of time and pages through them', async () => {
    const pages = paginateFilterLogEvents({ client, pageSize: 4 }, { logGroupName: group });
    const found: number[][] = [];
    for await (const page of pages) found.push(indexes(page.events) ?? []);
    expect(found).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6, 7],
      [8, 9],
    ]);
  });

  test.each([
    [{ filterPattern: '{ $.level = "ERROR" }' }, [7]],
    [{ filterPattern: '{ $.index >= 8 }' }, [8, 9]],
    [{ filterPattern: 'ERROR' }, [7]],
    [{ startTime: startMs + 3, endTime: startMs + 5 }, [3, 4, 5]],
    [{ logStreamNames: ['b/two'], startTime: startMs + 6 }, [7, 9]],
    [{ logStreamNamePrefix: 'a', filterPattern: '-ERROR' }, [0, 2, 4, 6, 8]],
  ])('with %j answers %j', async (input, expected) => {
    expect(indexes((await search(input)).events)).toEqual(expected);
  });

  test('lets a client follow: from the newest time on, events it knows have the ids it knows', async () => {
    const all = await search({ logGroupName: '/aws/lambda/undeclared' });
    log('only', 'new', startMs + 100, '/aws/lambda/undeclared');
    const again = await search({ logGroupName: '/aws/lambda/undeclared', startTime: startMs + 100 });
    expect(again.events?.map(({ message }) => message)).toEqual(['plain ERROR text', 'new']);
    expect(again.events?.[0]?.eventId).toBe(all.events?.[0]?.eventId);
    expect(again.events?.[1]?.eventId).not.toBe(all.events?.[0]?.eventId);
  });

  test('ends and refuses a pattern that backtracks for minutes, and answers again', async () => {
    log('long', 'x'.repeat(100_000), startMs, '/long');
    await expect(search({ logGroupName: '/long', filterPattern: '%x*x*x*y%' })).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: expect.stringContaining('takes too long'),
    });
    expect((await search({ logGroupName: '/long', filterPattern: '%^x+$%' })).events).toHaveLength(1);
  });

  test.each([
    [{ logGroupName: '/nowhere' }, 'ResourceNotFoundException', 'The specified log group does not exist.'],
    [{ logStreamNames: ['a/one', 'nobody'] }, 'ResourceNotFoundException', 'The specified log stream does not exist.'],
    [{ nextToken: 'not a token' }, 'InvalidParameterException', 'The specified nextToken is invalid.'],
    [{ filterPattern: 'a-b' }, 'InvalidParameterException', "Invalid character(s) in term '-'"],
    [
      { logStreamNames: ['a'], logStreamNamePrefix: 'a' },
      'InvalidParameterException',
      'Cannot specify both logStreamNames and logStreamNamePrefix.',
    ],
  ])('refuses %j as AWS does', async (input, name, message) => {
    await expect(search(input)).rejects.toMatchObject({ name, message });
  });
});

test('events in text format end in a line feed, events in JSON do not', async () => {
  const logGroupName = '/aws/lambda/formats';
  const names = { functionName: 'worker', executionEnvironmentId: 'e', logGroupName, logStreamName: 'one' };
  for (const logFormat of ['Text', 'JSON'] as const) {
    events.emit({ type: 'log', atMs: clock.now(), source: 'platform', message: logFormat, logFormat, ...names });
  }
  const read = new GetLogEventsCommand({ logGroupName, logStreamName: 'one', startFromHead: true });
  expect((await client.send(read)).events?.map(({ message }) => message)).toEqual(['Text\n', 'JSON']);
  const found = await client.send(new FilterLogEventsCommand({ logGroupName, filterPattern: 'Text' }));
  expect(found.events?.map(({ message }) => message)).toEqual(['Text\n']);
});
