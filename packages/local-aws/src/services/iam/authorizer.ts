import type { Clock } from '../../clock.ts';
import { type Authorize, AwsError, type Caller, type Permission } from '../../endpoint/api.ts';
import type { EventStream } from '../../events.ts';
import { type KeyPermission, keyPermissions } from '../kms/key-permissions.ts';
import { type Decision, evaluate } from './evaluate.ts';
import type { PolicyService } from './model.ts';
import { type PolicyModel, readPolicies } from './policies.ts';
import { accessRequest, type AccessRequest } from './request.ts';

/** `enforce` denies as AWS does; `audit` lets calls through and says what AWS would deny; `off` looks at nothing. */
export type IamMode = 'enforce' | 'audit' | 'off';

export type AuthorizerOptions = PolicyModel & {
  /** Whose resources have policies, and whose actions policies are checked for. */
  readonly services: readonly PolicyService[];
  readonly mode: IamMode;
  readonly events: EventStream;
  readonly clock: Clock;
};

/** Decides calls at the endpoint, and what services ask in the name of a role. */
export interface Authorizer extends Authorize {
  /**
   * What a role lacks for what it does not ask of the endpoint: the permission itself, or one for the key of the
   * resource. Undefined when the role may, and whenever the mode is not `enforce`.
   */
  readonly lacks: (caller: RoleCaller, permission: Needed) => Denial | undefined;
  /** Takes the policies of a new model. Throws and keeps the old ones when they cannot be evaluated. */
  readonly load: (model: PolicyModel) => void;
}

/** A permission for a resource, or for a key that a service uses in the caller's name. */
type Needed = Permission & Partial<KeyPermission>;

type RoleCaller = Pick<Caller, 'roleArn' | 'sessionName'>;

/** A permission that a role does not have, and why. */
export interface Denial extends Permission {
  readonly decision: Exclude<Decision, 'allowed'>;
  /** As the call would answer it: action, resource and session are named in its message. */
  readonly error: AwsError;
}

const nothing: PolicyModel = { roles: [] };

/** Decisions kept at most; callers choose the resources they name, so there is no natural end to them. */
const cacheLimit = 10_000;

/**
 * Decides calls by the policies of the template's roles and queues. The developer may do everything. A role that is in
 * no stack may too, since nobody here knows its policies; that is said once. Throws a `LocalRuntimeError` when a policy
 * cannot be evaluated (policies.ts), unless the mode is `off`.
 */
export function createAuthorizer({ mode, services, events, clock, ...initial }: AuthorizerOptions): Authorizer {
  const read = (model: PolicyModel) => (mode === 'off' ? readPolicies(nothing, []) : readPolicies(model, services));
  let policies = read(initial);
  let permissionsForKeys = keyPermissions(initial);
  const decisions = new Map<string, Decision>();
  const said = new Set<string>();

  const say = (message: string): void => {
    if (said.has(message)) return;
    said.add(message);
    events.emit({ type: 'notice', atMs: clock.now(), level: 'warning', message });
  };

  const decide = (roleArn: string, sessionName: string | undefined, permission: Needed): Decision => {
    const { action, resource, viaService, context } = permission;
    const key = `${roleArn} ${sessionName} ${action} ${resource} ${viaService} ${context && JSON.stringify(context)}`;
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

  const allNeeded = (permission: Needed): readonly Needed[] => [permission, ...permissionsForKeys(permission)];

  /** The first permission that is missing, when enforcing. Says all of them when auditing. */
  const missing = ({ roleArn, sessionName }: RoleCaller, permission: Needed): Denial | undefined => {
    if (mode === 'off' || roleArn === undefined) return undefined;
    for (const needed of allNeeded(permission)) {
      const decision = decide(roleArn, sessionName, needed);
      if (decision === 'allowed') continue;
      const error = accessDenied(accessRequest({ roleArn, sessionName }, needed), decision);
      const { action, resource } = needed;
      if (mode === 'enforce') return { action, resource, decision, error };
      say(`IAM would deny this call: ${error.message}`);
    }
    return undefined;
  };

  const authorize: Authorize = (caller, permission) => {
    const denial = missing(caller, permission);
    if (denial !== undefined) throw denial.error;
  };

  return Object.assign(authorize, {
    lacks: missing,
    load(model: PolicyModel): void {
      policies = read(model);
      permissionsForKeys = keyPermissions(model);
      decisions.clear();
      said.clear();
    },
  });
}

/**
 * The error a denied caller gets. Wording, status and codes as answered by SQS (JSON and Query) and Lambda: the JSON
 * protocols say AccessDeniedException, Query says AccessDenied, and SQS writes its actions in lower case. DynamoDB alone
 * has status 400 (Developer Guide, "Error handling with DynamoDB").
 */
function accessDenied(request: AccessRequest, decision: Exclude<Decision, 'allowed'>): AwsError {
  const action = request.action.startsWith('sqs:') ? request.action.toLowerCase() : request.action;
  const reasons: Readonly<Record<typeof decision, string>> = {
    'implicit-deny': `because no identity-based policy allows the ${action} action`,
    'resource-implicit-deny': `because no resource-based policy allows the ${action} action`,
    'identity-deny': 'with an explicit deny in an identity-based policy',
    'resource-deny': 'with an explicit deny in a resource-based policy',
  };
  const message = `User: ${request.sessionArn} is not authorized to perform: ${action} on resource: ${request.resource} ${reasons[decision]}`;
  if (request.viaService === 'sqs') {
    // SQS API reference, common errors of encrypted queues.
    return new AwsError('KmsAccessDenied', message, { queryCode: 'KMS.AccessDeniedException' });
  }
  const httpStatus = request.action.startsWith('dynamodb:') || request.viaService === 'dynamodb' ? 400 : 403;
  return new AwsError('AccessDeniedException', message, { httpStatus, queryCode: 'AccessDenied' });
}
