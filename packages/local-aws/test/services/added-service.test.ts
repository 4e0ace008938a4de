import { rmSync } from 'node:fs';
import { afterEach, describe, expect, test } from '@jest/globals';
import { EventStream } from '../../src/events.ts';
import { type Runtime, startRuntime } from '../../src/runtime.ts';
import { services } from '../../src/services/index.ts';
import { functionWith, writeAssembly } from '../../src/testing/written-assembly.ts';
import { ParameterService, parameterStore } from './parameter-service.ts';

/** Asks for the parameter that its variable names, with its own credentials, as an SDK would. */
const asks = `exports.handler = async () => {
  const { AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, PARAMETER } = process.env;
  const scope = AWS_ACCESS_KEY_ID + '/20260101/us-east-1/ssm/aws4_request';
  const response = await fetch(AWS_ENDPOINT_URL, {
    method: 'POST',
    headers: {
      'x-amz-target': 'AmazonSSM.GetParameter',
      'content-type': 'application/x-amz-json-1.1',
      authorization: 'AWS4-HMAC-SHA256 Credential=' + scope,
    },
    body: JSON.stringify({ Name: PARAMETER }),
  });
  return response.json();
};`;

const parameter = (value: string) => ({
  Type: 'AWS::SSM::Parameter',
  Properties: { Name: 'greeting', Type: 'String', Value: value },
});

/** A stack with a parameter and a function that asks for it, whose role may do so where `condition` holds. */
const greeterOf = (value: string, actions: readonly string[], condition: object = {}) => ({
  Greeting: parameter(value),
  Role: {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Statement: [{ Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' } }],
      },
      Policies: [
        {
          PolicyName: 'parameters',
          PolicyDocument: {
            Statement: [
              {
                Effect: 'Allow',
                Action: actions,
                Resource: { 'Fn::GetAtt': ['Greeting', 'Arn'] },
                Condition: condition,
              },
            ],
          },
        },
      ],
    },
  },
  Greeter: functionWith({
    FunctionName: 'greeter',
    Code: { ZipFile: asks },
    Environment: { Variables: { PARAMETER: { Ref: 'Greeting' } } },
  }),
});

const assemblies: string[] = [];
let runtime: Runtime | undefined;

function assemblyOf(resources: object): string {
  const directory = writeAssembly({ Shop: { template: { Resources: resources } } });
  assemblies.push(directory);
  return directory;
}

async function start(resources: object, list = [...services, parameterStore]): Promise<Runtime> {
  runtime = await startRuntime({
    assembly: assemblyOf(resources),
    events: new EventStream(),
    port: 0,
    services: list,
  });
  return runtime;
}

async function answerOf(running: Runtime): Promise<unknown> {
  const { payload } = await running.lambda.invoke('greeter', '{}');
  return JSON.parse(payload);
}

afterEach(async () => {
  await runtime?.[Symbol.asyncDispose]();
  runtime = undefined;
  for (const assembly of assemblies.splice(0)) rmSync(assembly, { recursive: true });
});

describe('a service that is added to the list', () => {
  test('reads its resources, answers functions, and takes on a changed template', async () => {
    const running = await start(greeterOf('hello', ['ssm:GetParameter']));
    expect(running.model.skipped).toEqual([]);
    expect(running.service(ParameterService).rpc.signingName).toBe('ssm');
    expect(await answerOf(running)).toMatchObject({ Parameter: { Name: 'greeting', Value: 'hello' } });
    await running.reload(assemblyOf(greeterOf('good morning', ['ssm:GetParameter'])));
    expect(await answerOf(running)).toMatchObject({ Parameter: { Value: 'good morning' } });
  });

  test('is asked for permissions like any other', async () => {
    const running = await start(greeterOf('hello', ['ssm:PutParameter']));
    expect(await answerOf(running)).toMatchObject({
      __type: 'AccessDeniedException',
      message: expect.stringContaining('is not authorized to perform: ssm:GetParameter on resource: arn:aws:ssm:'),
    });
  });

  test('has the policies about it checked before they decide', async () => {
    const condition = { StringEquals: { 'ssm:Unknown': 'x' } };
    await expect(start(greeterOf('hello', ['ssm:GetParameter'], condition))).rejects.toThrow('CONDITION_UNSUPPORTED');
  });

  test('refuses properties that it cannot follow', async () => {
    const { Greeting, ...others } = greeterOf('hello', ['ssm:GetParameter']);
    const withPattern = { ...Greeting, Properties: { ...Greeting.Properties, AllowedPattern: '^h' } };
    await expect(start({ Greeting: withPattern, ...others })).rejects.toThrow('PROPERTY_UNSUPPORTED');
  });
});

test('without the service its resources are listed as skipped, and a call is told that nobody is there', async () => {
  const running = await start({ Greeting: parameter('hello') }, [...services]);
  expect(running.model.skipped).toMatchObject([{ logicalId: 'Greeting', type: 'AWS::SSM::Parameter' }]);
  const authorization = 'AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/ssm/aws4_request';
  const headers = { 'x-amz-target': 'AmazonSSM.GetParameter', authorization };
  const response = await fetch(running.endpoint.url, { method: 'POST', headers, body: '{}' });
  expect(response.status).toBe(501);
});
