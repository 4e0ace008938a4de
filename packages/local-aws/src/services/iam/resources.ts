import { type Draft, refuseSameNames } from '../../assembly/draft.ts';
import { isJsonObject } from '../../assembly/json.ts';
import { generatedName, generatedRoleId } from '../../assembly/physical-names.ts';
import { Properties } from '../../assembly/properties.ts';
import type { ResourceType, ServiceResources } from '../../assembly/resource-type.ts';
import {
  type DeclaredRole,
  declaredRolePolicies,
  type DeclaredRolePolicy,
  declaredRoles,
  type IamModel,
  type PolicyDocument,
  type PolicyStatement,
  type RoleModel,
} from './model.ts';

/** `AWS::IAM::Role`. */
const roleType: ResourceType = {
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
    const trust = readPolicyDocument(properties, 'AssumeRolePolicyDocument');
    const arn = attributes['Arn'] ?? '';
    draft.add(declaredRoles, {
      stack,
      logicalId,
      name,
      arn,
      policies: inlinePolicies(properties),
      managedPolicyArns: properties.texts('ManagedPolicyArns'),
      trustsLambda: trustsLambda(trust),
      trustPolicy: { ...trust, Statement: trust.Statement.map((statement) => ({ ...statement, Resource: arn })) },
    });
  },
};

function inlinePolicies(properties: Properties): PolicyDocument[] {
  return properties.list('Policies').map((inline, index) => {
    const place = properties.placeOf(`Policies/${index}`);
    const nested = new Properties(isJsonObject(inline) ? inline : {}, place, (value) => value);
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

const statementKeys = [
  'Sid',
  'Effect',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Principal',
  'NotPrincipal',
  'Condition',
];

/** Reads a policy document. A single statement becomes a list of one. policies.ts refuses what cannot be evaluated. */
export function readPolicyDocument(properties: Properties, name: string): PolicyDocument {
  const document = properties.json(name);
  const statement = document?.['Statement'];
  const statements: readonly unknown[] = Array.isArray(statement) ? statement : [statement];
  if (document === undefined || !statements.every(isStatement)) {
    throw properties.invalid(
      name,
      document,
      'a policy document with statements of Effect Allow or Deny, their actions and resources texts',
    );
  }
  const version = document['Version'];
  return { ...(typeof version === 'string' ? { Version: version } : {}), Statement: statements };
}

/** Whether a value has the form of a statement, which is all that is checked. */
export function isStatement(value: unknown): value is PolicyStatement {
  if (!isJsonObject(value) || !Object.keys(value).every((key) => statementKeys.includes(key))) return false;
  const { Condition: condition = {} } = value;
  if (!isJsonObject(condition) || !Object.values(condition).every(isJsonObject)) return false;
  if (!textKeys.every((key) => isTexts(value[key]))) return false;
  return value['Effect'] === 'Allow' || value['Effect'] === 'Deny';
}

/** IAM policy grammar: a text or a list of texts. */
const textKeys = ['Action', 'NotAction', 'Resource', 'NotResource'];

function isTexts(value: unknown): boolean {
  return [value].flat().every((text) => text === undefined || typeof text === 'string');
}

const onlyRoles = 'Functions run as roles; users and groups do not call from here.';

/** `AWS::IAM::ManagedPolicy`: attached to the roles it lists and to roles that list its ARN. */
const managedPolicyType: ResourceType = {
  reads: ['ManagedPolicyName', 'Path', 'PolicyDocument', 'Roles'],
  ignores: { Description: 'Nothing reads it.', Groups: onlyRoles, Users: onlyRoles },
  refuses: {},

  identify({ stack, logicalId, environment: { partition, accountId }, properties }) {
    const name = properties.text('ManagedPolicyName') ?? generatedName(stack, logicalId, 128);
    const arn = `arn:${partition}:iam::${accountId}:policy${properties.text('Path') ?? '/'}${name}`;
    return { physicalId: arn, attributes: { PolicyArn: arn } };
  },

  declare({ stack, logicalId, type, properties }, { physicalId: arn }, draft) {
    draft.add(declaredRolePolicies, {
      stack,
      logicalId,
      type,
      arn,
      roleNames: properties.texts('Roles'),
      document: readPolicyDocument(properties, 'PolicyDocument'),
    });
  },
};

/** `AWS::IAM::Policy` and `AWS::IAM::RolePolicy`: an inline policy of roles. */
const policyType: ResourceType = {
  reads: ['PolicyDocument', 'RoleName', 'Roles'],
  ignores: { Groups: onlyRoles, PolicyName: 'Nothing refers to an inline policy by its name.', Users: onlyRoles },
  refuses: {},

  identify({ stack, logicalId }) {
    const name = generatedName(stack, logicalId, 128);
    return { physicalId: name, attributes: { Id: name } };
  },

  declare({ stack, logicalId, type, properties }, _identity, draft) {
    const roleName = properties.text('RoleName');
    draft.add(declaredRolePolicies, {
      stack,
      logicalId,
      type,
      roleNames: roleName === undefined ? properties.texts('Roles') : [roleName],
      document: readPolicyDocument(properties, 'PolicyDocument'),
    });
  },
};

/** IAM in templates. Who may do what, all services ask the authorizer (authorizer.ts). */
export const iam: ServiceResources = {
  resourceTypes: {
    'AWS::IAM::ManagedPolicy': managedPolicyType,
    'AWS::IAM::Policy': policyType,
    'AWS::IAM::Role': roleType,
    'AWS::IAM::RolePolicy': policyType,
  },

  /** The roles with the policies of all stacks. */
  readModel(draft): IamModel {
    const roles = draft.all(declaredRoles);
    refuseSameNames('roles', roles);
    skipStrayPolicies(draft);
    return { roles: roles.map((declared) => withPolicies(declared, draft.all(declaredRolePolicies))) };
  },
};

function withPolicies(declared: DeclaredRole, rolePolicies: readonly DeclaredRolePolicy[]): RoleModel {
  const { trustsLambda: _, ...own } = declared;
  const attached = rolePolicies.filter(
    ({ arn, roleNames }) => roleNames.includes(own.name) || (arn !== undefined && own.managedPolicyArns.includes(arn)),
  );
  const inStacks = new Set(rolePolicies.map(({ arn }) => arn));
  return {
    ...own,
    policies: [...own.policies, ...attached.map(({ document }) => document)],
    managedPolicyArns: own.managedPolicyArns.filter((arn) => !inStacks.has(arn)),
  };
}

/** Skips policies for roles that no stack declares: nobody here can know what else such a role may do. */
function skipStrayPolicies(draft: Draft): void {
  const names = new Set(draft.all(declaredRoles).map(({ name }) => name));
  for (const { stack, logicalId, type, roleNames } of draft.all(declaredRolePolicies)) {
    if (roleNames.length === 0 || roleNames.some((name) => names.has(name))) continue;
    const reason = `The roles it belongs to are in no stack: ${roleNames.join(', ')}.`;
    draft.skip({ stack, logicalId, type, reason });
  }
}
