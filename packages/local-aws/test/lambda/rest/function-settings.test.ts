import {
  GetAccountSettingsCommand,
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  GetFunctionEventInvokeConfigCommand,
  GetPolicyCommand,
  LambdaClient,
  ListAliasesCommand,
  ListFunctionsCommand,
  ListVersionsByFunctionCommand,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
} from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { AwsError } from '../../../src/endpoint/api.ts';
import { EventStream } from '../../../src/events.ts';
import type { Authorizer } from '../../../src/services/iam/authorizer.ts';
import { unservedRoutes } from '../../../src/services/lambda/unserved-routes.ts';
import { ManualClock } from '../../../src/testing/manual-clock.ts';
import { consumer, functionWith, readResources } from '../../../src/testing/written-assembly.ts';
import { startServices } from '../../endpoint/endpoint-harness.ts';
import { codeFolder, functionModel, removeFolders, type RunningLambda, startLambda } from '../function-fixture.ts';

const arn = 'arn:aws:lambda:eu-west-1:000000000000:function';
/** A function that a bucket may invoke, as a template says it. */
const permitted = readResources({
  ...consumer,
  Consumer: functionWith({ FunctionName: 'permitted' }),
  Permission: {
    Type: 'AWS::Lambda::Permission',
    Properties: {
      Action: 'lambda:InvokeFunction',
      FunctionName: { 'Fn::GetAtt': ['Consumer', 'Arn'] },
      Principal: 's3.amazonaws.com',
      SourceAccount: { Ref: 'AWS::AccountId' },
      SourceArn: 'arn:aws:s3:::pictures',
    },
  },
});
let running: RunningLambda;
let serving: Awaited<ReturnType<typeof startServices>>;
let client: LambdaClient;
let decrypts = true;

beforeAll(async () => {
  const codeDirectory = codeFolder({ 'index.js': 'exports.handler = async () => 1;' });
  const context = { events: new EventStream(), clock: new ManualClock() };
  const functions = [
    functionModel({ codeDirectory, reservedConcurrency: 5 }),
    functionModel({ name: 'another', codeDirectory, asyncRetry: { maximumRetryAttempts: 1 } }),
    ...permitted.functions.map(({ name, permissions = [] }) => functionModel({ name, codeDirectory, permissions })),
    functionModel({ name: 'encrypted', codeDirectory, environment: { SECRET: 'x' }, kmsKeyArn: 'arn:aws:kms:key' }),
  ];
  const error = new AwsError(
    'AccessDeniedException',
    'User: u is not authorized to perform: kms:Decrypt on resource: r',
  );
  const authorizer: Pick<Authorizer, 'lacks'> = {
    lacks: (_caller, { action, resource }) =>
      decrypts ? undefined : { action, resource, decision: 'implicit-deny', error },
  };
  running = await startLambda(functions, { ...context, authorizer });
  const restServices = [{ signingName: 'lambda', routes: [...running.lambda.routes, ...unservedRoutes] }];
  serving = await startServices({ ...context, restServices });
  client = new LambdaClient(serving.clientOptions);
});

afterAll(async () => {
  client.destroy();
  await serving.endpoint.close();
  await running.lambda.close();
  removeFolders();
});

const concurrencyOf = (FunctionName: string) => client.send(new GetFunctionConcurrencyCommand({ FunctionName }));
const retriesOf = (FunctionName: string) => client.send(new GetFunctionEventInvokeConfigCommand({ FunctionName }));

test('the account settings are its limits and what is left of its concurrency', async () => {
  const { AccountLimit, AccountUsage } = await client.send(new GetAccountSettingsCommand({}));
  expect(AccountLimit).toMatchObject({ ConcurrentExecutions: 1000, UnreservedConcurrentExecutions: 995 });
  expect(AccountUsage).toMatchObject({ FunctionCount: 4, TotalCodeSize: expect.any(Number) as unknown });
});

test('the reserved concurrency of a function is told, and nothing where none is reserved', async () => {
  expect((await concurrencyOf('worker')).ReservedConcurrentExecutions).toBe(5);
  expect((await concurrencyOf('another')).ReservedConcurrentExecutions).toBeUndefined();
});

