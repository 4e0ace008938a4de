import type { Operation } from '../endpoint/service.ts';
import { findStack, resourceDetail, stackArn } from './stacks.ts';
import type { StackCatalog } from './stacks.ts';

/** Logical and physical ids of all resources of a stack, on one page. */
export function listStackResources(catalog: StackCatalog): Operation {
  return {
    input: { members: { StackName: 'string', NextToken: 'string' } },
    permissions: ({ StackName: name }) => [
      { action: 'cloudformation:ListStackResources', resource: stackArn(catalog, name) },
    ],
    run({ StackName: name }) {
      const { resources } = findStack(catalog, name);
      return {
        StackResourceSummaries: resources.map((resource) => ({
          ...resourceDetail(resource),
          LastUpdatedTimestamp: catalog.createdAt,
          ResourceStatus: 'CREATE_COMPLETE',
        })),
      };
    },
  };
}
