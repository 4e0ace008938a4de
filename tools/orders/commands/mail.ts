import { type Command, Option } from 'commander';
import { listMails, type LocalMail, mostMails, type MailSummary, readMail } from '../aws/local-mails.ts';
import { exitCodes, idArgument, searchedText, wholeNumberOption } from '../command-line.ts';
import type { OrdersContext, Run } from '../context.ts';
import { CommandFailed } from '../errors.ts';
import { askForMail, refusedMails } from '../ledger/mails.ts';
import { idsThatBegin, isShortId, shortId } from '../short-ids.ts';
import { printable, table } from '../terminal/output.ts';
import { number } from '../terminal/progress.ts';
import { shownTime } from '../time.ts';

interface MailOptions {
  readonly to?: string;
  readonly limit: number;
  readonly refused?: boolean;
  readonly resend?: string;
}

export function defineMail(program: Command, run: Run): void {
  program
    .command('mail')
    .summary('mails to customers: sent on this machine, or refused')
    .description(
      'Lists the mails that reached the mailbox of "npm run local", or shows one mail with its text. With --refused and ' +
        '--resend, on AWS as well, it looks after the mails that Amazon SES refused.',
    )
    .argument('[mail]', 'the mail to show: its id, or the first eight digits', idArgument)
    .option('--to <address>', 'only mails to this address', searchedText)
    .option('--limit <n>', 'the newest mails, so many at most', wholeNumberOption(1, mostMails), 20)
    .addOption(new Option('--refused', 'the mails that SES refused, and why').conflicts(['to', 'resend']))
    .addOption(
      new Option('--resend <order>', 'sends the mail of this order again, unless it was sent')
        .argParser(idArgument)
        .conflicts(['to', 'refused']),
    )
    .addHelpText('after', '\nExample: orders mail --local --to ann@example.com')
    .action((id: string | undefined, options: MailOptions) =>
      run(async (context) => {
        if (options.refused === true) await listRefused(context);
        else if (options.resend !== undefined) await resend(context, options.resend);
        else {
          refuseAws(context);
          await (id === undefined ? list(context, options) : show(context, id));
        }
        return exitCodes.done;
      }),
    );
}

/** On AWS nobody keeps the mails for us. */
function refuseAws({ target }: OrdersContext): void {
  if (target.endpoint !== undefined) return;
  throw new CommandFailed(
    'On AWS, Amazon SES delivers mails to their readers and keeps none of them. Look into the mailbox of the reader. ' +
      'In the console of Amazon SES, "Account dashboard" counts deliveries, bounces and complaints, and "Suppression ' +
      'list" has the addresses that get no more mails. With --local, this command shows the mails of "npm run local". With --refused, it lists the mails that SES refused.',
  );
}

async function listRefused(context: OrdersContext): Promise<void> {
  const refused = await refusedMails(await context.table());
  if (context.json) return context.printJson({ refused });
  if (refused.length === 0) return context.print('No refused mails.');
  const rows = refused.map(({ orderKey, failedAt, reasons }) => [
    shownTime(failedAt),
    shortId(orderKey),
    printable(reasons.join(', ')),
  ]);
  const columns = [{ title: 'REFUSED (UTC)' }, { title: 'ORDER' }, { title: 'WHY' }];
  await context.print(`${number(refused.length)} refused ${refused.length === 1 ? 'mail' : 'mails'}`);
  await context.print('', ...table(columns, rows, context.io.stdout.columns));
}

async function resend(context: OrdersContext, orderKey: string): Promise<void> {
  const { notificationsQueueUrl: url } = await context.outputs();
  if (url === undefined) {
    throw new CommandFailed('This pipeline sends no mails: they come with -c mail=true (docs/mail.md).');
  }
  await askForMail(await context.table(), { client: context.clients.sqs, url }, orderKey);
  if (context.json) return context.printJson({ resent: orderKey });
  await context.print(`Asked for the mail of ${orderKey} again.`);
}

async function list(context: OrdersContext, { to, limit }: MailOptions): Promise<void> {
  const found = await listMails(context, to, limit);
  if (context.json) return context.printJson(found);
  const { total, dropped, mails } = found;
  const whose = to === undefined ? '' : ` to ${printable(to)}`;
  if (total === 0) return context.print(`No mails${whose}.`);
  const rows = mails.map(({ at, id, to: readers, subject, ...mail }) => [
    shownTime(at),
    shortId(id),
    printable(readers.join(', ')),
    printable(`${subject}${fateText(mail)}`),
  ]);
  const columns = [{ title: 'SENT (UTC)' }, { title: 'MAIL' }, { title: 'TO' }, { title: 'SUBJECT' }];
  const shown = total === mails.length ? '' : `, the newest ${number(mails.length)} of them:`;
  const lost = dropped === 0 ? [] : [`The mailbox no longer keeps ${number(dropped)} older mails.`];
  await context.print(`${number(total)} ${total === 1 ? 'mail' : 'mails'}${whose}${shown}`, ...lost);
  await context.print('', ...table(columns, rows, context.io.stdout.columns));
}

async function show(context: OrdersContext, id: string): Promise<void> {
  const mail = await readMail(context, await wholeId(context, id));
  if (context.json) return context.printJson(mail);
  await context.print(...mailLines(mail));
}

/** The id that begins so. Looked for among the newest mails only. */
async function wholeId(context: OrdersContext, id: string): Promise<string> {
  if (!isShortId(id)) return id;
  const { mails } = await listMails(context, undefined, mostMails);
  const [found, ...others] = idsThatBegin(
    id,
    mails.map((mail) => mail.id),
  );
  if (found !== undefined && others.length === 0) return found;
  throw new CommandFailed(
    found === undefined
      ? `None of the newest ${number(mails.length)} mails has an id that begins with ${id}.`
      : `Several mails have ids that begin with ${id}: ${[found, ...others].join(', ')}.`,
  );
}

function mailLines({ at, source, from, to, subject, text, html, ...mail }: LocalMail): string[] {
  const body = text === '' ? (html ?? '') : text;
  return [
    `From:    ${printable(from)}`,
    `To:      ${printable(to.join(', '))}`,
    `Subject: ${printable(subject)}`,
    `Sent:    ${shownTime(at)} UTC, by ${printable(source)}${printable(fateText(mail))}`,
    '',
    ...body.split(/\r?\n/).map(printable),
  ];
}

/** Nothing for a mail that was delivered. */
function fateText({ fate, reason }: Pick<MailSummary, 'fate' | 'reason'>): string {
  if (fate === 'delivered') return '';
  return ` (${fate}${reason === undefined ? '' : `: ${reason}`})`;
}
