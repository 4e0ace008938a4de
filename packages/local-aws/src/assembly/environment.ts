import { assemblyError } from './error-codes.ts';
import type { StackArtifact } from './manifest.ts';
import { generatedUuid } from './physical-names.ts';
import { partitionOf, type StackEnvironment } from './pseudo-parameters.ts';

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
  const values = new Set(stacks.map(of).filter((value) => value !== undefined));
  if (values.size <= 1) return [...values][0];
  throw assemblyError(
    'SEVERAL_ENVIRONMENTS',
    `The stacks belong to more than one ${what}: ${[...values].join(', ')}.`,
    'Serve one at a time: name the folder of one stage (assembly-…), or synthesize without a fixed env.',
  );
}

/**
 * What a stack's pseudo parameters answer (`AWS::Region` …). The id in its ARN is made from its name: the same each
 * time.
 */
export function stackEnvironment(
  stackName: string,
  { region, accountId }: { region: string; accountId: string },
  endpointUrl: string,
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
  };
}
