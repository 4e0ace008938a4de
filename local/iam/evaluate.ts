import type { PolicyDocument, PolicyStatement } from '../model.ts';
import { conditionHolds } from './condition.ts';
import { matchPrincipal } from './principal.ts';
import type { AccessRequest } from './request.ts';
import { matchesWildcard } from './wildcard.ts';

/** `implicit`: no policy allows it. `identity`, `resource`: a policy of that kind denies it explicitly. */
export type Decision = 'allowed' | 'implicit-deny' | 'identity-deny' | 'resource-deny';

/**
 * Decides one call within an account, where identity and resource policies are one union: a `Deny` anywhere wins, else
 * an `Allow` anywhere suffices (IAM User Guide, "Policy evaluation logic"). A key's policy alone decides who uses the
 * key; only where it allows the account do identity policies count (KMS Developer Guide, "Key policies in AWS KMS").
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
  const isForAccount = request.viaService === undefined || resource.some(({ match }) => match === 'account');
  const allowed = (identity.length > 0 && isForAccount) || resource.some(({ match }) => match === 'caller');
  return allowed ? 'allowed' : 'implicit-deny';
}

function applicable(documents: readonly PolicyDocument[], request: AccessRequest): PolicyStatement[] {
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
