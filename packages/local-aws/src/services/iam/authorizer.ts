import type { Clock } from '../../clock.ts';
import { type Authorize, AwsError, type Caller, type Permission } from '../../endpoint/api.ts';
import type { EventStream } from '../../events.ts';
import { type KeyPermission, keyPermissions } from '../kms/key-permissions.ts';
import { type Decision, evaluate, evaluateService } from './evaluate.ts';
import type { PolicyDocument, PolicyService } from './model.ts';
import { type PolicyModel, readPolicies } from './policies.ts';
import { accessRequest, type ServiceCaller, serviceRequest } from './request.ts';

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
  /**
   * What a service of AWS lacks that calls for a resource of its own: the policy of the resource that it calls must
   * allow the call, and so must the policy of the key. Undefined as for `lacks`.
   */
  readonly lacksAsService: (caller: ServiceCaller, permission: Needed) => Denial | undefined;
  /**
   * Has the policy of a resource asked of its service, because clients can change the policy while the service runs.
   * The answer goes before the policies of the model; undefined: the service does not know the resource.
   */
  readonly consult: (policyOf: CurrentPolicy) => void;
  /** Takes the policies of a new model. Throws and keeps the old ones when they cannot be evaluated. */
  readonly load: (model: PolicyModel) => void;
}

/** The policy that a resource has at this moment, null for none; undefined for a resource that is of others. */
export type CurrentPolicy = (resourceArn: string) => PolicyDocument | null | undefined;

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
  const decisions = new Map<string, { readonly decision: Decision; readonly policy: PolicyDocument | undefined }>();
  const consulted: CurrentPolicy[] = [];
  const said = new Set<string>();

  const say = (message: string): void => {
    if (said.has(message)) return;
    said.add(message);
    events.emit({ type: 'notice', atMs: clock.now(), level: 'warning', message });
  };

  const resourcePolicies = (resourceArn: string): readonly PolicyDocument[] => {
    for (const policyOf of consulted) {
      const policy = policyOf(resourceArn);
      if (policy !== undefined) return policy === null ? [] : [policy];
    }
    return policies.resourcePolicies(resourceArn);
  };

  const decide = (roleArn: string, sessionName: string | undefined, permission: Needed): Decision => {
    const { action, resource, viaService, context } = permission;
    const key = `${roleArn} ${sessionName} ${action} ${resource} ${viaService} ${context && JSON.stringify(context)}`;
    const ofResource = resourcePolicies(resource);
    const known = decisions.get(key);
    if (known !== undefined && known.policy === ofResource[0]) return known.decision;
    const identityPolicies = policies.identityPolicies(roleArn);
    if (identityPolicies === undefined) {
      say(
        `The role ${roleArn} is in no stack of the assembly, so its policies are unknown: its calls are let through.`,
      );
      return 'allowed';
    }
    const request = accessRequest({ roleArn, sessionName }, permission);
    const decision = evaluate(request, identityPolicies, ofResource);
    if (decisions.size >= cacheLimit) decisions.clear();
    decisions.set(key, { decision, policy: ofResource[0] });
    return decision;
  };

  /** The first of the permissions that is missing, when enforcing. Says all of them when auditing. */
  const firstMissing = (
    needs: readonly Needed[],
    decideOn: (needed: Needed) => Decision,
    callerName: (needed: Needed) => string,
  ): Denial | undefined => {
    for (const needed of needs) {
      const decision = decideOn(needed);
      if (decision === 'allowed') continue;
      const error = accessDenied(callerName(needed), needed, decision);
      const { action, resource } = needed;
      if (mode === 'enforce') return { action, resource, decision, error };
      say(`IAM would deny this call: ${error.message}`);
    }
    return undefined;
  };

  const missing = ({ roleArn, sessionName }: RoleCaller, permission: Needed): Denial | undefined => {
    if (mode === 'off' || roleArn === undefined) return undefined;
    const callerName = (needed: Needed) => accessRequest({ roleArn, sessionName }, needed).sessionArn;
    const needs = [permission, ...permissionsForKeys(permission, 'role')];
    return firstMissing(needs, (needed) => decide(roleArn, sessionName, needed), callerName);
  };

  const missingToService = (caller: ServiceCaller, permission: Needed): Denial | undefined => {
    if (mode === 'off') return undefined;
    const decideOn = (needed: Needed) =>
      evaluateService(serviceRequest(caller, needed), resourcePolicies(needed.resource));
    return firstMissing([permission, ...permissionsForKeys(permission, 'service')], decideOn, () => caller.service);
  };

  const authorize: Authorize = (caller, permission) => {
    const denial = missing(caller, permission);
    if (denial !== undefined) throw denial.error;
  };

  return Object.assign(authorize, {
    lacks: missing,
    lacksAsService: missingToService,
    consult: (policyOf: CurrentPolicy) => void consulted.push(policyOf),
    load(model: PolicyModel): void {
      policies = read(model);
      permissionsForKeys = keyPermissions(model);
      decisions.clear();
      said.clear();
    },
  });
}

/** Services that deny with status 400. */
const statuses400: ReadonlySet<string> = new Set(['dynamodb', 'events']);

/**
 * The error a denied caller gets. Wording, status and codes as answered by SQS (JSON and Query) and Lambda: the JSON
 * protocols say AccessDeniedException, Query says AccessDenied, and SQS writes its actions in lower case. SNS says
 * AuthorizationError (API reference, errors of Publish). DynamoDB has status 400 (Developer Guide, "Error handling with
 * DynamoDB"), and so has EventBridge (an answer to PutRule in ministryofjustice/modernisation-platform, pull request
 * 1253).
 */
function accessDenied(caller: string, needed: Needed, decision: Exclude<Decision, 'allowed'>): AwsError {
  const [service = ''] = needed.action.split(':');
  const action = actionNames[service]?.(needed.action) ?? needed.action;
  const reasons: Readonly<Record<typeof decision, string>> = {
    'implicit-deny': `because no identity-based policy allows the ${action} action`,
    'resource-implicit-deny': `because no resource-based policy allows the ${action} action`,
    'identity-deny': 'with an explicit deny in an identity-based policy',
    'resource-deny': 'with an explicit deny in a resource-based policy',
  };
  const message = `User: ${caller} is not authorized to perform: ${action} on resource: ${needed.resource} ${reasons[decision]}`;
  // SQS API reference, common errors of encrypted queues; SNS API reference, errors of Publish.
  if (needed.viaService === 'sqs') {
    return new AwsError('KmsAccessDenied', message, { queryCode: 'KMS.AccessDeniedException' });
  }
  if (needed.viaService === 'sns') return new AwsError('KMSAccessDenied', message);
  if (service === 'sns') return new AwsError('AuthorizationError', message, { httpStatus: 403 });
  const httpStatus = statuses400.has(needed.viaService ?? service) ? 400 : 403;
  return new AwsError('AccessDeniedException', message, { httpStatus, queryCode: 'AccessDenied' });
}

/** How services write their actions in denials. */
const actionNames: Readonly<Record<string, (action: string) => string>> = {
  sqs: (action) => action.toLowerCase(),
  sns: (action) => action.replace('sns:', 'SNS:'),
};
