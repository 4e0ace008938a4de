import type { FunctionModel, LocalModel, QueueModel, RoleModel, StackModel } from '../model.ts';
import type { Draft, DraftRole, DraftRolePolicy } from './draft.ts';
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
