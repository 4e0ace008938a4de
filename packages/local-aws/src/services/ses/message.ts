import PostalMime, { type Address } from 'postal-mime';
import { AwsError, type StructureShape } from '../../endpoint/api.ts';
import { notImplemented } from '../../endpoint/unserved.ts';
import { type MailAddress, readAddress } from './addresses.ts';

const content = { members: { Data: 'string', Charset: 'string' } } as const;

/** The input of SendEmail (SES API v2 reference). */
export const sendEmailInput = {
  members: {
    FromEmailAddress: 'string',
    FromEmailAddressIdentityArn: 'string',
    Destination: {
      members: { ToAddresses: { list: 'string' }, CcAddresses: { list: 'string' }, BccAddresses: { list: 'string' } },
    },
    ReplyToAddresses: { list: 'string' },
    FeedbackForwardingEmailAddress: 'string',
    FeedbackForwardingEmailAddressIdentityArn: 'string',
    Content: {
      members: {
        Simple: { members: { Subject: content, Body: { members: { Text: content, Html: content } } } },
        Raw: { members: { Data: 'blob' } },
        Template: { members: {} },
      },
    },
    EmailTags: { list: { members: { Name: 'string', Value: 'string' } } },
    ConfigurationSetName: 'string',
    EndpointId: 'string',
    TenantName: 'string',
    ListManagementOptions: { members: {} },
  },
} as const satisfies StructureShape;

interface Text {
  readonly Data?: string;
}

/** As the shape above says. */
export interface SendEmailInput {
  readonly FromEmailAddress?: string;
  readonly FromEmailAddressIdentityArn?: string;
  readonly Destination?: Readonly<Partial<Record<'ToAddresses' | 'CcAddresses' | 'BccAddresses', readonly string[]>>>;
  readonly FeedbackForwardingEmailAddress?: string;
  readonly Content?: {
    readonly Simple?: {
      readonly Subject?: Text;
      readonly Body?: { readonly Text?: Text; readonly Html?: Text };
      readonly Attachments?: readonly unknown[];
    };
    readonly Raw?: { readonly Data?: string };
    readonly Template?: object;
  };
  readonly ConfigurationSetName?: string;
  readonly EndpointId?: string;
  readonly TenantName?: string;
  readonly ListManagementOptions?: object;
}

/** A mail that is asked for, with its addresses read. */
export interface OutgoingMail {
  /** Raw messages have a permission of their own, in this version of the API as well. */
  readonly action: 'ses:SendEmail' | 'ses:SendRawEmail';
  /** As written. */
  readonly fromText: string;
  readonly from: MailAddress;
  /** To, Cc and Bcc together, in this order. */
  readonly recipients: readonly MailAddress[];
  readonly feedback: MailAddress | undefined;
  readonly subject: string;
  readonly text: string;
  readonly html: string | undefined;
}

/** SES Developer Guide, "Service quotas": recipients of a message. */
const mostRecipients = 50;

/**
 * Reads the mail of a request. A raw message is parsed for its headers and texts; what the request says goes before the
 * headers (SES API v2 reference, SendEmail).
 *
 * @throws {AwsError} BadRequestException for what SES refuses, NotImplemented for what is not here
 */
export async function readMail(input: SendEmailInput): Promise<OutgoingMail> {
  const { Content: { Simple: simple, Raw: raw, Template: template } = {} } = input;
  const kinds = [simple, raw, template].filter((kind) => kind !== undefined);
  // Recorded by LocalStack (test_send_email) for several kinds.
  if (kinds.length !== 1) throw bad('Content must have a single content type.');
  if (template !== undefined) throw notImplemented('ses', 'SendEmail with a Template');
  const written = raw === undefined ? simpleMail(simple ?? {}) : await rawMail(raw.Data ?? '');
  const fromText = input.FromEmailAddress ?? written.from;
  if (fromText === undefined || fromText === '') throw bad("Missing required header 'From'.");
  const destination = input.Destination;
  const { ToAddresses: to = [], CcAddresses: cc = [], BccAddresses: bcc = [] } = destination ?? {};
  const addresses = destination === undefined ? written.recipients : [...to, ...cc, ...bcc];
  if (addresses.length === 0) throw bad('Destination cannot be empty');
  if (addresses.length > mostRecipients) throw bad(`Recipient count exceeds ${mostRecipients}.`);
  const { FeedbackForwardingEmailAddress: feedback } = input;
  return {
    action: raw === undefined ? 'ses:SendEmail' : 'ses:SendRawEmail',
    fromText,
    from: readAddress(fromText),
    recipients: addresses.map(readAddress),
    feedback: feedback === undefined ? undefined : readAddress(feedback),
    subject: written.subject,
    text: written.text,
    html: written.html,
  };
}

interface WrittenMail {
  readonly from: string | undefined;
  readonly recipients: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string | undefined;
}

type Simple = NonNullable<NonNullable<SendEmailInput['Content']>['Simple']>;

function simpleMail({
  Subject: subject,
  Body: { Text: text, Html: html } = {},
  Attachments: files = [],
}: Simple): WrittenMail {
  if (files.length > 0) throw notImplemented('ses', 'SendEmail with Attachments');
  if (subject?.Data === undefined) throw bad('Subject must not be null.');
  if (text?.Data === undefined && html?.Data === undefined) throw bad('Body must have a text or an html part.');
  return { from: undefined, recipients: [], subject: subject.Data, text: text?.Data ?? '', html: html?.Data };
}

async function rawMail(data: string): Promise<WrittenMail> {
  const message = await parseMime(Buffer.from(data, 'base64'));
  const { from, to = [], cc = [], bcc = [], subject = '', text = '', html } = message;
  return {
    from: from === undefined ? undefined : addressTexts(from)[0],
    recipients: [...to, ...cc, ...bcc].flatMap(addressTexts),
    subject,
    text,
    html,
  };
}

async function parseMime(message: Buffer) {
  try {
    return await PostalMime.parse(message);
  } catch (error) {
    throw bad(`Invalid MIME message: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function addressTexts({ name, address, group }: Address): string[] {
  if (group !== undefined) return group.flatMap(addressTexts);
  return [name === '' ? address : `"${name.replaceAll(/["\\]/g, String.raw`\$&`)}" <${address}>`];
}

function bad(message: string): AwsError {
  return new AwsError('BadRequestException', message);
}
