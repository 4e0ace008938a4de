import { AwsError } from '../endpoint/aws-error.ts';
import type { Operation } from '../endpoint/service.ts';
import type { StackModel } from '../model.ts';
import { findStack, resourceDetail, stackArn } from './stacks.ts';
import type { StackCatalog } from './stacks.ts';

/** The resources of a stack, found by its name or by the physical id of one of them; `LogicalResourceId` narrows down. */
export function describeStackResources(catalog: StackCatalog): Operation {
  return {
    input: { members: { StackName: 'string', LogicalResourceId: 'string', PhysicalResourceId: 'string' } },
    permissions: ({ StackName: name }) => [
      { action: 'cloudformation:DescribeStackResources', resource: stackArn(catalog, name) },
    ],
    run({ StackName: name, LogicalResourceId: logicalId, PhysicalResourceId: physicalId }) {
      const stack = name === undefined ? stackOfResource(catalog, physicalId) : findStack(catalog, name);
      const wanted = stack.resources.filter((resource) => logicalId === undefined || resource.logicalId === logicalId);
      return {
        StackResources: wanted.map((resource) => ({
          StackName: stack.name,
          StackId: stack.arn,
          ...resourceDetail(resource),
          Timestamp: catalog.createdAt,
          ResourceStatus: 'CREATE_COMPLETE',
        })),
      };
    },
  };
}

function stackOfResource(catalog: StackCatalog, physicalId: unknown): StackModel {
  const stacks = catalog.model().stacks;
  const stack = stacks.find(({ resources }) => resources.some((resource) => resource.physicalId === physicalId));
  if (stack !== undefined) return stack;
  throw new AwsError('ValidationError', `Stack for ${String(physicalId)} does not exist`);
}
