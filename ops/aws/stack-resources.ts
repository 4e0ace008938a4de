import { type CloudFormationClient, paginateListStackResources } from '@aws-sdk/client-cloudformation';
import { orNoStack } from './stack-outputs.ts';

/** What of a stack orders and messages pass through. */
export interface StackResources {
  readonly queueUrls: readonly string[];
  readonly functionNames: readonly string[];
}

/**
 * Of any stack, by the types of its resources; nested stacks are stacks of their own.
 * @param where the target in words, for the error
 * @throws {CommandFailed} when there is no such stack
 */
export async function readStackResources(
  client: CloudFormationClient,
  stack: string,
  where: string,
): Promise<StackResources> {
  const idsByType = new Map<string, string[]>([
    ['AWS::SQS::Queue', []],
    ['AWS::Lambda::Function', []],
  ]);
  await orNoStack(where, async () => {
    for await (const { StackResourceSummaries: page = [] } of paginateListStackResources(
      { client },
      { StackName: stack },
    )) {
      for (const { ResourceType: type = '', PhysicalResourceId: id } of page) {
        if (id !== undefined) idsByType.get(type)?.push(id);
      }
    }
  });
  return {
    queueUrls: idsByType.get('AWS::SQS::Queue') ?? [],
    functionNames: idsByType.get('AWS::Lambda::Function') ?? [],
  };
}
