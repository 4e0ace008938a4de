import type { Stack } from 'aws-cdk-lib';

/** The stack that a nested stack is in. Names that CloudFormation generates for nested stacks begin with its name. */
export function outermost(stack: Stack): Stack {
  return stack.nestedStackParent === undefined ? stack : outermost(stack.nestedStackParent);
}

/**
 * What names of resources in a stack begin with, where they have to be known before CloudFormation makes them: the
 * stack's name, and the path of a nested stack in it.
 */
export function namePrefix(stack: Stack): string {
  const top = outermost(stack);
  const path = stack.node.path.slice(top.node.path.length).replaceAll(/[^\w-]/g, '-');
  return `${top.stackName}${path}`;
}

/** The id of a construct for a name in kebab case: `bad-orders` becomes `BadOrders`. */
export function constructId(name: string): string {
  return name.replaceAll(/(?:^|[-_])(\w)/g, (_, first: string) => first.toUpperCase());
}
