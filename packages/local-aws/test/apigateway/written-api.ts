import { rmSync } from 'node:fs';
import { EventStream } from '../../src/events.ts';
import { type Runtime, type RuntimeOptions, startRuntime } from '../../src/runtime.ts';
import { EventWatch } from '../../src/testing/event-watch.ts';
import { functionWith, writeAssembly } from '../../src/testing/written-assembly.ts';

/** A function's role, and the functions that answer requests, each by the code of its handler. */
export function functions(handlers: Readonly<Record<string, string>>, properties: object = {}): object {
  const ofHandlers = Object.entries(handlers).map(([name, body]) => [
    name,
    functionWith({
      FunctionName: name,
      Code: { ZipFile: `exports.handler = async (event, context) => { ${body} };` },
      ...properties,
    }),
  ]);
  return { Role: roleFor('lambda.amazonaws.com'), ...(Object.fromEntries(ofHandlers) as object) };
}

/** A role that the service assumes, with statements of its policy. */
export function roleFor(service: string, statements: readonly object[] = []): object {
  const trust = { Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: service } };
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: { Statement: [trust] },
      ...(statements.length > 0 && {
        Policies: [{ PolicyName: 'own', PolicyDocument: { Statement: statements } }],
      }),
    },
  };
}

/** The HTTP API `Api` with a `$default` stage, but for properties of either. */
export function httpApi(properties: object = {}, stage: object = {}): object {
  return {
    Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'orders-api', ProtocolType: 'HTTP', ...properties } },
    Stage: {
      Type: 'AWS::ApiGatewayV2::Stage',
      Properties: { ApiId: { Ref: 'Api' }, StageName: '$default', AutoDeploy: true, ...stage },
    },
  };
}

/** Integrations of functions, each with its permission, as HttpLambdaIntegration of the CDK makes them. */
export function lambdaIntegration(functionName: string, properties: object = {}): object {
  return {
    [`${functionName}Integration`]: {
      Type: 'AWS::ApiGatewayV2::Integration',
      Properties: {
        ApiId: { Ref: 'Api' },
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: { 'Fn::GetAtt': [functionName, 'Arn'] },
        PayloadFormatVersion: '2.0',
        ...properties,
      },
    },
    [`${functionName}Permission`]: permission(functionName, '/*/*'),
  };
}

/** Lets the API invoke the function from routes that fit the pattern. */
export function permission(functionName: string, pattern: string): object {
  const api = 'arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}';
  return {
    Type: 'AWS::Lambda::Permission',
    Properties: {
      Action: 'lambda:InvokeFunction',
      FunctionName: { 'Fn::GetAtt': [functionName, 'Arn'] },
      Principal: 'apigateway.amazonaws.com',
      SourceArn: { 'Fn::Sub': `${api}${pattern}` },
    },
  };
}

/** A route to the integration of a function, or to another integration by its logical id. */
export function route(routeKey: string, integration: string, properties: object = {}): object {
  const id = `Route${routeKey.replaceAll(/\W/g, '')}`;
  return {
    [id]: {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: {
        ApiId: { Ref: 'Api' },
        RouteKey: routeKey,
        Target: { 'Fn::Join': ['/', ['integrations', { Ref: `${integration}Integration` }]] },
        ...properties,
      },
    },
  };
}

/** The output that HttpApi of the CDK writes. */
export const apiUrlOutput = {
  ApiUrl: {
    Value: {
      'Fn::Join': [
        '',
        ['https://', { Ref: 'Api' }, '.execute-api.', { Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }, '/'],
      ],
    },
  },
};

/** A running stack `Shop`, with its API's address, without a slash at the end. */
export interface RunningApi extends AsyncDisposable {
  readonly runtime: Runtime;
  readonly watch: EventWatch;
  readonly url: string;
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** Takes on other resources. */
  reload(resources: object): Promise<void>;
}

export async function startApi(resources: object, options: Partial<RuntimeOptions> = {}): Promise<RunningApi> {
  const assemblies: string[] = [];
  const write = (all: object) => {
    const directory = writeAssembly({ Shop: { template: { Resources: all, Outputs: apiUrlOutput } } });
    assemblies.push(directory);
    return directory;
  };
  const events = new EventStream();
  const watch = new EventWatch(events);
  const remove = () => assemblies.forEach((directory) => rmSync(directory, { recursive: true, force: true }));
  try {
    const runtime = await startRuntime({ assembly: write(resources), events, port: 0, ...options });
    const url = (runtime.model.stacks[0]?.outputs[0]?.value ?? '').replace(/\/$/, '');
    return {
      runtime,
      watch,
      url,
      fetch: (path, init) => fetch(url + path, init),
      reload: (other) => runtime.reload(write(other)),
      async [Symbol.asyncDispose]() {
        await runtime[Symbol.asyncDispose]();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}
