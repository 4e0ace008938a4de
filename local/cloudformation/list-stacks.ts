import type { Operation } from '../endpoint/service.ts';
import type { StackCatalog } from './stacks.ts';

/** Every stack is complete: a filter for other states finds none. */
const status = 'CREATE_COMPLETE';

/** Names and states of all stacks. */
export function listStacks(catalog: StackCatalog): Operation {
  return {
    input: { members: { NextToken: 'string', StackStatusFilter: { list: 'string' } } },
    permissions: () => [{ action: 'cloudformation:ListStacks', resource: '*' }],
    run({ StackStatusFilter: filter }) {
      const isWanted = !Array.isArray(filter) || filter.length === 0 || filter.includes(status);
      const stacks = isWanted ? catalog.model().stacks : [];
      return {
        StackSummaries: stacks.map(({ arn, name, description }) => ({
          StackId: arn,
          StackName: name,
          TemplateDescription: description,
          CreationTime: catalog.createdAt,
          StackStatus: status,
        })),
      };
    },
  };
}
