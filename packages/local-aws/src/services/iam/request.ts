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
  'aws:principalisawsservice': 'Always false.',
  'aws:viaawsservice': 'True for the use of a key, else false.',
  'aws:requestedregion': 'Region of the resource.',
  'aws:resourceaccount': 'Account of the resource.',
  'aws:sourcearn': 'Never there: only a service that calls for a resource sends it.',
  'aws:sourceaccount': 'Never there, as aws:SourceArn.',
  'kms:calleraccount': 'Of a key that a service uses for a caller: the account of the role.',
  'kms:viaservice': 'Of such a key: the service, as in sqs.us-east-1.amazonaws.com.',
  'ses:feedbackaddress': 'Of a mail: where bounces go, if the request says it.',
  'ses:fromaddress': 'Of a mail: the address of the sender.',
  'ses:fromdisplayname': 'Of a mail: the name of the sender, if there is one.',
  'ses:recipients': 'Of a mail: every address in To, Cc and Bcc.',
};

/** The request of a role's session. */
export function accessRequest(
  caller: { readonly roleArn: string; readonly sessionName?: string | undefined },
  permission: Permission & { readonly viaService?: string },
): AccessRequest {
  const accountId = caller.roleArn.split(':')[4] ?? '';
  const [, , , region = '', resourceAccount = ''] = permission.resource.split(':');
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
      ...(region === '' ? {} : { 'aws:requestedregion': region }),
      ...(resourceAccount === '' ? {} : { 'aws:resourceaccount': resourceAccount }),
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
