import {
  CloudWatchLogsClient,
  DescribeQueriesCommand,
  DescribeQueryDefinitionsCommand,
  GetQueryResultsCommand,
  StartQueryCommand,
  type StartQueryCommandInput,
  StopQueryCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { EventStream } from '../../src/events.ts';
import { LogsService } from '../../src/services/logs/service.ts';
import { LogStore } from '../../src/services/logs/store.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { readResources } from '../../src/testing/written-assembly.ts';
import { startServices } from '../endpoint/endpoint-harness.ts';

const clock = new ManualClock();
const startMs = clock.now();
const group = '/aws/lambda/worker';
const { queryDefinitions } = readResources({
  Failures: {
    Type: 'AWS::Logs::QueryDefinition',
    Properties: { Name: 'Shop/failures', QueryString: 'filter kind = "late"', LogGroupNames: [group] },
  },
});
let serving: Awaited<ReturnType<typeof startServices>>;
let client: CloudWatchLogsClient;

const lines = [
  '{"level":"INFO","message":{"kind":"late","ms":100,"reasons":["slow","far"],"order":{"id":"a.1"}}}',
  '{"level":"WARN","message":{"kind":"late","ms":300,"order":{"id":"b"}}}',
  '{"level":"INFO","message":{"kind":"lost","ms":20.25,"note":"user=Ann, took 7 s"}}',
  'plain text: user=Bob, took 9 s',
  'REPORT RequestId: 0b1c\tDuration: 12.50 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB\tMax Memory Used: 70 MB\t',
];

beforeAll(async () => {
  const events = new EventStream();
  const store = new LogStore({ clock, events, logGroups: [] });
  lines.forEach((line, index) => store.create(group).append('stream', startMs + index * 1000, line));
  const { rpc } = new LogsService({ store, queryDefinitions, region: 'eu-west-1', accountId: '000000000000' });
  serving = await startServices({ events, clock, rpcServices: [rpc] });
  client = new CloudWatchLogsClient(serving.clientOptions);
});

afterAll(async () => {
  client.destroy();
  await serving.endpoint.close();
});

const start = (queryString: string, more: Partial<StartQueryCommandInput> = {}) => {
  const [startTime, endTime] = [startMs / 1000, startMs / 1000 + 60];
  return client.send(new StartQueryCommand({ logGroupName: group, startTime, endTime, queryString, ...more }));
};

async function finished(queryId: string | undefined) {
  for (;;) {
    const answer = await client.send(new GetQueryResultsCommand({ queryId }));
    if (answer.status !== 'Running') return answer;
  }
}

/** The rows of a query, without the pointers to their events. */
async function rows(queryString: string, more: Partial<StartQueryCommandInput> = {}) {
  const { results } = await finished((await start(queryString, more)).queryId);
  return results?.map((row) =>
    Object.fromEntries<string | undefined>(
      row.filter(({ field }) => field !== '@ptr').map(({ field = '', value }) => [field, value]),
    ),
  );
}

const time = (index: number) => new Date(startMs + index * 1000).toISOString().replace('T', ' ').replace('Z', '');

describe('a query', () => {
  test('without fields gives time and text of events, newest first, each with a pointer', async () => {
    const answer = await finished((await start('limit 1')).queryId);
    expect(answer).toMatchObject({ status: 'Complete', statistics: { recordsMatched: 5, recordsScanned: 5 } });
    expect(answer.results).toEqual([
      [
        { field: '@timestamp', value: time(4) },
        { field: '@message', value: lines[4] },
        { field: '@ptr', value: expect.any(String) },
      ],
    ]);
    expect(serving.asked.some(({ action }) => action === 'logs:StartQuery')).toBe(true);
  });

  test.each<[string, object[]]>([
    [
      'fields message.ms | filter message.kind = "late" | sort message.ms asc',
      [{ 'message.ms': '100' }, { 'message.ms': '300' }],
    ],
    ['filter message.ms > 50 and not level = "WARN" | fields message.reasons.1', [{ 'message.reasons.1': 'far' }]],
    ["filter message.order.id in ['b', 'c'] | display level", [{ level: 'WARN' }]],
    [
      'filter @message like /took \\d s/ | fields @timestamp # both',
      [{ '@timestamp': time(3) }, { '@timestamp': time(2) }],
    ],
    ['filter @message not like "user" and ispresent(message.ms) | stats count(*)', [{ 'count(*)': '2' }]],
    [
      'parse "user=*, took * s" as user, seconds | filter ispresent(user) | sort user | fields user, seconds * 1000 as ms',
      [
        { user: 'Ann', ms: '7000' },
        { user: 'Bob', ms: '9000' },
      ],
    ],
    ['parse @message /user=(?<who>[A-Z])/ | filter who = "B" | fields who', [{ who: 'B' }]],
    [
      'filter ispresent(message.kind) | stats count(*) as n, avg(message.ms) as mean, max(@timestamp) as last by message.kind | sort n desc',
      [
        { 'message.kind': 'late', n: '2', mean: '200', last: time(1) },
        { 'message.kind': 'lost', n: '1', mean: '20.25', last: time(2) },
      ],
    ],
    ['stats pct(message.ms, 99) as p99, count_distinct(level) as levels', [{ p99: '300', levels: '2' }]],
    [
      'filter @type = "REPORT" | fields @duration, @maxMemoryUsed',
      [{ '@duration': '12.5', '@maxMemoryUsed': '70000000' }],
    ],
    ['stats count(*) as n by bin(1m)', [{ 'bin(1m)': time(0), n: '5' }]],
    [
      'filter level != "INFO" | fields coalesce(message.kind, "none") as kind | dedup kind | sort kind',
      [{ kind: 'late' }, { kind: 'none' }],
    ],
    ['fields `message.ms` as ms | filter ms >= 20.25 | stats sum(ms) as total', [{ total: '420.25' }]],
    ['filter nothing = 1 | stats count(*) as n', [{ n: '0' }]],
  ])('%s', async (queryString, expected) => {
    expect(await rows(queryString)).toEqual(expected);
  });

  test('looks at the time that it is asked for, in seconds, both ends counted in', async () => {
    const at = startMs / 1000 + 1;
    expect(await rows('stats count(*) as n', { startTime: at, endTime: at })).toEqual([{ n: '1' }]);
    expect(await rows('fields level', { limit: 2 })).toHaveLength(2);
  });

  test.each([
    [
      'MalformedQueryException',
      'fields @timestamp | filter (level = "INFO"',
      /unexpected symbol found the end of the query at line 1/,
    ],
    ['MalformedQueryException', 'fields\n  @timestamp ! level', /unexpected symbol found ! at line 2 and position 14/],
    ['MalformedQueryException', 'filter @message like /(/', /cannot be read/],
    ['MalformedQueryException', '', /empty/],
    ['MalformedQueryException', `filter ${'('.repeat(4000)}`, /more than 100 levels are nested/],
    ['MalformedQueryException', `filter ${'not '.repeat(2000)}x`, /nested/],
    ['NotImplemented', 'pattern @message', /Logs Insights: the command pattern/],
    ['NotImplemented', 'fields isIpv4InSubnet(@message, "10.0.0.0/8")', /the function isipv4insubnet/],
    ['NotImplemented', 'stats sortsFirst(level)', /the function sortsfirst of stats/],
  ])('is refused with %s: %s', async (name, queryString, message) => {
    await expect(start(queryString)).rejects.toMatchObject({
      name,
      message: expect.stringMatching(message) as unknown,
    });
  });

  test('over a group that is not there, or that is not known, is refused', async () => {
    await expect(start('limit 1', { logGroupName: 'none' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    await expect(client.send(new GetQueryResultsCommand({ queryId: 'none' }))).rejects.toThrow('does not exist');
  });

  test('whose expression takes forever on an event fails, and the endpoint goes on', async () => {
    const { queryId } = await start(`filter @message like /(x+x+)+y/ or "${'x'.repeat(40)}" like /^(x+x+)+y$/`);
    expect((await finished(queryId)).status).toBe('Failed');
  });

  test('can be listed, and stopped only while it runs', async () => {
    const { queryId } = await start('limit 3');
    await finished(queryId);
    const { queries } = await client.send(new DescribeQueriesCommand({ logGroupName: group, status: 'Complete' }));
    expect(queries?.[0]).toMatchObject({ queryId, queryString: 'limit 3', status: 'Complete' });
    await expect(client.send(new StopQueryCommand({ queryId }))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  });
});

test('saved queries of the stacks are described', async () => {
  const { queryDefinitions: found } = await client.send(new DescribeQueryDefinitionsCommand({}));
  expect(found).toMatchObject([{ name: 'Shop/failures', queryString: 'filter kind = "late"', logGroupNames: [group] }]);
  const none = await client.send(new DescribeQueryDefinitionsCommand({ queryDefinitionNamePrefix: 'Other' }));
  expect(none.queryDefinitions).toEqual([]);
});
