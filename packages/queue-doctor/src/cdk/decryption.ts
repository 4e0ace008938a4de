import { Stack } from 'aws-cdk-lib';
import { CfnManagedPolicy, CfnPolicy, CfnRole } from 'aws-cdk-lib/aws-iam';
import { CfnAlias, CfnKey } from 'aws-cdk-lib/aws-kms';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import type { IConstruct } from 'constructs';
import { referenced } from './references.ts';

interface Statement {
  readonly Effect?: string;
  readonly Action?: unknown;
  readonly Principal?: unknown;
}

/**
 * Whether a function's role may decrypt with the key of a queue, which a consumer must be allowed to (SQS Developer
 * Guide, "Configuring AWS KMS permissions"). Undefined where the app does not say it all: a queue without a key of the
 * app, a role or a policy that was imported, a managed policy of AWS that may have anything in it. Any statement that
 * allows `kms:Decrypt` counts, whatever its resources and conditions are.
 *
 * @param all the constructs of the app, where policies of the role are looked for
 */
export function mayDecrypt(
  queue: IConstruct | undefined,
  fn: IConstruct | undefined,
  all: readonly IConstruct[],
): boolean | undefined {
  if (!(queue instanceof CfnQueue) || !(fn instanceof CfnFunction)) return undefined;
  const key = keyOf(queue);
  const role = referenced(fn.role);
  if (key === undefined || !(role instanceof CfnRole)) return undefined;
  const attached = all
    .filter((node) => node instanceof CfnPolicy || node instanceof CfnManagedPolicy)
    .filter((policy) => isAttached(policy, role));
  const inline = [resolved(role, role.policies)].flat() as readonly (
    { readonly PolicyDocument?: unknown } | undefined
  )[];
  const documents = [
    ...attached.map((policy) => resolved(policy, policy.policyDocument)),
    ...inline.map((policy) => policy?.PolicyDocument),
  ];
  if (documents.flatMap(statementsOf).some(allowsDecrypt)) return true;
  if (
    statementsOf(resolved(key, key.keyPolicy)).some((statement) => allowsDecrypt(statement) && names(statement, role))
  ) {
    return true;
  }
  return hasOnlyKnownPolicies(role, attached) ? false : undefined;
}

function keyOf(queue: CfnQueue): CfnKey | undefined {
  const named = referenced(queue.kmsMasterKeyId);
  const key = named instanceof CfnAlias ? referenced(named.targetKeyId) : named;
  return key instanceof CfnKey ? key : undefined;
}

function resolved(scope: IConstruct, value: unknown): unknown {
  return Stack.of(scope).resolve(value);
}

/** Whether the policy lists the role, or the role lists the managed policy. */
function isAttached(policy: CfnPolicy | CfnManagedPolicy, role: CfnRole): boolean {
  return (
    lists(resolved(policy, policy.roles), resolved(policy, role.ref)) ||
    lists(resolved(role, role.managedPolicyArns), resolved(role, policy.ref))
  );
}

function lists(list: unknown, reference: unknown): boolean {
  return Array.isArray(list) && list.some((item) => JSON.stringify(item) === JSON.stringify(reference));
}

/** Managed policies of AWS that have no permission for keys (AWS Managed Policy Reference Guide). */
const withoutKeys =
  /:policy\/(?:service-role\/AWSLambda\w+|AWSXRayDaemonWriteAccess|AmazonSQS\w+|CloudWatchLambda\w+)"/;

function hasOnlyKnownPolicies(role: CfnRole, attached: readonly (CfnPolicy | CfnManagedPolicy)[]): boolean {
  const arns = [resolved(role, role.managedPolicyArns) ?? []].flat() as readonly unknown[];
  const own = attached.map((policy) => JSON.stringify(resolved(role, policy.ref)));
  return arns.every((arn) => own.includes(JSON.stringify(arn)) || withoutKeys.test(JSON.stringify(arn)));
}

function statementsOf(document: unknown): readonly Statement[] {
  const { Statement: statements = [] } = (document ?? {}) as { readonly Statement?: Statement | readonly Statement[] };
  return [statements].flat();
}

function allowsDecrypt({ Effect, Action }: Statement): boolean {
  const actions = [Action ?? []].flat();
  return Effect === 'Allow' && actions.some((action) => typeof action === 'string' && fits(action.toLowerCase()));
}

/** Whether an action of a policy, wildcards included, covers `kms:Decrypt`. */
function fits(action: string): boolean {
  const pattern = action
    .replaceAll(/[\\^$.|+()[\]{}]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${pattern}$`).test('kms:decrypt');
}

/** Whether a statement of a key's policy is about the role: by its name, or about everybody. */
function names({ Principal: principal }: Statement, role: CfnRole): boolean {
  const text = JSON.stringify(principal ?? '');
  return text.includes(JSON.stringify(resolved(role, role.logicalId))) || /"\*"/.test(text);
}
