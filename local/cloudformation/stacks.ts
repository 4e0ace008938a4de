import { AwsError } from '../endpoint/aws-error.ts';
import type { JsonObject } from '../endpoint/service.ts';
import type { LocalModel, StackModel, StackResource } from '../model.ts';

/** What the operations answer from. */
export interface StackCatalog {
  /** The model that runs now. */
  model(): LocalModel;
  /** When the runtime created the stacks. */
  readonly createdAt: Date;
}

/** By name or ARN. Throws the `ValidationError` that CloudFormation answers for a stack it does not have. */
export function findStack(catalog: StackCatalog, nameOrArn: unknown): StackModel {
  const stack = catalog.model().stacks.find(({ name, arn }) => name === nameOrArn || arn === nameOrArn);
  if (stack !== undefined) return stack;
  throw new AwsError('ValidationError', `Stack with id ${String(nameOrArn)} does not exist`);
}

/** The members that every operation about resources answers for one of them. */
export function resourceDetail({ logicalId, physicalId, type }: StackResource): JsonObject {
  return { LogicalResourceId: logicalId, PhysicalResourceId: physicalId, ResourceType: type };
}

/** For `permissions`: the stack that is asked for, or all of them. */
export function stackArn(catalog: StackCatalog, nameOrArn: unknown): string {
  const stack = catalog.model().stacks.find(({ name, arn }) => name === nameOrArn || arn === nameOrArn);
  return stack?.arn ?? '*';
}
