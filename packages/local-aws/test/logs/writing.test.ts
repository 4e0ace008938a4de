import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
  DeleteLogStreamCommand,
  DeleteRetentionPolicyCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  type InputLogEvent,
  PutLogEventsCommand,
  PutRetentionPolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { EventStream } from '../../src/events.ts';
import { LogsService } from '../../src/services/logs/service.ts';
import { LogStore } from '../../src/services/logs/store.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { startServices } from '../endpoint/endpoint-harness.ts';

const clock = new ManualClock();
const group = { logGroupName: 'audit' };
const stream = { ...group, logStreamName: 'today' };
const dayMs = 86_400_000;
let serving: Awaited<ReturnType<typeof startServices>>;
let client: CloudWatchLogsClient;

beforeEach(async () => {
  const events = new EventStream();
  const store = new LogStore({ clock, events, logGroups: [] });
  const { rpc } = new LogsService({ store, queryDefinitions: [], region: 'eu-west-1', accountId: '000000000000' });
  serving = await startServices({ events, clock, rpcServices: [rpc] });
  client = new CloudWatchLogsClient(serving.clientOptions);
  await client.send(new CreateLogGroupCommand(group));
});

afterEach(async () => {
  client.destroy();
  await serving.endpoint.close();
});

const put = (...logEvents: InputLogEvent[]) => client.send(new PutLogEventsCommand({ ...stream, logEvents }));
const messages = async () =>
  (await client.send(new FilterLogEventsCommand(group))).events?.map(({ message }) => message);
const groups = async () => (await client.send(new DescribeLogGroupsCommand({}))).logGroups;
const streams = async () => (await client.send(new DescribeLogStreamsCommand(group))).logStreams;

describe('a log group of a client', () => {
  test('takes streams and events, which are read as those of functions are', async () => {
    await client.send(new CreateLogStreamCommand(stream));
    expect(serving.asked.at(-1)).toEqual({
      action: 'logs:CreateLogStream',
      resource: 'arn:aws:logs:eu-west-1:000000000000:log-group:audit:log-stream:today',
    });
    expect(await streams()).toMatchObject([{ logStreamName: 'today', creationTime: clock.now() }]);
    expect((await streams())?.[0]).not.toHaveProperty('lastEventTimestamp');
    const timestamp = clock.now();
    expect((await put({ timestamp, message: 'a' }, { timestamp, message: 'b' })).nextSequenceToken).toMatch(/^\d+$/);
    expect(await messages()).toEqual(['a', 'b']);
    expect(await streams()).toMatchObject([{ lastEventTimestamp: timestamp }]);
  });

  test('loses a stream with its events, and goes itself', async () => {
    await client.send(new CreateLogStreamCommand(stream));
    await client.send(new CreateLogStreamCommand({ ...group, logStreamName: 'other' }));
    const logEvents = [{ timestamp: clock.now(), message: 'kept' }];
    await client.send(new PutLogEventsCommand({ ...group, logStreamName: 'other', logEvents }));
    await put({ timestamp: clock.now(), message: 'gone' });
    await client.send(new DeleteLogStreamCommand(stream));
    expect(await messages()).toEqual(['kept']);
    await client.send(new DeleteLogGroupCommand(group));
    expect(await groups()).toEqual([]);
  });

  test('has a retention that can be set and cleared', async () => {
    await client.send(new PutRetentionPolicyCommand({ ...group, retentionInDays: 14 }));
    expect(await groups()).toMatchObject([{ retentionInDays: 14 }]);
    await client.send(new DeleteRetentionPolicyCommand(group));
    expect((await groups())?.[0]).not.toHaveProperty('retentionInDays');
    await expect(client.send(new PutRetentionPolicyCommand({ ...group, retentionInDays: 2 }))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  });

  test('refuses what is there already, and what is not there, in the words of AWS', async () => {
    await expect(client.send(new CreateLogGroupCommand(group))).rejects.toMatchObject({
      name: 'ResourceAlreadyExistsException',
      message: 'The specified log group already exists',
    });
    await expect(put({ timestamp: clock.now(), message: 'a' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'The specified log stream does not exist.',
    });
    await client.send(new CreateLogStreamCommand(stream));
    await expect(client.send(new CreateLogStreamCommand(stream))).rejects.toMatchObject({
      message: 'The specified log stream already exists',
    });
    for (const logGroupName of ['a b', 'x'.repeat(513)]) {
      await expect(client.send(new CreateLogGroupCommand({ logGroupName }))).rejects.toMatchObject({
        name: 'InvalidParameterException',
      });
    }
  });
});

describe('a batch of events', () => {
  beforeEach(() => client.send(new CreateLogStreamCommand(stream)));

  test('says which of its events are too old or too new, and keeps the others', async () => {
    const [now, spanMs] = [clock.now(), 7_200_001];
    const answer = await put({ timestamp: now, message: 'now' }, { timestamp: now + spanMs, message: 'late' });
    expect(answer.rejectedLogEventsInfo).toEqual({ tooNewLogEventStartIndex: 1 });
    const old = await put(
      { timestamp: now - 14 * dayMs - 1, message: 'old' },
      { timestamp: now - 14 * dayMs, message: 'edge' },
    );
    expect(old.rejectedLogEventsInfo).toEqual({ tooOldLogEventEndIndex: 1 });
    expect(await messages()).toEqual(['now', 'edge']);
  });

  test.each<[string, InputLogEvent[]]>([
    [
      'chronological order',
      [
        { timestamp: 2, message: 'a' },
        { timestamp: 1, message: 'b' },
      ],
    ],
    [
      'span more than 24 hours',
      [
        { timestamp: 0, message: 'a' },
        { timestamp: dayMs + 1, message: 'b' },
      ],
    ],
    ['Upload too large', [{ timestamp: 1, message: 'x'.repeat(1_048_576) }]],
    ['length less than or equal to 10000', Array.from({ length: 10_001 }, () => ({ timestamp: 1, message: 'x' }))],
    ['length greater than or equal to 1', []],
  ])('is refused as a whole: %s', async (why, batch) => {
    await expect(put(...batch)).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: expect.stringContaining(why) as unknown,
    });
    expect(await messages()).toEqual([]);
  });
});
