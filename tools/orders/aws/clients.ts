import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import { UsageError } from '../errors.ts';

/** Where the pipeline is. The SDK finds what is undefined: by environment, profile or instance role. */
export interface Target {
  readonly stack: string;
  readonly region?: string;
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** Options by which a person names the pipeline that a command is for. */
export interface TargetOptions {
  readonly stack: string;
  readonly region?: string;
  readonly local?: boolean;
}

type EnvironmentVariables = Readonly<Record<string, string | undefined>>;

/** The value of the first variable that is set. An empty one counts as unset, as it does for the SDKs. */
function said(environment: EnvironmentVariables, ...names: readonly string[]): string | undefined {
  return names.map((name) => environment[name]).find((value) => value !== undefined && value !== '');
}

/** Where `npm run local` listens unless told otherwise. */
const localEndpoint = 'http://127.0.0.1:4566';

/**
 * `--local` means this machine: AWS_ENDPOINT_URL, or else `localEndpoint`, with any credentials. Without `--local`
 * everything is as for the AWS CLI.
 *
 * @throws {UsageError} when the region cannot be one, or when AWS_ENDPOINT_URL is another machine beside `--local`
 */
export function targetOf({ stack, region, local }: TargetOptions, environment: EnvironmentVariables): Target {
  const named = region ?? said(environment, 'AWS_REGION', 'AWS_DEFAULT_REGION');
  // The region becomes part of a host's name.
  if (named !== undefined && !/^[a-z0-9-]{1,63}$/i.test(named)) {
    throw new UsageError(`A region is a name such as eu-central-1, not "${named}": mend --region or AWS_REGION.`);
  }
  if (local !== true) return { stack, ...(named !== undefined && { region: named }) };
  const endpoint = said(environment, 'AWS_ENDPOINT_URL') ?? localEndpoint;
  if (!isLoopback(endpoint)) {
    throw new UsageError(`--local is this machine, but AWS_ENDPOINT_URL is ${endpoint}. Leave one of them out.`);
  }
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  return { stack, region: named ?? 'us-east-1', endpoint, credentials };
}

/** The target in words, for questions and errors. */
export function describeTarget({ stack, region, endpoint }: Target, environment: EnvironmentVariables): string {
  const where = endpoint ?? said(environment, 'AWS_ENDPOINT_URL');
  return `stack ${stack} ${where === undefined ? `on AWS${region === undefined ? '' : ` in ${region}`}` : `at ${where}`}`;
}

function isLoopback(url: string): boolean {
  const host = URL.parse(url)?.hostname;
  return host === '127.0.0.1' || host === 'localhost' || host === '[::1]';
}

/** The services that the commands talk to. Dispose of them to close their connections. */
export interface Clients extends Disposable {
  readonly cloudFormation: CloudFormationClient;
  readonly cloudWatch: CloudWatchClient;
  readonly dynamodb: DynamoDBClient;
  readonly lambda: LambdaClient;
  readonly logs: CloudWatchLogsClient;
  readonly sqs: SQSClient;
}

/** Many tries, for throttling: a person would only start the command again. */
const maxAttempts = 8;
/** The stack is asked first, with few tries: a person wants to know soon whether anybody answers. */
const firstContactAttempts = 3;

/** Clients for the target of a command. The SDK finds the region and the credentials that the target leaves open. */
export function createClients({ region, endpoint, credentials }: Target): Clients {
  const settings = {
    maxAttempts,
    ...(region !== undefined && { region }),
    ...(endpoint !== undefined && { endpoint }),
    ...(credentials !== undefined && { credentials }),
  };
  const clients = {
    cloudFormation: new CloudFormationClient({ ...settings, maxAttempts: firstContactAttempts }),
    cloudWatch: new CloudWatchClient(settings),
    dynamodb: new DynamoDBClient(settings),
    lambda: new LambdaClient(settings),
    logs: new CloudWatchLogsClient(settings),
    sqs: new SQSClient(settings),
  };
  return {
    ...clients,
    [Symbol.dispose]() {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}
