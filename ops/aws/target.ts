import { UsageError } from '../command-line.ts';

/** Where the pipeline is. What is undefined is left to the SDK: environment, profile, instance role. */
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

type Environment = Readonly<Record<string, string | undefined>>;

/** Of the first variable that says something: the SDKs, too, take an empty one as unset. */
function said(environment: Environment, ...names: readonly string[]): string | undefined {
  return names.map((name) => environment[name]).find((value) => value !== undefined && value !== '');
}

/** Where `npm run local` listens unless told otherwise. */
const localEndpoint = 'http://127.0.0.1:4566';

/**
 * `--local` is this machine: AWS_ENDPOINT_URL if it is set, else `localEndpoint`, with credentials made up. Without
 * it, everything is as for the AWS CLI.
 * @throws {UsageError} when the region cannot be one, or `--local` meets an AWS_ENDPOINT_URL that is another machine
 */
export function targetOf({ stack, region, local }: TargetOptions, environment: Environment): Target {
  const named = region ?? said(environment, 'AWS_REGION', 'AWS_DEFAULT_REGION');
  // It becomes part of a host's name.
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
export function describeTarget({ stack, region, endpoint }: Target, environment: Environment): string {
  const where = endpoint ?? said(environment, 'AWS_ENDPOINT_URL');
  return `stack ${stack} ${where === undefined ? `on AWS${region === undefined ? '' : ` in ${region}`}` : `at ${where}`}`;
}

function isLoopback(url: string): boolean {
  const host = URL.parse(url)?.hostname;
  return host === '127.0.0.1' || host === 'localhost' || host === '[::1]';
}
