import { createRequire } from 'node:module';
import { describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import type { Operation, RpcService } from '../../src/endpoint/api.ts';
import { CloudFormationService } from '../../src/services/cloudformation.ts';
import { CloudWatchService } from '../../src/services/cloudwatch/service.ts';
import { LogsService } from '../../src/services/logs/service.ts';
import { MailboxService } from '../../src/services/mailbox/service.ts';
import { SesService } from '../../src/services/ses/service.ts';
import { StsService } from '../../src/services/sts.ts';
import { startAnsweringRuntime } from './answering-runtime.ts';
import { anyJson, anyText, type DynaliteType, dynamodbInputOf, inputOf, nearly } from './any-input.ts';
import { dynamodbRequests } from './valid-requests.ts';

const require = createRequire(import.meta.url);
/** `FUZZ_RUNS=2000 npm test -- any-input` looks longer. */
const runsEach = Number(process.env['FUZZ_RUNS'] ?? 8);

jest.setTimeout(180_000 + runsEach * 200);

const { runtime, clock, defects, expectClearAnswer } = await startAnsweringRuntime();
const tables = await runtime.dynamodb.processId();

const known = {
  QueueUrl: [`${runtime.endpoint.url}/000000000000/orders`],
  TableName: ['orders'],
  IndexName: ['by-status'],
  logGroupName: ['/aws/lambda/Shop'],
  StackName: ['Shop'],
};

/** The types of an operation's members by dynalite's own tables. */
function dynaliteTypes(operation: string): Record<string, DynaliteType> {
  const file = `dynalite/validations/${operation.charAt(0).toLowerCase()}${operation.slice(1)}.js`;
  const { types } = require(file) as { types: Record<string, DynaliteType> };
  return types;
}

const part = (operation: string) => ({ type: 'ValueStruct', children: dynaliteTypes(operation) });
const transaction = (parts: object) => ({
  ClientRequestToken: 'String',
  ReturnConsumedCapacity: { type: 'String', enum: ['INDEXES', 'TOTAL', 'NONE'] },
  TransactItems: { type: 'List', children: { type: 'ValueStruct', children: parts } },
});

/** Of the operations that stand in front of dynalite. */
const ownTypes: Readonly<Record<string, Record<string, DynaliteType>>> = {
  TransactGetItems: transaction({ Get: part('GetItem') }),
  TransactWriteItems: transaction({
    ConditionCheck: part('DeleteItem'),
    Delete: part('DeleteItem'),
    Put: part('PutItem'),
    Update: part('UpdateItem'),
  }),
  UpdateTimeToLive: {
    TableName: 'String',
    TimeToLiveSpecification: { type: 'ValueStruct', children: { AttributeName: 'String', Enabled: 'Boolean' } },
  },
};

async function fuzzJson(target: string, input: fc.Arbitrary<unknown>, numRuns = runsEach): Promise<void> {
  const property = fc.asyncProperty(fc.oneof({ weight: 9, arbitrary: input }, anyJson), async (value) => {
    const headers = { 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.0' };
    await expectClearAnswer({ headers, body: JSON.stringify(value) });
  });
  await fc.assert(property, { numRuns });
}

/** Names and input shapes alone are looked at, so that what the services work on may be missing. */
const nothing = {} as never;
const readServices: readonly RpcService[] = [
  new LogsService(nothing),
  new CloudFormationService({ region: '', accountId: '', stacks: [], skipped: [], limited: [], leftOut: [] }, clock),
  new StsService(nothing, nothing),
  new CloudWatchService(nothing, nothing),
].map(({ rpc }) => rpc);

const operationsOf = (service: RpcService): [string, Operation][] => Object.entries(service.operations);

describe('any JSON in any member', () => {
  test('of any operation of SQS gets a clear answer', async () => {
    for (const [name, { input = { members: {} } }] of operationsOf(runtime.sqs.rpc)) {
      await fuzzJson(`AmazonSQS.${name}`, inputOf(input, known));
    }
    expect(defects).toEqual([]);
  });

  test('of any read operation gets a clear answer', async () => {
    for (const service of readServices.filter(({ targetPrefix }) => targetPrefix !== undefined)) {
      for (const [name, { input }] of operationsOf(service)) {
        await fuzzJson(`${service.targetPrefix}.${name}`, input === undefined ? anyJson : inputOf(input, known));
      }
    }
    expect(defects).toEqual([]);
  });

  test('of any operation of DynamoDB gets a clear answer and costs no table', async () => {
    for (const name of Object.keys(runtime.dynamodb.rpc.forwarded ?? {})) {
      await fuzzJson(`DynamoDB_20120810.${name}`, dynamodbInputOf(ownTypes[name] ?? dynaliteTypes(name), known));
    }
    for (const [name, input] of dynamodbRequests) await fuzzJson(`DynamoDB_20120810.${name}`, nearly(input));
    expect(await runtime.dynamodb.processId()).toBe(tables);
  });
});

describe('any parameters of the Query protocol', () => {
  const suffix = fc.constantFrom(
    '',
    '.1',
    '.1.Name',
    '.member.1',
    '.1.Value.StringValue',
    '.entry.1.key',
    '.__proto__.x',
  );

  test('get a clear answer from any operation', async () => {
    for (const service of [runtime.sqs.rpc, ...readServices].filter(({ xmlNamespace }) => xmlNamespace !== undefined)) {
      for (const [name, { input }] of operationsOf(service)) {
        const members = fc.constantFrom('Action', '__proto__', 'Entries', ...Object.keys(input?.members ?? {}));
        const parameter = fc
          .tuple(members, suffix, anyText)
          .map(([member, end, text]): [string, string] => [member + end, text]);
        const property = fc.asyncProperty(fc.array(parameter, { maxLength: 6 }), async (parameters) => {
          const form = new URLSearchParams([['Action', name], ...parameters]);
          const scope = `AWS4-HMAC-SHA256 Credential=A/20260101/us-east-1/${service.signingName}/aws4_request`;
          const contentType = 'application/x-www-form-urlencoded';
          const headers = { authorization: scope, 'content-type': contentType };
          await expectClearAnswer({ path: '/000000000000/orders', headers, body: form.toString() });
        });
        await fc.assert(property, { numRuns: runsEach });
      }
    }
    expect(defects).toEqual([]);
  });
});

describe('any headers', () => {
  const value = fc.oneof(
    fc.constantFrom(
      '',
      'AWS4-HMAC-SHA256',
      'Credential=',
      'AWS4-HMAC-SHA256 Credential=////, SignedHeaders=',
      'Bearer x',
    ),
    fc.constantFrom(
      'AmazonSQS.',
      '.',
      '__proto__.constructor',
      'AmazonSQS.SendMessage.SendMessage',
      'DynamoDB_20120810.__proto__',
    ),
    fc.constantFrom(
      'application/json',
      'application/x-www-form-urlencoded; charset=x',
      'multipart/form-data; boundary=',
      'rpc-v2-cbor',
    ),
    fc.string({
      unit: fc
        .integer({ min: 0x20, max: 0xff })
        .filter((code) => code !== 0x7f)
        .map((code) => String.fromCodePoint(code)),
    }),
  );
  const names = [
    'authorization',
    'x-amz-target',
    'content-type',
    'x-amz-date',
    'smithy-protocol',
    'x-amz-invocation-type',
    'x-amz-client-context',
    'x-amzn-trace-id',
    'cookie',
    'referer',
  ] as const;

  test('get a clear answer', async () => {
    const headers = fc.dictionary(
      fc.constantFrom(...names),
      value.map((text) => text.trim()),
    );
    const property = fc.asyncProperty(
      headers,
      fc.constantFrom('{}', '', 'Action=SendMessage', '\u0000'),
      async (given, body) => {
        await expectClearAnswer({ headers: given, body });
      },
    );
    await fc.assert(property, { numRuns: 20 * runsEach });
    expect(defects).toEqual([]);
  });
});

describe('any body, path and query of the REST protocol', () => {
  test('get a clear answer from any operation', async () => {
    for (const { method, path } of [...runtime.lambda.routes, ...runtime.mappings.routes]) {
      const uuid = runtime.model.mappings[0]?.uuid ?? '';
      const there = method === 'PUT' ? [uuid] : [uuid, runtime.model.functions[0]?.name ?? ''];
      const name = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...there) }, anyText);
      const query = fc.array(fc.tuple(fc.constantFrom('Qualifier', 'Marker', 'MaxItems', 'FunctionName'), anyText), {
        maxLength: 2,
      });
      const change = nearly(mappingChange);
      const property = fc.asyncProperty(name, query, fc.oneof(change, anyJson), async (segment, parameters, value) => {
        const filled = path.replace(/\{\w+\}/, () => encodeURIComponent(segment.toWellFormed()));
        const target = `${filled}?${new URLSearchParams(parameters).toString()}`;
        await expectClearAnswer({ method, path: target, ...(method !== 'GET' && { body: JSON.stringify(value) }) });
      });
      await fc.assert(property, { numRuns: (method === 'PUT' ? 20 : 2) * runsEach });
    }
    expect(defects).toEqual([]);
  });

  test('get a clear answer from SES and the mailbox', async () => {
    const routes = [...runtime.service(SesService).rest.routes, ...runtime.service(MailboxService).rest.routes];
    for (const { method, path } of routes) {
      const property = fc.asyncProperty(anyText, fc.oneof(nearly(mail), anyJson), async (segment, value) => {
        const filled = path.replace(/\{\w+\}/, () => encodeURIComponent(segment.toWellFormed()));
        await expectClearAnswer({ method, path: filled, ...(method !== 'GET' && { body: JSON.stringify(value) }) });
      });
      await fc.assert(property, { numRuns: (path.endsWith('outbound-emails') ? 20 : 1) * runsEach });
    }
    expect(defects).toEqual([]);
  });
});

const mail = {
  FromEmailAddress: 'Shop <orders@example.com>',
  Destination: { ToAddresses: ['ann@example.org'], CcAddresses: ['a@b.org'] },
  Content: { Simple: { Subject: { Data: 'x' }, Body: { Text: { Data: 'y' } } }, Raw: { Data: 'U3ViamVjdDogeA==' } },
};

const mappingChange = {
  BatchSize: 20,
  MaximumBatchingWindowInSeconds: 1,
  ScalingConfig: { MaximumConcurrency: 5 },
  FilterCriteria: { Filters: [{ Pattern: '{"body":{"a":[1]}}' }] },
  FunctionResponseTypes: ['ReportBatchItemFailures'],
};
