import { SendEmailCommand, SESv2Client, type SESv2ClientConfig } from '@aws-sdk/client-sesv2';
import type { OutgoingMail } from './mail-text.ts';

/**
 * Sends a mail, and answers the id that SES gave it. Rejects with `MailRefused` for a mail that SES will never take as it
 * is. Any other error may pass, and SES may have taken the mail all the same.
 */
export type SendMail = (mail: OutgoingMail, signal: AbortSignal) => Promise<string>;

/** Trying again is pointless before somebody has mended something: the address, the identity, the account. */
export class MailRefused extends Error {
  override readonly name = 'MailRefused';
  /** Name of SES's error: without addresses, so that it may be logged. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}

/** Statuses that pass: a request that took too long, and too many of them (SES API v2 reference, "Common errors"). */
const passing = new Set([408, 429]);

/** Sends through the SDK, from one address. */
export function sesSendMail(from: string, client: SESv2Client): SendMail {
  return async ({ to, subject, text }, abortSignal) => {
    const command = new SendEmailCommand({
      FromEmailAddress: from,
      Destination: { ToAddresses: [to] },
      Content: {
        Simple: {
          Subject: { Data: subject, Charset: 'UTF-8' },
          Body: { Text: { Data: text, Charset: 'UTF-8' } },
        },
      },
    });
    try {
      return (await client.send(command, { abortSignal })).MessageId ?? '';
    } catch (error) {
      throw refusalIn(error) ?? error;
    }
  };
}

function refusalIn(error: unknown): MailRefused | undefined {
  if (!(error instanceof Error)) return undefined;
  const { name, message, $metadata } = error as Error & { readonly $metadata?: { readonly httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode ?? 500;
  // A permission that is missing is mended by a deployment, and all mails wait for it: they are not refused one by one.
  if (status < 400 || status >= 500 || passing.has(status) || name === 'AccessDeniedException') return undefined;
  return new MailRefused(name, message);
}

/**
 * An SDK client for the function. One try: a second try by the SDK could send a mail twice, and nobody would count it.
 * SES takes longer than a table.
 */
export function createSesClient(configuration: SESv2ClientConfig = {}): SESv2Client {
  return new SESv2Client({
    ...configuration,
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: 1_000,
      requestTimeout: 4_000,
      throwOnRequestTimeout: true,
      httpAgent: { keepAlive: true, maxSockets: 20 },
      httpsAgent: { keepAlive: true, maxSockets: 20 },
    },
  });
}
