import type { Agent } from 'node:https';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import { stackNameOf } from '../../../shared/pipeline.ts';
import { UsageError } from '../errors.ts';
import { ProfileReason } from './credentials.ts';
import {
  checkEndpointVariables,
  isLoopback,
  localAddress,
  localClientSettings,
  proxiedAgent,
  watchEndpoint,
} from './endpoint.ts';
import type { Signer } from './http-request.ts';
import { announcedStack, findLocalRuntime } from './local-runtime.ts';

/** Where the pipeline is. The SDK finds what is undefined: by environment, profile or instance role. */
export interface Target {
  readonly stack: string;
  readonly region?: string;
  /** Looked for when first needed, where it is a function. */
  readonly endpoint?: string | (() => Promise<string>);
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** Options by which a person names the pipeline that a command is for. */
export interface TargetOptions {
  /** Name of the stack. Default: the stack of the stage, or of the pipeline without stages. */
  readonly stack?: string;
  readonly stage?: string;
  readonly region?: string;
  readonly local?: boolean;
}

type EnvironmentVariables = Readonly<Record<string, string | undefined>>;

/** The value of the first variable that is set. An empty one counts as unset, as it does for the SDKs. */
function said(environment: EnvironmentVariables, ...names: readonly string[]): string | undefined {
  return names.map((name) => environment[name]).find((value) => value !== undefined && value !== '');
}

/**
 * `--local` means this machine: AWS_ENDPOINT_URL, or else the runtime of this project that has the stack, with any
 * credentials. Without `--local` everything is as for the AWS CLI. When nobody names a stack or a stage, the one pipeline
 * that this project's runtimes serve is meant, or else the stack `OrderPipeline`.
 *
 * @param find looks for the runtime that has a stack
 * @throws {UsageError} when the region cannot be one, when a variable for endpoints holds no address, or when
 * AWS_ENDPOINT_URL is another machine beside `--local`
 */
export function targetOf(
  { stack: givenStack, stage, region, local }: TargetOptions,
  environment: EnvironmentVariables,
  find: (stack: string) => Promise<string> = findLocalRuntime,
): Target {
  const named = region ?? said(environment, 'AWS_REGION', 'AWS_DEFAULT_REGION');
  // The region becomes part of a host's name.
  if (named !== undefined && !/^[a-z0-9-]{1,63}$/i.test(named)) {
    throw new UsageError(`A region is a name such as eu-central-1, not "${named}": mend --region or AWS_REGION.`);
  }
  checkEndpointVariables(environment);
  const stack = givenStack ?? stackNameOf(stage);
  if (local !== true) return { stack, ...(named !== undefined && { region: named }) };
  const endpoint = said(environment, 'AWS_ENDPOINT_URL');
  const hostname = URL.parse(endpoint ?? '')?.hostname ?? '';
  if (/^(0\.0\.0\.0|\[::\])$/.test(hostname)) {
    throw new UsageError(
      `AWS_ENDPOINT_URL is ${endpoint}, where a server listens for all addresses of its machine. ` +
        `Ask at one of them: AWS_ENDPOINT_URL=${localAddress(endpoint!)}`,
    );
  }
  if (endpoint !== undefined && !isLoopback(hostname)) {
    throw new UsageError(`--local is this machine, but AWS_ENDPOINT_URL is ${endpoint}. Leave one of them out.`);
  }
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const here = { region: named ?? 'us-east-1', credentials };
  if (endpoint !== undefined) return { ...here, stack, endpoint };
  const isNamed = givenStack !== undefined || stage !== undefined;
  const served = isNamed ? stack : (announcedStack() ?? stack);
  let found: Promise<string> | undefined;
  return { ...here, stack: served, endpoint: () => (found ??= find(served)) };
}

/**
 * The target in words, for questions and errors.
 * @param asked the endpoint that was asked, if it is not AWS's own
 */
export function describeTarget({ stack, region, endpoint }: Target, asked?: string): string {
  const named = typeof endpoint === 'string' ? endpoint : asked;
  if (named !== undefined) return `stack ${stack} at ${named}`;
  if (endpoint !== undefined) return `stack ${stack} on this machine`;
  return `stack ${stack} on AWS${region === undefined ? '' : ` in ${region}`}`;
}

/** The services that the commands talk to. Dispose of them to close their connections. */
export interface Clients extends Disposable {
  readonly cloudFormation: CloudFormationClient;
  readonly cloudWatch: CloudWatchClient;
  readonly dynamodb: DynamoDBClient;
  readonly lambda: LambdaClient;
  readonly logs: CloudWatchLogsClient;
  readonly sqs: SQSClient;
  /** Who signs requests that are for none of these services. */
  readonly signer: Signer;
  /** Connections to AWS; undefined for this machine. */
  readonly agent: Agent | undefined;
  /** The endpoint that was asked first; undefined before the first request, and for AWS's own endpoint. */
  asked(): string | undefined;
  /** Why the profile gave no credentials; undefined when that is not known. */
  noCredentialsBecause(): string | undefined;
}

/** Many tries, for throttling: a person would only start the command again. */
const maxAttempts = 8;
/** The stack is asked first, with few tries: a person wants to know soon whether anybody answers. */
const firstContactAttempts = 3;

/**
 * Clients for the target of a command. The SDK finds the region and the credentials that the target leaves open.
 * @param tell gets what a person should know of the credentials
 */
export function createClients(
  { region, endpoint, credentials }: Target,
  environment: EnvironmentVariables = {},
  tell: (sentence: string) => void = () => {},
): Clients {
  const agent = endpoint === undefined ? proxiedAgent(environment) : undefined;
  const reason = new ProfileReason(tell);
  const settings = {
    maxAttempts,
    logger: reason.logger,
    ...(agent === undefined ? localClientSettings : { requestHandler: { httpsAgent: agent } }),
    ...(region !== undefined && { region }),
    ...(endpoint !== undefined && {
      endpoint: typeof endpoint === 'string' ? endpoint : async () => ({ url: new URL(await endpoint()) }),
    }),
    ...(credentials !== undefined && { credentials }),
  };
  const clients = {
    cloudFormation: new CloudFormationClient({ ...settings, maxAttempts: firstContactAttempts }),
    cloudWatch: new CloudWatchClient(settings),
    dynamodb: new DynamoDBClient({ ...settings, ...(endpoint !== undefined && { accountIdEndpointMode: 'disabled' }) }),
    lambda: new LambdaClient(settings),
    logs: new CloudWatchLogsClient(settings),
    sqs: new SQSClient(settings),
  };
  // The clients differ in what they ask, and the endpoint does not depend on the question.
  const asked = Object.values(clients).map((client) => watchEndpoint(client as unknown as CloudFormationClient));
  return {
    ...clients,
    signer: {
      region: () => clients.lambda.config.region(),
      credentials: () => clients.lambda.config.credentials(),
    },
    agent,
    asked: () => asked.map((endpointOf) => endpointOf()).find((each) => each !== undefined),
    noCredentialsBecause: () => reason.get(),
    [Symbol.dispose]() {
      agent?.destroy();
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}
