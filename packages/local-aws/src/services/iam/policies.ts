import { LocalRuntimeError, type Place } from '../../errors.ts';
import type { DynamodbModel } from '../dynamodb/model.ts';
import type { EventBridgeModel } from '../eventbridge/model.ts';
import type { KmsModel } from '../kms/keys.ts';
import type { SnsModel } from '../sns/model.ts';
import type { SqsModel } from '../sqs/model.ts';
import { isKnownOperator } from './condition.ts';
import { managedPolicy } from './managed-policies.ts';
import type { IamModel, PolicyDocument, PolicyService, PolicyStatement, RoleModel } from './model.ts';
import { conditionKeys } from './request.ts';
import { isStatement } from './resources.ts';

/**
 * Refuses what evaluate.ts does not understand, before any call is decided by it. A statement about a service that is
 * not behind the endpoint is never evaluated, so it may say what it likes.
 */
function checkPolicy(document: PolicyDocument, place: Place, { services, callers }: Evaluated): void {
  for (const statement of document.Statement) {
    if (!concerns(services, statement) || isForOthers(statement, callers)) continue;
    if (statement.NotPrincipal !== undefined) {
      const remedy = 'Name the principals, or use a condition on aws:PrincipalArn.';
      throw iamError('POLICY_ELEMENT_UNSUPPORTED', 'NotPrincipal is not evaluated.', remedy, place);
    }
    refuseVariables(statement, place);
    for (const [operator, keys] of Object.entries(statement.Condition ?? {})) checkOperator(operator, keys, place);
  }
}

/** What of policies decides here. */
interface Evaluated {
  /** By the prefixes of their actions. */
  readonly services: readonly string[];
  /** Services of AWS that make calls here, by their principals. */
  readonly callers: readonly string[];
}

function concerns(services: readonly string[], { Action, NotAction }: PolicyStatement): boolean {
  if (NotAction !== undefined) return true;
  return [Action ?? []].flat().some((action) => {
    const service = action.split(':')[0]?.toLowerCase() ?? '';
    return service.includes('*') || service.includes('?') || services.includes(service);
  });
}

/** Whether the statement is only about services of AWS that make no calls here. */
function isForOthers(statement: PolicyStatement, callers: readonly string[]): boolean {
  return isForServicesOnly(statement) && !callers.some((caller) => names(statement.Principal, caller));
}

function isForServicesOnly({ Principal }: PolicyStatement): boolean {
  return (
    typeof Principal === 'object' && Principal !== null && Object.keys(Principal).every((kind) => kind === 'Service')
  );
}

/** `${aws:username}` and its kin, which only AWS can fill. */
function refuseVariables({ Resource, NotResource, Condition }: PolicyStatement, place: Place): void {
  const text = JSON.stringify([Resource, NotResource, Condition]);
  const variable = /\$\{[^}]*\}/u.exec(text)?.[0];
  if (variable === undefined) return;
  throw iamError(
    'POLICY_ELEMENT_UNSUPPORTED',
    `The policy variable ${variable} is not evaluated.`,
    'Write the value out.',
    place,
  );
}

function checkOperator(operator: string, keys: Readonly<Record<string, unknown>>, place: Place): void {
  if (!isKnownOperator(operator)) {
    throw iamError(
      'CONDITION_UNSUPPORTED',
      `The condition operator ${operator} is not evaluated.`,
      'Leave the condition out when the stack is synthesized for local use, or run with IAM off.',
      place,
    );
  }
  const unknown = Object.keys(keys).find((key) => !Object.hasOwn(conditionKeys, key.toLowerCase()));
  if (unknown === undefined) return;
  throw iamError(
    'CONDITION_UNSUPPORTED',
    `The condition key ${unknown} has no value here (known are ${Object.keys(conditionKeys).join(', ')}).`,
    'Leave the condition out when the stack is synthesized for local use, or run with IAM off.',
    place,
  );
}

const readable = new WeakMap<PolicyDocument, PolicyDocument>();

