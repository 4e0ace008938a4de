import {
  GetAccountSettingsCommand,
  GetFunctionConcurrencyCommand,
  GetFunctionEventInvokeConfigCommand,
  LambdaClient,
  ListAliasesCommand,
  ListVersionsByFunctionCommand,
} from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { EventStream } from '../../../src/events.ts';
import { ManualClock } from '../../../src/testing/manual-clock.ts';
import { startServices } from '../../endpoint/endpoint-harness.ts';
import { codeFolder, functionModel, removeFolders, type RunningLambda, startLambda } from '../function-fixture.ts';

const arn = 'arn:aws:lambda:eu-west-1:000000000000:function';
let running: RunningLambda;
let serving: Awaited<ReturnType<typeof startServices>>;
let client: LambdaClient;

beforeAll(async () => {
  const codeDirectory = codeFolder({ 'index.js': 'exports.handler = async () => 1;' });
  const context = { events: new EventStream(), clock: new ManualClock() };
  const functions = [
    functionModel({ codeDirectory, reservedConcurrency: 5 }),
    functionModel({ name: 'another', codeDirectory, asyncRetry: { maximumRetryAttempts: 1 } }),
  ];
  running = await startLambda(functions, context);
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
  expect(AccountUsage).toMatchObject({ FunctionCount: 2, TotalCodeSize: expect.any(Number) as unknown });
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
