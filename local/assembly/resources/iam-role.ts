import type { PolicyDocument } from '../../model.ts';
import { isJsonObject } from '../json.ts';
import { generatedName, generatedRoleId } from '../physical-names.ts';
import { readPolicyDocument } from '../policy-document.ts';
import { Properties } from '../properties.ts';
import type { ResourceType } from '../resource-type.ts';

/** `AWS::IAM::Role`. */
export const iamRole: ResourceType = {
  reads: ['AssumeRolePolicyDocument', 'ManagedPolicyArns', 'Path', 'Policies', 'RoleName'],
  ignores: {
    Description: 'Nothing reads it.',
    MaxSessionDuration: 'Local credentials do not expire.',
    Tags: 'No condition on tags is evaluated.',
  },
  refuses: {
    PermissionsBoundary: {
      reason: 'Permissions boundaries are not evaluated, so calls would be allowed that AWS denies.',
      remedy: 'Leave the boundary out when the stack is synthesized for local use.',
    },
  },

  identify({ stack, logicalId, environment: { partition, accountId }, properties }) {
    const name = properties.text('RoleName') ?? generatedName(stack, logicalId, 64);
    const path = properties.text('Path') ?? '/';
    return {
      physicalId: name,
      attributes: {
        Arn: `arn:${partition}:iam::${accountId}:role${path}${name}`,
        RoleId: generatedRoleId(stack, logicalId),
      },
    };
  },

  declare({ stack, logicalId, properties }, { physicalId: name, attributes }, draft) {
    draft.roles.push({
      stack,
      logicalId,
      name,
      arn: attributes['Arn'] ?? '',
      policies: inlinePolicies(properties),
      managedPolicyArns: properties.texts('ManagedPolicyArns'),
      trustsLambda: trustsLambda(readPolicyDocument(properties, 'AssumeRolePolicyDocument')),
    });
  },
};

function inlinePolicies(properties: Properties): PolicyDocument[] {
  return properties.list('Policies').map((policy, index) => {
    const place = properties.placeOf(`Policies/${index}`);
    const nested = new Properties(isJsonObject(policy) ? policy : {}, place, (value) => value);
    nested.refuseUnknown(['PolicyDocument', 'PolicyName']);
    return readPolicyDocument(nested, 'PolicyDocument');
  });
}

function trustsLambda(document: PolicyDocument): boolean {
  return document.Statement.some(({ Effect, Action, Principal }) => {
    const actions = [Action ?? []].flat();
    const services = isJsonObject(Principal) ? [Principal['Service']].flat() : [];
    const assumes = actions.some((action) => ['sts:assumerole', 'sts:*', '*'].includes(action.toLowerCase()));
    return Effect === 'Allow' && assumes && services.includes('lambda.amazonaws.com');
  });
}
