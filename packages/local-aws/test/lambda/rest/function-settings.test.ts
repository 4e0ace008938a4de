import {
  GetAccountSettingsCommand,
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  GetFunctionEventInvokeConfigCommand,
  LambdaClient,
  ListAliasesCommand,
  ListFunctionsCommand,
  ListVersionsByFunctionCommand,
} from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { AwsError } from '../../../src/endpoint/api.ts';
import { EventStream } from '../../../src/events.ts';
import type { Authorizer } from '../../../src/services/iam/authorizer.ts';
import { ManualClock } from '../../../src/testing/manual-clock.ts';
import { startServices } from '../../endpoint/endpoint-harness.ts';
import { codeFolder, functionModel, removeFolders, type RunningLambda, startLambda } from '../function-fixture.ts';

const arn = 'arn:aws:lambda:eu-west-1:000000000000:function';
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
  const restServices = [{ signingName: 'lambda', routes: running.lambda.routes }];
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
  expect(AccountUsage).toMatchObject({ FunctionCount: 3, TotalCodeSize: expect.any(Number) as unknown });
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
