import { conditionHolds, matchesWildcard } from './condition.ts';
import type { PolicyDocument, PolicyStatement } from './model.ts';
import type { AccessRequest, ServiceRequest } from './request.ts';

/**
 * `implicit-deny`: no policy allows it. `resource-implicit-deny`: only the resource's policy can allow it, and does not.
 * `identity-deny`, `resource-deny`: a policy of that kind denies it explicitly.
 */
export type Decision = 'allowed' | 'implicit-deny' | 'resource-implicit-deny' | 'identity-deny' | 'resource-deny';

/**
 * Decides one call within an account, where identity and resource policies are one union: a `Deny` anywhere wins, else
 * an `Allow` anywhere suffices (IAM User Guide, "Policy evaluation logic"). A key's policy alone decides who uses the
 * key; only where it allows the account do identity policies count (KMS Developer Guide, "Key policies in AWS KMS"). So
 * does a role's trust policy decide who assumes the role.
 */
export function evaluate(
  request: AccessRequest,
  identityPolicies: readonly PolicyDocument[],
  resourcePolicies: readonly PolicyDocument[],
): Decision {
  const identity = applicable(identityPolicies, request);
  const resource = applicable(resourcePolicies, request)
    .map((statement) => ({ effect: statement.Effect, match: matchPrincipal(statement.Principal, request) }))
    .filter(({ match }) => match !== 'none');
  if (identity.some(({ Effect }) => Effect === 'Deny')) return 'identity-deny';
  if (resource.some(({ effect }) => effect === 'Deny')) return 'resource-deny';
  const decidesAlone =
    request.viaService !== undefined || (request.action === 'sts:AssumeRole' && resourcePolicies.length > 0);
  const isForAccount = !decidesAlone || resource.some(({ match }) => match === 'account');
  const allowed = (identity.length > 0 && isForAccount) || resource.some(({ match }) => match === 'caller');
  if (allowed) return 'allowed';
  return isForAccount ? 'implicit-deny' : 'resource-implicit-deny';
}

function applicable(
  documents: readonly PolicyDocument[],
  request: Pick<AccessRequest, 'action' | 'resource' | 'context'>,
): PolicyStatement[] {
  return documents
    .flatMap(({ Statement }) => Statement)
    .filter(
      (statement) =>
        coversAction(statement, request.action) &&
        coversResource(statement, request.resource) &&
        conditionHolds(statement.Condition, request),
    );
}

function coversAction({ Action, NotAction }: PolicyStatement, action: string): boolean {
  const fits = (patterns: string | readonly string[]): boolean =>
    [patterns].flat().some((pattern) => matchesWildcard(pattern.toLowerCase(), action.toLowerCase()));
  return NotAction === undefined ? fits(Action ?? []) : !fits(NotAction);
}

function coversResource({ Resource, NotResource }: PolicyStatement, resource: string): boolean {
  const fits = (patterns: string | readonly string[]): boolean =>
    [patterns].flat().some((pattern) => matchesWildcard(pattern, resource));
  return NotResource === undefined ? fits(Resource ?? []) : !fits(NotResource);
}

/**
 * Decides the call of a service of AWS. It has no policies of its own: the resource's policy must allow the call, by the
 * service's name or to everybody. Sources: IAM User Guide, "AWS JSON policy elements: Principal"; SNS Developer Guide,
 * "Subscribing an Amazon SQS queue to an Amazon SNS topic".
 */
export function evaluateService(
  request: ServiceRequest,
  resourcePolicies: readonly PolicyDocument[],
): Extract<Decision, 'allowed' | `resource-${string}`> {
  const isNamed = ({ Principal }: PolicyStatement): boolean =>
    principalsIn(Principal).includes('*') || principalsIn(Principal, 'Service').includes(request.service);
  const effects = applicable(resourcePolicies, request)
    .filter(isNamed)
    .map(({ Effect }) => Effect);
  if (effects.includes('Deny')) return 'resource-deny';
  return effects.includes('Allow') ? 'allowed' : 'resource-implicit-deny';
}

/**
 * How a resource policy's `Principal` names the caller. `account` is the whole account: a `Deny` for it reaches every
 * role in it, while an `Allow` only leaves the decision to the account's identity policies (IAM User Guide, "AWS JSON
 * policy elements: Principal").
 */
type PrincipalMatch = 'caller' | 'account' | 'none';

/** How `Principal` as written, `*` or an object of names by their type, names who makes the request. */
function matchPrincipal(principal: unknown, request: AccessRequest): PrincipalMatch {
  const named = principalsIn(principal);
  if (named.some((name) => name === '*' || name === request.roleArn || name === request.sessionArn)) return 'caller';
  const isAccount = (name: string): boolean =>
    name === request.accountId || (name.endsWith(':root') && name.split(':')[4] === request.accountId);
  return named.some(isAccount) ? 'account' : 'none';
}

/** `"*"`, or the entries of a kind; services and federated users are not functions' roles. */
function principalsIn(principal: unknown, kind: 'AWS' | 'Service' = 'AWS'): string[] {
  if (typeof principal === 'string') return [principal];
  if (typeof principal !== 'object' || principal === null) return [];
  const named = (principal as Readonly<Record<string, unknown>>)[kind];
  return named === undefined ? [] : [named].flat().map(String);
}

/**
 * Whether a resource's policies allow a call to a service of AWS, such as `logs.us-east-1.amazonaws.com`. A condition on a
 * key that `context` does not have counts as met, because nobody here knows its value.
 */
export function allowsService(
  policies: readonly PolicyDocument[],
  service: string,
  request: Pick<AccessRequest, 'action' | 'resource' | 'context'>,
): boolean {
  const isKnown = (keys: Readonly<Record<string, unknown>>) =>
    Object.keys(keys).every((key) => Object.hasOwn(request.context, key.toLowerCase()));
  return policies
    .flatMap(({ Statement }) => Statement)
    .filter(
      ({ Effect, Principal }) =>
        Effect === 'Allow' && principalsIn(Principal, 'Service').some((name) => name === '*' || name === service),
    )
    .some((statement) => {
      const { Condition = {} } = statement;
      const known = Object.fromEntries(Object.entries(Condition).filter(([, keys]) => isKnown(keys)));
      return (
        coversAction(statement, request.action) &&
        coversResource(statement, request.resource) &&
        conditionHolds(known, request)
      );
    });
}
