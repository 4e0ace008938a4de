import type { LocalModel, PolicyDocument, RoleModel } from '../model.ts';
import { checkPolicy } from './check-policies.ts';
import { iamError } from './error-codes.ts';
import { managedPolicy } from './managed-policies.ts';

/** The policies of one model, checked and ready to be evaluated. */
export interface PolicySet {
  /** Undefined for a role that is in no stack: nobody here knows its policies. */
  identityPolicies(roleArn: string): readonly PolicyDocument[] | undefined;
  resourcePolicies(resourceArn: string): readonly PolicyDocument[];
}

export type PolicyHolders = Pick<LocalModel, 'roles' | 'queues'> & Partial<Pick<LocalModel, 'keys' | 'tables'>>;

/** Throws a `LocalRuntimeError` of error-codes.ts for anything in the policies that cannot be evaluated. */
export function readPolicies({ roles, queues, keys = [] }: PolicyHolders): PolicySet {
  for (const { stack, logicalId, policies } of [...roles, ...queues, ...keys]) {
    for (const document of policies) checkPolicy(document, { stack, logicalId }, keys.length > 0);
  }
  const ofRoles = new Map(roles.map((role) => [role.arn, [...role.policies, ...managedPoliciesOf(role)]]));
  const ofResources = new Map([...queues, ...keys].map(({ arn, policies }) => [arn, policies]));
  return {
    identityPolicies: (roleArn) => ofRoles.get(roleArn),
    resourcePolicies: (resourceArn) => ofResources.get(resourceArn) ?? [],
  };
}

function managedPoliciesOf({ stack, logicalId, managedPolicyArns }: RoleModel): PolicyDocument[] {
  return managedPolicyArns.map((arn) => {
    const document = managedPolicy(arn);
    if (document !== undefined) return document;
    throw iamError(
      'MANAGED_POLICY_UNKNOWN',
      `The document of ${arn} is not known here.`,
      'Grant what the function needs in a policy of the stack (grantSendMessages, addToRolePolicy), or run with IAM off.',
      { stack, logicalId },
    );
  });
}
