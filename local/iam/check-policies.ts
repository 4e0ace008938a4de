import type { Place } from '../errors.ts';
import type { PolicyDocument, PolicyStatement } from '../model.ts';
import { isKnownOperator } from './condition.ts';
import { iamError } from './error-codes.ts';
import { conditionKeys } from './request.ts';

/** Services behind the endpoint. A statement about others is never evaluated, so it may say what it likes. */
const localServices = ['cloudformation', 'dynamodb', 'lambda', 'logs', 'sqs', 'sts'];

/**
 * Refuses what evaluate.ts does not understand, before any call is decided by it.
 *
 * @param withKeys whether there are keys whose use is asked for
 */
export function checkPolicy(document: PolicyDocument, place: Place, withKeys = false): void {
  const services = withKeys ? [...localServices, 'kms'] : localServices;
  for (const statement of document.Statement) {
    if (!concerns(services, statement) || isForServicesOnly(statement)) continue;
    if (statement.NotPrincipal !== undefined) {
      const remedy = 'Name the principals, or use a condition on aws:PrincipalArn.';
      throw iamError('POLICY_ELEMENT_UNSUPPORTED', 'NotPrincipal is not evaluated.', remedy, place);
    }
    refuseVariables(statement, place);
    for (const [operator, keys] of Object.entries(statement.Condition ?? {})) checkOperator(operator, keys, place);
  }
}

function concerns(services: readonly string[], { Action, NotAction }: PolicyStatement): boolean {
  if (NotAction !== undefined) return true;
  return [Action ?? []].flat().some((action) => {
    const service = action.split(':')[0]?.toLowerCase() ?? '';
    return service.includes('*') || service.includes('?') || services.includes(service);
  });
}

/** Services of AWS do not call from here, and nobody else is meant. */
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
