import type { AccessRequest } from './request.ts';

/**
 * How a resource policy's `Principal` names the caller. `account` is the whole account: a `Deny` for it reaches every
 * role in it, while an `Allow` only leaves the decision to the account's identity policies (IAM User Guide, "AWS JSON
 * policy elements: Principal").
 */
export type PrincipalMatch = 'caller' | 'account' | 'none';

/** How `Principal` as written, `*` or an object of names by their type, names who makes the request. */
export function matchPrincipal(principal: unknown, request: AccessRequest): PrincipalMatch {
  const named = principalsIn(principal);
  if (named.some((name) => name === '*' || name === request.roleArn || name === request.sessionArn)) return 'caller';
  const isAccount = (name: string): boolean =>
    name === request.accountId || (name.endsWith(':root') && name.split(':')[4] === request.accountId);
  return named.some(isAccount) ? 'account' : 'none';
}

/** `"*"`, or the `AWS` entries; services and federated users are not functions' roles. */
function principalsIn(principal: unknown): string[] {
  if (typeof principal === 'string') return [principal];
  if (typeof principal !== 'object' || principal === null) return [];
  const aws = (principal as Readonly<Record<string, unknown>>)['AWS'];
  return aws === undefined ? [] : [aws].flat().map(String);
}
