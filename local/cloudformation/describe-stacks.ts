import type { JsonObject, Operation } from '../endpoint/service.ts';
import type { StackModel } from '../model.ts';
import { findStack, stackArn } from './stacks.ts';
import type { StackCatalog } from './stacks.ts';

/** One stack with its outputs, or all of them. */
export function describeStacks(catalog: StackCatalog): Operation {
  return {
    input: { members: { StackName: 'string', NextToken: 'string' } },
    permissions: ({ StackName: name }) => [
      { action: 'cloudformation:DescribeStacks', resource: stackArn(catalog, name) },
    ],
    run({ StackName: name }) {
      const stacks = name === undefined ? catalog.model().stacks : [findStack(catalog, name)];
      return { Stacks: stacks.map((stack) => describe(stack, catalog.createdAt)) };
    },
  };
}

function describe(stack: StackModel, createdAt: Date): JsonObject {
  return {
    StackId: stack.arn,
    StackName: stack.name,
    Description: stack.description,
    CreationTime: createdAt,
    StackStatus: 'CREATE_COMPLETE',
    DisableRollback: false,
    EnableTerminationProtection: false,
    NotificationARNs: [],
    Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM'],
    Tags: [],
    Outputs: stack.outputs.map(({ key, value, description, exportName }) => ({
      OutputKey: key,
      OutputValue: value,
      Description: description,
      ExportName: exportName,
    })),
  };
}
