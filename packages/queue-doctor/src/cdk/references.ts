import { CfnResource, Reference, Stack, Tokenization } from 'aws-cdk-lib';
import { CfnAlias, CfnVersion } from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';

/** The resource that a value refers to, or that a part of the value refers to. */
export function referenced(value: unknown): IConstruct | undefined {
  const tokens = typeof value === 'string' ? Tokenization.reverseString(value).tokens : [value];
  return tokens.find((token) => Reference.isReference(token))?.target;
}

/** The function that a mapping names, directly or by a version or an alias. */
export function functionBehind(scope: IConstruct, name: unknown): IConstruct | undefined {
  const target = referenced(name) ?? namedInStack(Stack.of(scope), name);
  return target instanceof CfnAlias || target instanceof CfnVersion
    ? functionBehind(target, target.functionName)
    : target;
}

/** An alias is named by a part of its ARN: no reference is left there, but the logical id in the stack. */
function namedInStack(stack: Stack, name: unknown): IConstruct | undefined {
  const [, logicalId] = /"Ref":"(\w+)"/.exec(JSON.stringify(stack.resolve(name)) ?? '') ?? [];
  return stack.node
    .findAll()
    .find((node) => CfnResource.isCfnResource(node) && stack.resolve(node.logicalId) === logicalId);
}
