import type { AssemblyModel, StackModel, StackResource } from '../assembly/model.ts';
import type { Clock } from '../clock.ts';
import { AwsError, type JsonObject, type Operation, type RpcService } from '../endpoint/api.ts';
import type { RunningService, Service } from '../service.ts';

/** AWS CloudFormation (Query protocol), reading only: what the stacks of the assembly became here. */
export class CloudFormationService implements RunningService {
  readonly rpc: RpcService;
  readonly #clock: Clock;
  #stacks: readonly DeployedStack[];

  /** Stacks count as created when the service is. */
  constructor(model: AssemblyModel, clock: Clock) {
    this.#clock = clock;
    this.#stacks = model.stacks.map((stack) => created(stack, this.#now()));
    const catalog = { stacks: () => this.#stacks };
    this.rpc = {
      signingName: 'cloudformation',
      xmlNamespace: 'http://cloudformation.amazonaws.com/doc/2010-05-15/',
      operations: {
        DescribeStackEvents: describeStackEvents(catalog),
        DescribeStackResource: describeStackResource(catalog),
        DescribeStackResources: describeStackResources(catalog),
        DescribeStacks: describeStacks(catalog),
        GetTemplate: getTemplate(catalog),
        ListExports: listExports(catalog),
        ListStackResources: listStackResources(catalog),
        ListStacks: listStacks(catalog),
      },
    };
  }

  /** A stack whose template changed was updated. One that is new was created. The others stay as they were. */
  update(model: AssemblyModel): void {
    this.#stacks = model.stacks.map((stack) => {
      const before = this.#stacks.find(({ name }) => name === stack.name);
      if (before === undefined) return created(stack, this.#now());
      const { createdAt, status, updatedAt, templateBody } = before;
      if (templateBody !== stack.templateBody) {
        return { ...stack, createdAt, status: 'UPDATE_COMPLETE', updatedAt: this.#now() };
      }
      return { ...stack, createdAt, status, ...(updatedAt && { updatedAt }) };
    });
  }

  #now(): Date {
    return new Date(this.#clock.now());
  }
}

/** A stack, and how it came to be what it is. */
interface DeployedStack extends StackModel {
  readonly status: 'CREATE_COMPLETE' | 'UPDATE_COMPLETE';
  readonly createdAt: Date;
  readonly updatedAt?: Date;
}

function created(stack: StackModel, createdAt: Date): DeployedStack {
  return { ...stack, status: 'CREATE_COMPLETE', createdAt };
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
      return { Stacks: stacks.map(describe) };
    },
  };
}

function describe(stack: DeployedStack): JsonObject {
  return {
    StackId: stack.arn,
    StackName: stack.name,
    Description: stack.description,
    CreationTime: stack.createdAt,
    LastUpdatedTime: stack.updatedAt,
    StackStatus: stack.status,
    DisableRollback: false,
    EnableTerminationProtection: false,
    NotificationARNs: [],
    ...nestingMembers(stack),
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

/** A nested stack names its parent and the outermost stack. */
function nestingMembers({ nesting }: DeployedStack): JsonObject {
  return nesting === undefined ? {} : { ParentId: nesting.parentArn, RootId: nesting.rootArn };
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
          Timestamp: stack.createdAt,
          ResourceStatus: 'CREATE_COMPLETE',
        })),
      };
    },
  };
}

function stackOfResource(catalog: StackCatalog, physicalId: unknown): DeployedStack {
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
          LastUpdatedTimestamp: stack.createdAt,
          ResourceStatus: 'CREATE_COMPLETE',
        },
      };
    },
  };
}

/** What the operations answer from. */
interface StackCatalog {
  /** The stacks of the model that runs now. */
  stacks(): readonly DeployedStack[];
}

/** By name or ARN. Throws the `ValidationError` that CloudFormation answers for a stack it does not have. */
function findStack(catalog: StackCatalog, nameOrArn: unknown): DeployedStack {
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

/** Names and states of all stacks. */
function listStacks(catalog: StackCatalog): Operation {
  return {
    input: { members: { NextToken: 'string', StackStatusFilter: { list: 'string' } } },
    permissions: () => [{ action: 'cloudformation:ListStacks', resource: '*' }],
    run({ StackStatusFilter: filter }) {
      const isWanted = (status: string) => !Array.isArray(filter) || filter.length === 0 || filter.includes(status);
      const stacks = catalog.stacks().filter(({ status }) => isWanted(status));
      return {
        StackSummaries: stacks.map((stack) => ({
          StackId: stack.arn,
          StackName: stack.name,
          TemplateDescription: stack.description,
          CreationTime: stack.createdAt,
          LastUpdatedTime: stack.updatedAt,
          StackStatus: stack.status,
          ...nestingMembers(stack),
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
      const { resources, createdAt } = findStack(catalog, name);
      return {
        StackResourceSummaries: resources.map((resource) => ({
          ...resourceDetail(resource),
          LastUpdatedTimestamp: createdAt,
          ResourceStatus: 'CREATE_COMPLETE',
        })),
      };
    },
  };
}

/** The template as the assembly has it, whatever stage is asked for: no macro changes it. */
function getTemplate(catalog: StackCatalog): Operation {
  return {
    input: { members: { StackName: 'string', TemplateStage: 'string' } },
    permissions: ({ StackName: name }) => [{ action: 'cloudformation:GetTemplate', resource: stackArn(catalog, name) }],
    run({ StackName: name }) {
      const { templateBody } = findStack(catalog, name);
      return { TemplateBody: templateBody, StagesAvailable: ['Original', 'Processed'] };
    },
  };
}

/** The exports of all stacks, on one page. */
function listExports(catalog: StackCatalog): Operation {
  return {
    input: { members: { NextToken: 'string' } },
    permissions: () => [{ action: 'cloudformation:ListExports', resource: '*' }],
    run: () => ({
      Exports: catalog
        .stacks()
        .flatMap(({ arn, outputs }) =>
          outputs.flatMap(({ exportName, value }) =>
            exportName === undefined ? [] : [{ ExportingStackId: arn, Name: exportName, Value: value }],
          ),
        ),
    }),
  };
}

/** The end of the creation and of the last update: nothing happens step by step here. Newest first. */
function describeStackEvents(catalog: StackCatalog): Operation {
  return {
    input: { members: { StackName: 'string', NextToken: 'string' } },
    permissions: ({ StackName: name }) => [
      { action: 'cloudformation:DescribeStackEvents', resource: stackArn(catalog, name) },
    ],
    run({ StackName: nameOrArn }) {
      const { arn, name, createdAt, updatedAt } = findStack(catalog, nameOrArn);
      const event = (ResourceStatus: DeployedStack['status'], Timestamp: Date) => ({
        StackId: arn,
        EventId: `${ResourceStatus}-${Timestamp.getTime()}`,
        StackName: name,
        LogicalResourceId: name,
        PhysicalResourceId: arn,
        ResourceType: 'AWS::CloudFormation::Stack',
        Timestamp,
        ResourceStatus,
      });
      const updates = updatedAt === undefined ? [] : [event('UPDATE_COMPLETE', updatedAt)];
      return { StackEvents: [...updates, event('CREATE_COMPLETE', createdAt)] };
    },
  };
}
