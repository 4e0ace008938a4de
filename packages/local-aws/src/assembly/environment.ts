import { assemblyError } from './error-codes.ts';
import type { StackArtifact } from './manifest.ts';
import { generatedUuid } from './physical-names.ts';

/** Where a stack stands: what the `AWS::` pseudo parameters say in it. */
export interface StackEnvironment {
  readonly stackName: string;
  readonly stackArn: string;
  readonly region: string;
  readonly accountId: string;
  readonly partition: string;
  /** The runtime's endpoint without a slash at its end; queue URLs start with it. */
  readonly endpointUrl: string;
  /** Where HTTP APIs and function URLs are served, without a slash at the end. */
  readonly apiUrl: string;
}

/**
 * The one account and region of the runtime: that of the stacks with a concrete environment, else the given one, else
 * the default. A concrete environment wins because its account and region already stand in the template's texts.
 */
export function chooseEnvironment(
  stacks: readonly StackArtifact[],
  given: { region?: string | undefined; accountId?: string | undefined },
): { region: string; accountId: string } {
  return {
    region: only('region', stacks, (stack) => stack.region) ?? given.region ?? 'us-east-1',
    accountId: only('account', stacks, (stack) => stack.accountId) ?? given.accountId ?? '000000000000',
  };
}

function only(
  what: string,
  stacks: readonly StackArtifact[],
  of: (stack: StackArtifact) => string | undefined,
): string | undefined {
  const byValue = Map.groupBy(stacks, of);
  byValue.delete(undefined);
  if (byValue.size <= 1) return [...byValue.keys()][0];
  const values = [...byValue].map(
    ([value, same]) => `${value} (${same.map(({ displayName }) => displayName).join(', ')})`,
  );
  throw assemblyError(
    'SEVERAL_ENVIRONMENTS',
    `The stacks belong to more than one ${what}: ${values.join(', ')}.`,
    "Serve one at a time: choose stacks with --stack NAME (or --stack 'STAGE/*'), name the folder of one stage (--assembly …/assembly-…), or synthesize without a fixed env.",
  );
}

/**
 * What a stack's pseudo parameters answer (`AWS::Region` …). The id in its ARN is made from its name: the same each
 * time.
 */
export function stackEnvironment(
  stackName: string,
  { region, accountId }: { region: string; accountId: string },
  { endpointUrl, apiUrl }: { endpointUrl: string; apiUrl: string },
): StackEnvironment {
  const partition = partitionOf(region);
  const id = generatedUuid(stackName, 'AWS::CloudFormation::Stack');
  return {
    stackName,
    stackArn: `arn:${partition}:cloudformation:${region}:${accountId}:stack/${stackName}/${id}`,
    region,
    accountId,
    partition,
    endpointUrl: endpointUrl.replace(/\/+$/u, ''),
    apiUrl: apiUrl.replace(/\/+$/u, ''),
  };
}

/** `Ref` of these removes the property or the list entry it stands in. */
export const noValue = 'AWS::NoValue';

/** By name; undefined where the name is no pseudo parameter. */
export function pseudoParameter(name: string, environment: StackEnvironment): string | readonly string[] | undefined {
  switch (name) {
    case 'AWS::AccountId':
      return environment.accountId;
    case 'AWS::Region':
      return environment.region;
    case 'AWS::Partition':
      return environment.partition;
    case 'AWS::StackName':
      return environment.stackName;
    case 'AWS::StackId':
      return environment.stackArn;
    case 'AWS::URLSuffix':
      return environment.partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
    case 'AWS::NotificationARNs':
      return [];
    default:
      return undefined;
  }
}

/** The partition that AWS puts a region in. */
function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}
