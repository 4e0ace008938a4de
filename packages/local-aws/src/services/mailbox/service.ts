import { AwsError, type CallContext, type JsonObject, type RestRoute, type RestService } from '../../endpoint/api.ts';
import type { RunningService, Service } from '../../service.ts';
import { type KeptMail, Mailbox } from './mailbox.ts';

/** Most mails in an answer. */
const mostListed = 1000;

/**
 * The mailbox that other services deliver to (`running(MailboxService).mailbox`), and its two routes at the endpoint.
 * AWS has nothing like it, so that the routes have a name of their own: `/_local/mails`.
 */
export class MailboxService implements RunningService {
  readonly mailbox: Mailbox;
  readonly rest: RestService;

  constructor(mailbox: Mailbox) {
    this.mailbox = mailbox;
    this.rest = { signingName: 'local', routes: [listMails(mailbox), getMail(mailbox)] };
  }
}

export const mailbox: Service = {
  start: (_model, { events }) => new MailboxService(new Mailbox(events)),
};

/** `GET /_local/mails?to=ADDRESS&limit=N`: the newest mails, oldest first, without their texts. Default limit: 100. */
function listMails(box: Mailbox): RestRoute {
  return {
    operation: 'ListMails',
    method: 'GET',
    path: '/_local/mails',
    run({ query }, context) {
      refuseRoles(context);
      const to = query.get('to');
      const limit = limitOf(query.get('limit'));
      const found = box.mails().filter((mail) => to === null || mail.to.includes(to));
      return {
        status: 200,
        body: { total: found.length, dropped: box.dropped, mails: found.slice(-limit).map(summary) },
      };
    },
  };
}

/** `GET /_local/mails/{Id}`: one mail, with its texts. */
function getMail(box: Mailbox): RestRoute {
  return {
    operation: 'GetMail',
    method: 'GET',
    path: '/_local/mails/{Id}',
    run({ parameters: { Id: id = '' } }, context) {
      refuseRoles(context);
      const mail = box.find(id);
      if (mail === undefined) {
        throw new AwsError('NotFoundException', `The mailbox has no mail ${id}.`, { httpStatus: 404 });
      }
      const { text, html } = mail;
      return { status: 200, body: { ...summary(mail), text, ...(html !== undefined && { html }) } };
    },
  };
}

function summary({ id, atMs, source, from, to, subject, fate, reason }: KeptMail): JsonObject {
  const at = new Date(atMs).toISOString();
  return { id, at, source, from, to, subject, fate, ...(reason !== undefined && { reason }) };
}

function limitOf(text: string | null): number {
  const limit = text === null ? 100 : /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= mostListed) return limit;
  throw new AwsError('BadRequestException', `The limit must be a whole number from 1 to ${mostListed}.`);
}

/** Mails are read by the person at the machine. A function on AWS has no such way to mails. */
function refuseRoles({ caller: { roleArn } }: CallContext): void {
  if (roleArn === undefined) return;
  throw new AwsError('AccessDeniedException', `The role ${roleArn} may not read mails: only the developer may.`, {
    httpStatus: 403,
  });
}