test('the retries of asynchronous invocations are told, and are not there where the template sets none', async () => {
  expect(await retriesOf('another')).toMatchObject({
    FunctionArn: `${arn}:another:$LATEST`,
    MaximumRetryAttempts: 1,
    LastModified: expect.any(Date) as unknown,
  });
  await expect(retriesOf('worker')).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: `The function ${arn}:worker:$LATEST doesn't have an EventInvokeConfig`,
  });
});

test('a function has one version and no alias, as far as they can be invoked', async () => {
  const FunctionName = 'worker';
  const { Versions } = await client.send(new ListVersionsByFunctionCommand({ FunctionName }));
  expect(Versions).toMatchObject([{ Version: '$LATEST', FunctionArn: `${arn}:worker:$LATEST` }]);
  expect((await client.send(new ListAliasesCommand({ FunctionName }))).Aliases).toEqual([]);
  await expect(client.send(new ListAliasesCommand({ FunctionName: 'nobody' }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
});

const configurationOf = (FunctionName: string) => client.send(new GetFunctionConfigurationCommand({ FunctionName }));

test('environment variables under a key of the account are shown to who may decrypt, and others are told what they lack', async () => {
  expect(await configurationOf('encrypted')).toMatchObject({
    KMSKeyArn: 'arn:aws:kms:key',
    Environment: { Variables: { SECRET: 'x' } },
  });
  decrypts = false;
  const { Environment } = await configurationOf('encrypted');
  expect(Environment).toEqual({
    Error: { ErrorCode: 'AccessDeniedException', Message: expect.stringMatching(/perform: kms:Decrypt on/) as unknown },
  });
  decrypts = true;
});

test('a function has a revision, which changes with it, and a runtime; lists leave out what AWS leaves out', async () => {
  const before = await configurationOf('another');
  expect(before.RevisionId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  expect(before.RuntimeVersionConfig?.RuntimeVersionArn).toMatch(/^arn:aws:lambda:eu-west-1::runtime:/);
  expect((await configurationOf('another')).RevisionId).toBe(before.RevisionId);
  const former = running.lambda.functions;
  await running.lambda.update(former.map((fn) => (fn.name === 'another' ? { ...fn, memoryMb: 512 } : fn)));
  expect((await configurationOf('another')).RevisionId).not.toBe(before.RevisionId);
  await running.lambda.update(former);

  const [listed] = (await client.send(new ListFunctionsCommand({}))).Functions ?? [];
  expect(listed).toMatchObject({ FunctionName: 'another', RevisionId: expect.any(String) as unknown });
  for (const left of ['State', 'LastUpdateStatus', 'RuntimeVersionConfig']) expect(listed).not.toHaveProperty(left);
});

test('the policy of a function is that of the template, and not there where the template has none', async () => {
  const { Policy = '', RevisionId } = await client.send(new GetPolicyCommand({ FunctionName: 'permitted' }));
  expect(JSON.parse(Policy)).toEqual({
    Version: '2012-10-17',
    Id: 'default',
    Statement: [
      {
        Sid: expect.stringMatching(/^Shop-Permission-\w+$/) as unknown,
        Effect: 'Allow',
        Principal: { Service: 's3.amazonaws.com' },
        Action: 'lambda:InvokeFunction',
        Resource: 'arn:aws:lambda:us-east-1:000000000000:function:permitted',
        Condition: {
          StringEquals: { 'AWS:SourceAccount': '000000000000' },
          ArnLike: { 'AWS:SourceArn': 'arn:aws:s3:::pictures' },
        },
      },
    ],
  });
  expect(RevisionId).toEqual(expect.any(String));
  await expect(client.send(new GetPolicyCommand({ FunctionName: 'worker' }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: 'The resource you requested does not exist.',
  });
});

test('an operation that is not here is refused by its name', async () => {
  const FunctionName = 'worker';
  const put = new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 1 });
  await expect(client.send(put)).rejects.toThrow('does not implement lambda: PutFunctionConcurrency.');
  await expect(client.send(new PublishVersionCommand({ FunctionName }))).rejects.toThrow('lambda: PublishVersion.');
  expect(unservedRoutes.filter(({ operation, path }) => operation === '' || !path.startsWith('/20'))).toEqual([]);
});
