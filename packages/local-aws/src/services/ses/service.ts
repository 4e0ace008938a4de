import type { Clock } from '../../clock.ts';
import type { RestService } from '../../endpoint/api.ts';
import type { RunningService, Service } from '../../service.ts';
import { MailboxService } from '../mailbox/service.ts';
import { getAccount, suppressionRoutes } from './account-api.ts';
import { Identities } from './identities.ts';
import { identityRoutes } from './identities-api.ts';
import { readSesModel, type SesModel, sesResourceTypes } from './model.ts';
import { sendEmail, type SesContext } from './send-email.ts';
import { SuppressionList } from './suppression-list.ts';
import { unservedRoutes } from './unserved-routes.ts';

const dayMs = 86_400_000;

/** Simple Email Service, version 2 of its API. What it sends goes to the local mailbox, and nowhere else. */
export class SesService implements RunningService<SesModel> {
  readonly rest: RestService;
  readonly #identities = new Identities();
  readonly #sent: { readonly atMs: number; readonly recipients: number }[] = [];

  constructor(model: SesModel, context: Omit<SesContext, 'identities' | 'suppressed' | 'onSent'>) {
    const { clock } = context;
    this.#identities.declare(model.emailIdentities);
    const all: SesContext = {
      ...context,
      identities: this.#identities,
      suppressed: new SuppressionList(clock),
      onSent: (recipients) => {
        this.#sent.push({ atMs: clock.now(), recipients });
        this.#sentLastDay(clock);
      },
    };
    const sentLastDay = (): number => this.#sentLastDay(clock);
    const served = [sendEmail(all), getAccount(sentLastDay), ...identityRoutes(all), ...suppressionRoutes(all)];
    this.rest = { signingName: 'ses', routes: [...served, ...unservedRoutes] };
  }

  update({ emailIdentities }: SesModel): void {
    this.#identities.declare(emailIdentities);
  }

  /** To how many recipients mails were sent. Forgets what is older. */
  #sentLastDay(clock: Clock): number {
    const startMs = clock.now() - dayMs;
    while ((this.#sent[0]?.atMs ?? Infinity) < startMs) this.#sent.shift();
    return this.#sent.reduce((sum, { recipients }) => sum + recipients, 0);
  }
}

export const ses: Service<SesModel> = {
  actionPrefix: 'ses',
  resourceTypes: sesResourceTypes,
  readModel: readSesModel,
  start: (model, { running, clock, region, accountId, authorizer }) =>
    new SesService(model, { clock, region, accountId, authorizer, mailbox: running(MailboxService).mailbox }),
};
