import { CommandFailed } from '../errors.ts';
import type { OrdersContext } from '../context.ts';

/** A mail in the mailbox of the local runtime, without its texts. */
export interface MailSummary {
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** The service that sent the mail: `ses`, `sns`. */
  readonly source: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  /** `delivered`, `bounced`, `complained` or `suppressed`. */
  readonly fate: string;
  readonly reason?: string;
}

/** A mail with its texts. */
export interface LocalMail extends MailSummary {
  readonly text: string;
  readonly html?: string;
}

/** The newest mails of the mailbox. */
export interface MailList {
  /** How many mails there are in all, for the address if one was given. */
  readonly total: number;
  /** How many mails the mailbox no longer keeps. */
  readonly dropped: number;
  /** Oldest first. */
  readonly mails: readonly MailSummary[];
}

/** The mailbox answers with as many mails at most. */
export const mostMails = 1000;

/** The newest mails, to one address or to all. @throws {CommandFailed} without a local runtime that has a mailbox */
export async function listMails(context: OrdersContext, to: string | undefined, limit: number): Promise<MailList> {
  const query = new URLSearchParams({ limit: String(limit), ...(to !== undefined && { to }) });
  return (await get(context, `/_local/mails?${query.toString()}`)) as MailList;
}

/** @throws {CommandFailed} when the mailbox has no such mail */
export async function readMail(context: OrdersContext, id: string): Promise<LocalMail> {
  return (await get(context, `/_local/mails/${encodeURIComponent(id)}`)) as LocalMail;
}

/** The developer's credentials, as every request to the endpoint has them. Signatures are not looked at. */
const authorization = 'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/local/aws4_request';

/** How long the runtime may take for an answer. */
const answerMs = 10_000;

async function get({ target: { endpoint }, io: { signal } }: OrdersContext, path: string): Promise<unknown> {
  const address = typeof endpoint === 'function' ? await endpoint() : endpoint;
  const url = new URL(path, address);
  const ends = AbortSignal.any([signal, AbortSignal.timeout(answerMs)]);
  const response = await fetch(url, { headers: { authorization }, signal: ends }).catch((error: unknown) => {
    if (signal.aborted) throw error;
    throw new CommandFailed(`Nothing answers at ${url.origin}: start the pipeline with "npm run local".`);
  });
  const body = (await response.json()) as { readonly message?: string };
  if (response.ok) return body;
  throw new CommandFailed(
    response.status === 501
      ? `The runtime at ${String(address)} has no mailbox: it is of an older version. Start "npm run local" again.`
      : `The mailbox answered ${response.status}: ${body.message}`,
  );
}
