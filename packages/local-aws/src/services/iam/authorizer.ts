import type { Clock } from '../../clock.ts';
import type { Authorize, Caller, Permission } from '../../endpoint/service.ts';
import type { EventStream } from '../../events.ts';
import { type KeyPermission, keyPermissions } from '../kms/key-permissions.ts';
import { accessDenied } from './access-denied.ts';
import { type Decision, evaluate } from './evaluate.ts';
import { type PolicyHolders, readPolicies } from './policies.ts';
import { accessRequest } from './request.ts';

/** `enforce` denies as AWS does; `audit` lets calls through and says what AWS would deny; `off` looks at nothing. */
export type IamMode = 'enforce' | 'audit' | 'off';

export type AuthorizerOptions = PolicyHolders & {
  /** Whose actions policies are checked for. */
  readonly services: readonly { readonly actionPrefix?: string }[];
  readonly mode: IamMode;
  readonly events: EventStream;
  readonly clock: Clock;
};

/** An `Authorize` for the endpoint, and what the event source mappings and hot reload need of it. */
export interface Authorizer extends Authorize {
  /** Whether a role may, for callers that are not at the endpoint. Always true when the mode is not `enforce`. */
  readonly isAllowed: (roleArn: string, permission: Permission) => boolean;
  /** Takes the policies of a new model. Throws and keeps the old ones when they cannot be evaluated. */
  readonly load: (model: PolicyHolders) => void;
}

const nothing: PolicyHolders = { roles: [], queues: [] };

/** Decisions kept at most; callers choose the resources they name, so there is no natural end to them. */
const cacheLimit = 10_000;

type Needed = Permission & Partial<KeyPermission>;

/**
 * Decides calls by the policies of the template's roles and queues. The developer may do everything. A role that is in
 * no stack may too, since nobody here knows its policies; that is said once. Throws a `LocalRuntimeError` when a policy
 * cannot be evaluated (see policy-set.ts), unless the mode is `off`.
 */
export function createAuthorizer({ mode, services, events, clock, ...holders }: AuthorizerOptions): Authorizer {
  const prefixes = services.flatMap(({ actionPrefix }) => actionPrefix ?? []);
  let policies = readPolicies(mode === 'off' ? nothing : holders, prefixes);
  let permissionsForKeys = keyPermissions(holders);
  const decisions = new Map<string, Decision>();
  const said = new Set<string>();

  const say = (message: string): void => {
    if (said.has(message)) return;
    said.add(message);
    events.emit({ type: 'notice', atMs: clock.now(), level: 'warning', message });
  };

  const decide = (roleArn: string, sessionName: string | undefined, permission: Needed): Decision => {
    const key = `${roleArn} ${sessionName} ${permission.action} ${permission.resource} ${permission.viaService}`;
    const known = decisions.get(key);
    if (known !== undefined) return known;
    const identityPolicies = policies.identityPolicies(roleArn);
    if (identityPolicies === undefined) {
      say(
        `The role ${roleArn} is in no stack of the assembly, so its policies are unknown: its calls are let through.`,
      );
      return 'allowed';
    }
    const request = accessRequest({ roleArn, sessionName }, permission);
    const decision = evaluate(request, identityPolicies, policies.resourcePolicies(permission.resource));
    if (decisions.size >= cacheLimit) decisions.clear();
    decisions.set(key, decision);
    return decision;
  };

  const allNeeded = (permission: Permission): readonly Needed[] => [permission, ...permissionsForKeys(permission)];

  /** Throws the denial when enforcing, says it when auditing. */
  const authorize: Authorize = ({ roleArn, sessionName }: Caller, permission: Permission): void => {
    if (mode === 'off' || roleArn === undefined) return;
    for (const needed of allNeeded(permission)) {
      const decision = decide(roleArn, sessionName, needed);
      if (decision === 'allowed') continue;
      const denial = accessDenied(accessRequest({ roleArn, sessionName }, needed), decision);
      if (mode === 'enforce') throw denial;
      say(`IAM would deny this call: ${denial.message}`);
    }
  };

  return Object.assign(authorize, {
    isAllowed(roleArn: string, permission: Permission): boolean {
      const isAllowed = (needed: Needed) => decide(roleArn, undefined, needed) === 'allowed';
      if (mode === 'off' || allNeeded(permission).every(isAllowed)) return true;
      if (mode === 'enforce') return false;
      authorize({ accessKeyId: '', roleArn }, permission);
      return true;
    },
    load(model: PolicyHolders): void {
      policies = readPolicies(mode === 'off' ? nothing : model, prefixes);
      permissionsForKeys = keyPermissions(model);
      decisions.clear();
      said.clear();
    },
  });
}
