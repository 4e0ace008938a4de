import type { AssemblyModel, StackModel, StackResource } from '../assembly/model.ts';
import type { Clock } from '../clock.ts';
import { AwsError, type JsonObject, type Operation, type RpcService } from '../endpoint/api.ts';
import type { RunningService, Service } from '../service.ts';

/** AWS CloudFormation (Query protocol), reading only: what the stacks of the assembly became here. */
export class CloudFormationService implements RunningService {
  readonly rpc: RpcService;
  #model: AssemblyModel;

  /** Stacks count as created when the service is. */
  constructor(model: AssemblyModel, clock: Clock) {
    this.#model = model;
    const catalog = { stacks: () => this.#model.stacks, createdAt: new Date(clock.now()) };
    this.rpc = {
      signingName: 'cloudformation',
      xmlNamespace: 'http://cloudformation.amazonaws.com/doc/2010-05-15/',
      operations: {
        DescribeStackResource: describeStackResource(catalog),
        DescribeStackResources: describeStackResources(catalog),
        DescribeStacks: describeStacks(catalog),
        ListStackResources: listStackResources(catalog),
        ListStacks: listStacks(catalog),
      },
    };
  }

  update(model: AssemblyModel): void {
    this.#model = model;
  }
}

export const cloudFormation: Service = {
  actionPrefix: 'cloudformation',
  start: (model, { clock }) => new CloudFormationService(model, clock),
};

/** One stack with its outputs, or all of them. */
function describeStacks(catalog: StackCatalog): Operation {
  return {
    input: { members: { StackName: 'string', NextToken: 'string' } },
    permissions: ({ StackName: name }) => [
      { action: 'cloudformation:DescribeStacks', resource: stackArn(catalog, name) },
    ],
    run({ StackName: name }) {
      const stacks = name === undefined ? catalog.stacks() : [findStack(catalog, name)];
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

/** The resources of a stack, found by its name or by the physical id of one of them; `LogicalResourceId` narrows down. */
function describeStackResources(catalog: StackCatalog): Operation {
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
  const stacks = catalog.stacks();
  const stack = stacks.find(({ resources }) => resources.some((resource) => resource.physicalId === physicalId));
  if (stack !== undefined) return stack;
  throw new AwsError('ValidationError', `Stack for ${String(physicalId)} does not exist`);
}

/** One resource of a stack. */
function describeStackResource(catalog: StackCatalog): Operation {
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

/** What the operations answer from. */
interface StackCatalog {
  /** The stacks of the model that runs now. */
  stacks(): readonly StackModel[];
  /** When the runtime created the stacks. */
  readonly createdAt: Date;
}

/** By name or ARN. Throws the `ValidationError` that CloudFormation answers for a stack it does not have. */
function findStack(catalog: StackCatalog, nameOrArn: unknown): StackModel {
  const stack = catalog.stacks().find(({ name, arn }) => name === nameOrArn || arn === nameOrArn);
  if (stack !== undefined) return stack;
  throw new AwsError('ValidationError', `Stack with id ${String(nameOrArn)} does not exist`);
}

/** The members that every operation about resources answers for one of them. */
function resourceDetail({ logicalId, physicalId, type }: StackResource): JsonObject {
  return { LogicalResourceId: logicalId, PhysicalResourceId: physicalId, ResourceType: type };
}

/** The resource that a permission is asked for: the named stack, or all stacks. */
function stackArn(catalog: StackCatalog, nameOrArn: unknown): string {
  const stack = catalog.stacks().find(({ name, arn }) => name === nameOrArn || arn === nameOrArn);
  return stack?.arn ?? '*';
}

/** Every stack is complete: a filter for other states finds none. */
const status = 'CREATE_COMPLETE';

/** Names and states of all stacks. */
function listStacks(catalog: StackCatalog): Operation {
  return {
    input: { members: { NextToken: 'string', StackStatusFilter: { list: 'string' } } },
    permissions: () => [{ action: 'cloudformation:ListStacks', resource: '*' }],
    run({ StackStatusFilter: filter }) {
      const isWanted = !Array.isArray(filter) || filter.length === 0 || filter.includes(status);
      const stacks = isWanted ? catalog.stacks() : [];
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

/** Logical and physical ids of all resources of a stack, on one page. */
function listStackResources(catalog: StackCatalog): Operation {
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
