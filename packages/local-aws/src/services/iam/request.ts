import type { Permission, RequestContext } from '../../endpoint/api.ts';

/** One call, as policies see it. */
export interface AccessRequest {
  /** `sqs:SendMessage`. */
  readonly action: string;
  /** ARN, or `*` for operations that are about no single resource. */
  readonly resource: string;
  /** Present for the use of a key: the service that uses the key in the caller's name. */
  readonly viaService?: string;
  readonly roleArn: string;
  /** `arn:aws:sts::<account>:assumed-role/<role>/<session>`. */
  readonly sessionArn: string;
  readonly accountId: string;
  /** Condition keys in lower case and their values; a key that is not in the request is missing. */
  readonly context: RequestContext;
}

/**
 * The condition keys (IAM User Guide, "AWS global condition context keys") that a call of a function has or, where
 * the text says so, that it never has. Any other key is refused when policies are loaded: guessing would let calls
 * through that AWS denies, or the other way round.
 */
export const conditionKeys: Readonly<Record<string, string>> = {
  'aws:securetransport': 'Always true: calls stay on the loopback interface, and the function would use TLS on AWS.',
  'aws:principalarn': 'ARN of the role.',
  'aws:principalaccount': 'Account of the role.',
  'aws:principaltype': 'Always AssumedRole.',
  'aws:principalisawsservice': 'True for a service of AWS that calls for a resource, else false.',
  'aws:principalservicename': 'Of such a service: its name, as in sns.amazonaws.com. Never there for a role.',
  'aws:viaawsservice': 'True for the use of a key, else false.',
  'aws:requestedregion': 'Region of the resource.',
  'aws:resourceaccount': 'Account of the resource.',
  'aws:sourcearn': 'Of a service that calls for a resource: ARN of the resource. Never there for a role.',
  'aws:sourceaccount': 'Account of that resource.',
  'aws:sourceowner': 'The same, under the name that topics had for it.',
  'lambda:functionurlauthtype': 'Of a request to a function URL: NONE or AWS_IAM.',
  'lambda:invokedviafunctionurl': 'True for such a request.',
  'kms:calleraccount': 'Of a key that a service uses for a caller: the account of the role.',
  'kms:viaservice': 'Of such a key: the service, as in sqs.us-east-1.amazonaws.com.',
  'ses:feedbackaddress': 'Of a mail: where bounces go, if the request says it.',
  'ses:fromaddress': 'Of a mail: the address of the sender.',
  'ses:fromdisplayname': 'Of a mail: the name of the sender, if there is one.',
  'ses:recipients': 'Of a mail: every address in To, Cc and Bcc.',
};

/** A service of AWS that calls another service, because a resource of its own asks for that. */
export interface ServiceCaller {
  /** As policies name it: `sns.amazonaws.com`. */
  readonly service: string;
  /** ARN of the topic, rule or API for which it calls. */
  readonly sourceArn: string;
}

/** What a resource's policy sees of a service's call. */
export type ServiceRequest = Pick<AccessRequest, 'action' | 'resource' | 'context'> & { readonly service: string };

/** The request of a service. Source: IAM User Guide, "AWS global condition context keys". */
export function serviceRequest(
  { service, sourceArn }: ServiceCaller,
  { action, resource, context }: Permission,
): ServiceRequest {
  const sourceAccount = sourceArn.split(':')[4] ?? '';
  return {
    service,
    action,
    resource,
    context: {
      'aws:securetransport': 'true',
      'aws:principalisawsservice': 'true',
      'aws:principalservicename': service,
      'aws:viaawsservice': 'false',
      'aws:sourcearn': sourceArn,
      ...(sourceAccount === '' ? {} : { 'aws:sourceaccount': sourceAccount, 'aws:sourceowner': sourceAccount }),
      ...resourceContext(resource),
      ...context,
    },
  };
}

/** Where a resource is, as far as its ARN says it. */
function resourceContext(arn: string): Record<string, string> {
  const [, , , region = '', accountId = ''] = arn.split(':');
  return {
    ...(region === '' ? {} : { 'aws:requestedregion': region }),
    ...(accountId === '' ? {} : { 'aws:resourceaccount': accountId }),
  };
}

/** The request of a role's session. */
export function accessRequest(
  caller: { readonly roleArn: string; readonly sessionName?: string | undefined },
  permission: Permission & { readonly viaService?: string },
): AccessRequest {
  const accountId = caller.roleArn.split(':')[4] ?? '';
  const region = permission.resource.split(':')[3] ?? '';
  const { action, resource, viaService } = permission;
  return {
    action,
    resource,
    ...(viaService !== undefined && { viaService }),
    roleArn: caller.roleArn,
    sessionArn: assumedRoleArn(caller.roleArn, caller.sessionName),
    accountId,
    context: {
      'aws:securetransport': 'true',
      'aws:principalarn': caller.roleArn,
      'aws:principalaccount': accountId,
      'aws:principaltype': 'AssumedRole',
      'aws:principalisawsservice': 'false',
      'aws:viaawsservice': String(viaService !== undefined),
      ...(viaService !== undefined && {
        'kms:calleraccount': accountId,
        'kms:viaservice': `${viaService}.${region}.amazonaws.com`,
      }),
      ...resourceContext(permission.resource),
      ...permission.context,
    },
  };
}

/** The ARN that a role's session has as a caller: `arn:aws:sts::<account>:assumed-role/<role>/<session>`. */
export function assumedRoleArn(roleArn: string, sessionName: string | undefined): string {
  const [, partition = 'aws', , , accountId = '', roleAndPath = ''] = roleArn.split(':');
  const roleName = roleAndPath.split('/').at(-1) ?? '';
  return `arn:${partition}:sts::${accountId}:assumed-role/${roleName}/${sessionName ?? roleName}`;
}
