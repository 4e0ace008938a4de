import { generatedName } from '../physical-names.ts';
import { readPolicyDocument } from '../policy-document.ts';
import type { ResourceType } from '../resource-type.ts';

const onlyRoles = 'Functions run as roles; users and groups do not call from here.';

/** `AWS::IAM::ManagedPolicy`: attached to the roles it lists and to roles that list its ARN. */
export const iamManagedPolicy: ResourceType = {
  reads: ['ManagedPolicyName', 'Path', 'PolicyDocument', 'Roles'],
  ignores: { Description: 'Nothing reads it.', Groups: onlyRoles, Users: onlyRoles },
  refuses: {},

  identify({ stack, logicalId, environment: { partition, accountId }, properties }) {
    const name = properties.text('ManagedPolicyName') ?? generatedName(stack, logicalId, 128);
    const arn = `arn:${partition}:iam::${accountId}:policy${properties.text('Path') ?? '/'}${name}`;
    return { physicalId: arn, attributes: { PolicyArn: arn } };
  },

  declare({ stack, logicalId, type, properties }, { physicalId: arn }, draft) {
    draft.rolePolicies.push({
      stack,
      logicalId,
      type,
      arn,
      roleNames: properties.texts('Roles'),
      document: readPolicyDocument(properties, 'PolicyDocument'),
    });
  },
};