/**
 * A policy that a client has set, as far as it can be evaluated: AWS refuses malformed statements, and here they count
 * for nothing. The same document for the same policy.
 */
export function readablePolicy(policy: PolicyDocument): PolicyDocument {
  const known = readable.get(policy) ?? { ...policy, Statement: policy.Statement.filter(isStatement) };
  readable.set(policy, known);
  return known;
}

/** The policies of one model, checked and ready to be evaluated. */
interface PolicySet {
  /** Undefined for a role that is in no stack: nobody here knows its policies. */
  identityPolicies(roleArn: string): readonly PolicyDocument[] | undefined;
  resourcePolicies(resourceArn: string): readonly PolicyDocument[];
}

/** The parts of the model that IAM decides by, beside what the services say of their resources. */
export type PolicyModel = IamModel & Partial<KmsModel & SqsModel & SnsModel & DynamodbModel & EventBridgeModel>;

/**
 * @param services those behind the endpoint. The use of keys is asked for when there are keys.
 * @throws {LocalRuntimeError} for anything in the policies that cannot be evaluated
 */
export function readPolicies(model: PolicyModel, services: readonly PolicyService[]): PolicySet {
  const { keys = [] } = model;
  const roles = model.roles.map((role) => (isOfOtherServices(role) ? { ...role, ...mayNothing } : role));
  const resources = services.flatMap((service) => service.resourcePolicies?.(model) ?? []);
  const prefixes = services.flatMap(({ actionPrefix }) => actionPrefix ?? []);
  if (keys.length > 0) prefixes.push('kms');
  const evaluated = { services: prefixes, callers: services.flatMap(({ principal }) => principal ?? []) };
  for (const { stack, logicalId, policies } of [...roles, ...resources]) {
    for (const document of policies) checkPolicy(document, { stack, logicalId }, evaluated);
  }
  const ofRoles = new Map(roles.map((role) => [role.arn, [...role.policies, ...managedPoliciesOf(role)]]));
  const ofResources = new Map(resources.map(({ arn, policies }) => [arn, policies]));
  // Not checked: whoever assumes a role that has a condition unknown here is refused, and nobody else notices.
  for (const { arn, trustPolicy } of roles) if (trustPolicy !== undefined) ofResources.set(arn, [trustPolicy]);
  return {
    identityPolicies: (roleArn) => ofRoles.get(roleArn),
    resourcePolicies: (resourceArn) => ofResources.get(resourceArn) ?? [],
  };
}

const mayNothing = { policies: [], managedPolicyArns: [] };

/** Whether only services of AWS that do nothing here assume the role: nobody can call in its name. */
function isOfOtherServices({ trustPolicy }: RoleModel): boolean {
  const statements = trustPolicy?.Statement ?? [];
  return (
    statements.length > 0 &&
    statements.every((one) => isForServicesOnly(one) && !assumers.some((service) => names(one.Principal, service)))
  );
}

/** Services of AWS that assume roles here. */
const assumers = [
  'apigateway.amazonaws.com',
  'ecs-tasks.amazonaws.com',
  'events.amazonaws.com',
  'lambda.amazonaws.com',
];

function names(principal: unknown, service: string): boolean {
  return [(principal as { readonly Service?: unknown }).Service].flat().includes(service);
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

/** Every code that checking the policies of a model can end with, and what it means. */
const iamErrorCodes = {
  MANAGED_POLICY_UNKNOWN: 'A role has a managed policy whose document is not known here.',
  POLICY_ELEMENT_UNSUPPORTED: 'A policy uses an element or variable that is not evaluated.',
  CONDITION_UNSUPPORTED: 'A policy has a condition whose operator or key is not evaluated.',
} as const;

type IamErrorCode = keyof typeof iamErrorCodes;

/** The only way this folder makes an error for the person at the terminal. */
function iamError(code: IamErrorCode, message: string, remedy: string, place: Place): LocalRuntimeError {
  return new LocalRuntimeError(code, message, remedy, place);
}
