import type { Place } from '../errors.ts';
import type {
  AsyncRetrySettings,
  FunctionModel,
  KeyModel,
  LocalModel,
  LogGroupModel,
  MappingModel,
  PolicyDocument,
  QueueModel,
  RoleModel,
  SkippedResource,
  StackModel,
  TableModel,
} from '../model.ts';
import { assemblyError } from './error-codes.ts';

/** Brings policies to their queues and roles, across stacks. */
export function composeModel(
  { region, accountId }: { region: string; accountId: string },
  stacks: readonly StackModel[],
  draft: Draft,
): LocalModel {
  refuseStrayQueuePolicies(draft);
  refuseStrayAsyncRetries(draft);
  return {
    region,
    accountId,
    stacks,
    queues: draft.queues.map((queue) => withPolicies(queue, draft)),
    functions: draft.functions.map((fn) => withAsyncRetry(fn, draft)),
    mappings: draft.mappings,
    roles: draft.roles.map((role) => composeRole(role, draft.rolePolicies)),
    logGroups: draft.logGroups,
    keys: draft.keys,
    tables: draft.tables,
    skipped: [...draft.skipped, ...strayRolePolicies(draft)],
  };
}

function withPolicies(queue: Omit<QueueModel, 'policies'>, draft: Draft): QueueModel {
  const own = draft.queuePolicies.filter(({ queueUrls }) => queueUrls.some((url) => nameIn(url) === queue.name));
  return { ...queue, policies: own.map(({ document }) => document) };
}

function withAsyncRetry(fn: FunctionModel, { asyncRetries }: Draft): FunctionModel {
  const own = asyncRetries.find(({ functionName }) => functionName === fn.name);
  return own === undefined ? fn : { ...fn, asyncRetry: own.settings };
}

function refuseStrayAsyncRetries({ asyncRetries, functions }: Draft): void {
  const stray = asyncRetries.find(({ functionName }) => !functions.some(({ name }) => name === functionName));
  if (stray === undefined) return;
  const { functionName, place } = stray;
  throw assemblyError('REFERENCE_MISSING', `There is no function ${functionName}.`, 'Declare it in the app.', place);
}

function nameIn(queueUrl: string): string | undefined {
  return queueUrl.split('/').at(-1);
}

function refuseStrayQueuePolicies(draft: Draft): void {
  const names = new Set(draft.queues.map(({ name }) => name));
  for (const { queueUrls, place } of draft.queuePolicies) {
    const stray = queueUrls.find((url) => !names.has(nameIn(url) ?? ''));
    if (stray === undefined) continue;
    throw assemblyError('REFERENCE_MISSING', `No queue has the URL ${stray}.`, 'Declare the queue in the app.', place);
  }
}

function composeRole(role: DraftRole, rolePolicies: readonly DraftRolePolicy[]): RoleModel {
  const attached = rolePolicies.filter(
    ({ arn, roleNames }) =>
      roleNames.includes(role.name) || (arn !== undefined && role.managedPolicyArns.includes(arn)),
  );
  const own = new Set(rolePolicies.map(({ arn }) => arn));
  return {
    stack: role.stack,
    logicalId: role.logicalId,
    name: role.name,
    arn: role.arn,
    policies: [...role.policies, ...attached.map(({ document }) => document)],
    managedPolicyArns: role.managedPolicyArns.filter((arn) => !own.has(arn)),
  };
}

/** Policies for roles that none of the stacks declares: what else those roles may do, nobody here can know. */
function strayRolePolicies({ roles, rolePolicies }: Draft): LocalModel['skipped'] {
  const names = new Set(roles.map(({ name }) => name));
  return rolePolicies
    .filter(({ roleNames }) => roleNames.length > 0 && !roleNames.some((name) => names.has(name)))
    .map(({ stack, logicalId, type, roleNames }) => {
      return { stack, logicalId, type, reason: `The roles it belongs to are in no stack: ${roleNames.join(', ')}.` };
    });
}

/** The model while resources are added to it, before policies find their queues and roles. */
export interface Draft {
  readonly queues: Omit<QueueModel, 'policies'>[];
  readonly queuePolicies: {
    readonly queueUrls: readonly string[];
    readonly document: PolicyDocument;
    readonly place: Place;
  }[];
  readonly functions: FunctionModel[];
  readonly asyncRetries: {
    readonly functionName: string;
    readonly settings: AsyncRetrySettings;
    readonly place: Place;
  }[];
  readonly mappings: MappingModel[];
  readonly roles: DraftRole[];
  readonly rolePolicies: DraftRolePolicy[];
  readonly logGroups: LogGroupModel[];
  readonly keys: KeyModel[];
  readonly tables: TableModel[];
  readonly skipped: SkippedResource[];
}

/** A role before the policies that name it are attached. */
interface DraftRole extends RoleModel {
  /** Whether the role's trust policy lets Lambda assume it. */
  readonly trustsLambda: boolean;
}

/** `AWS::IAM::Policy` (without an ARN) or `AWS::IAM::ManagedPolicy`. */
interface DraftRolePolicy {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  readonly arn?: string;
  readonly roleNames: readonly string[];
  readonly document: PolicyDocument;
}

export function emptyDraft(): Draft {
  return {
    queues: [],
    queuePolicies: [],
    functions: [],
    asyncRetries: [],
    mappings: [],
    roles: [],
    rolePolicies: [],
    logGroups: [],
    keys: [],
    tables: [],
    skipped: [],
  };
}
