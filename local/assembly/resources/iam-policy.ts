import { generatedName } from '../physical-names.ts';
import { readPolicyDocument } from '../policy-document.ts';
import type { ResourceType } from '../resource-type.ts';

const onlyRoles = 'Functions run as roles; users and groups do not call from here.';

/** `AWS::IAM::Policy` and `AWS::IAM::RolePolicy`: an inline policy of roles. */
export const iamPolicy: ResourceType = {
  reads: ['PolicyDocument', 'RoleName', 'Roles'],
  ignores: { Groups: onlyRoles, PolicyName: 'Nothing refers to an inline policy by its name.', Users: onlyRoles },
  refuses: {},

  identify({ stack, logicalId }) {
    const name = generatedName(stack, logicalId, 128);
    return { physicalId: name, attributes: { Id: name } };
  },

  declare({ stack, logicalId, type, properties }, _identity, draft) {
    const roleName = properties.text('RoleName');
    draft.rolePolicies.push({
      stack,
      logicalId,
      type,
      roleNames: roleName === undefined ? properties.texts('Roles') : [roleName],
      document: readPolicyDocument(properties, 'PolicyDocument'),
    });
  },
};
