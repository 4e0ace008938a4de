import { AwsError } from '../endpoint/aws-error.ts';
import type { Operation } from '../endpoint/service.ts';
import { findStack, resourceDetail, stackArn } from './stacks.ts';
import type { StackCatalog } from './stacks.ts';

/** One resource of a stack. */
export function describeStackResource(catalog: StackCatalog): Operation {
  return {
    input: { members: { StackName: 'string', LogicalResourceId: 'string' } },
    permissions: ({ StackName: name }) => [
      { action: 'cloudformation:DescribeStackResource', resource: stackArn(catalog, name) },
    ],
    run({ StackName: name, LogicalResourceId: logicalId }) {
      const stack = findStack(catalog, name);
      const resource = stack.resources.find((candidate) => candidate.logicalId === logicalId);
      if (resource === undefined) {
        const message = `Resource ${String(logicalId)} does not exist for stack ${stack.name}`;
        throw new AwsError('ValidationError', message);
      }
      return {
        StackResourceDetail: {
          StackName: stack.name,
          StackId: stack.arn,
          ...resourceDetail(resource),
          LastUpdatedTimestamp: catalog.createdAt,
          ResourceStatus: 'CREATE_COMPLETE',
        },
      };
    },
  };
}
