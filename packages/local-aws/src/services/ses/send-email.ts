import { randomUUID } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import { AwsError, type CallContext, type RequestContext, type RestRoute } from '../../endpoint/api.ts';
import { jsonInput } from '../../endpoint/json.ts';
import { notImplemented } from '../../endpoint/unserved.ts';
import type { Authorizer } from '../iam/authorizer.ts';
import { assumedRoleArn } from '../iam/request.ts';
import type { Mailbox } from '../mailbox/mailbox.ts';
import type { Identities } from './identities.ts';
import { type OutgoingMail, readMail, sendEmailInput, type SendEmailInput } from './message.ts';
import { byFate } from './recipients.ts';
import type { SuppressionList } from './suppression-list.ts';

/** What SES works with. */
export interface SesContext {
  readonly clock: Clock;
  readonly region: string;
  readonly accountId: string;
  readonly mailbox: Mailbox;
  readonly identities: Identities;
  readonly suppressed: SuppressionList;
  readonly authorizer: Pick<Authorizer, 'lacks'>;
  /** Told of each mail that was accepted, with the number of its recipients. */
  readonly onSent: (recipients: number) => void;
}

/**
 * SendEmail. What is accepted goes to the mailbox, one mail for each fate of its recipients. Order of the checks: the
 * request, the permission, the sender.
 */
export function sendEmail(context: SesContext): RestRoute {
  return {
    operation: 'SendEmail',
    method: 'POST',
    path: '/v2/email/outbound-emails',
    async run({ body }, call) {
      const input = jsonInput(body, sendEmailInput) as SendEmailInput;
      refuseAbsent(input);
      const mail = await readMail(input);
      authorize(mail, call, context, input.FromEmailAddressIdentityArn);
      refuseUnverified(mail, context);
      const { clock, mailbox, suppressed } = context;
      const { fromText: from, recipients, subject, text, html } = mail;
      const atMs = clock.now();
      for (const { to, ...fate } of byFate(recipients, suppressed)) {
        mailbox.deliver({ from, to, subject, text, ...(html !== undefined && { html }), atMs, source: 'ses', ...fate });
      }
      context.onSent(recipients.length);
      return { status: 200, body: { MessageId: messageId(atMs) } };
    },
  };
}

/** What a mail could be sent by, and is not here. */
function refuseAbsent({ ConfigurationSetName: set, ...input }: SendEmailInput): void {
  if (set !== undefined) {
    throw new AwsError('NotFoundException', `Configuration set <${set}> does not exist.`, { httpStatus: 404 });
  }
  for (const name of ['EndpointId', 'TenantName', 'ListManagementOptions'] as const) {
    if (input[name] !== undefined) throw notImplemented('ses', `SendEmail with ${name}`);
  }
}

/**
 * The permission is asked for on the identity that the sender uses, with the condition keys of SES (Service
 * Authorization Reference, "Actions, resources, and condition keys for Amazon SES v2"). A denial has SES's own words, as
 * users report them.
 */
function authorize(mail: OutgoingMail, { caller }: CallContext, context: SesContext, givenArn?: string): void {
  const { action, from, recipients, feedback } = mail;
  const { region, accountId, identities, authorizer } = context;
  const resource = givenArn ?? identityArn(context, identities.identityOf(from)?.name ?? from.address);
  if (resource.split(':')[4] !== accountId || resource.split(':')[3] !== region) {
    throw notImplemented('ses', 'SendEmail with an identity of another account or region');
  }
  const keys: RequestContext = {
    'ses:fromaddress': from.address,
    'ses:recipients': recipients.map(({ address }) => address),
    ...(from.name !== '' && { 'ses:fromdisplayname': from.name }),
    ...(feedback !== undefined && { 'ses:feedbackaddress': feedback.address }),
  };
  const denial = authorizer.lacks(caller, { action, resource, context: keys });
  if (denial === undefined) return;
  const session = assumedRoleArn(caller.roleArn ?? '', caller.sessionName);
  const message = `User \`${session}' is not authorized to perform \`${action}' on resource \`${resource}'`;
  throw new AwsError('AccessDeniedException', message, { httpStatus: 403 });
}

/** The sender, and the address for bounces if the request has one, must be verified (SES Developer Guide, as below). */
function refuseUnverified({ from, feedback }: OutgoingMail, { region, identities }: SesContext): void {
  const unverified = [from, ...(feedback === undefined ? [] : [feedback])].filter(
    (address) => identities.identityOf(address) === undefined,
  );
  if (unverified.length === 0) return;
  // AWS re:Post, "Why am I getting a 554 or 400 Message rejected error": the identities that failed, by their addresses.
  const names = unverified.map(({ address }) => address).join(', ');
  throw new AwsError(
    'MessageRejected',
    `Email address is not verified. The following identities failed the check in region ${region.toUpperCase()}: ${names}`,
  );
}

/** `arn:aws:ses:us-east-1:000000000000:identity/example.com`. */
export function identityArn({ region, accountId }: Pick<SesContext, 'region' | 'accountId'>, name: string): string {
  return `arn:aws:ses:${region}:${accountId}:identity/${name}`;
}

/** In AWS's form: the time in hexadecimal digits, a UUID, a counter. */
function messageId(atMs: number): string {
  return `0100${atMs.toString(16).padStart(12, '0')}-${randomUUID()}-000000`;
}
