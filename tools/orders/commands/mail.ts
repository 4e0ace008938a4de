import type { Command } from 'commander';
import { listMails, type LocalMail, mostMails, type MailSummary, readMail } from '../aws/local-mails.ts';
import { exitCodes, idArgument, searchedText, wholeNumberOption } from '../command-line.ts';
import type { OrdersContext, Run } from '../context.ts';
import { CommandFailed } from '../errors.ts';
import { idsThatBegin, isShortId, shortId } from '../short-ids.ts';
import { printable, table } from '../terminal/output.ts';
import { number } from '../terminal/progress.ts';
import { shownTime } from '../time.ts';

interface MailOptions {
  readonly to?: string;
  readonly limit: number;
}

export function defineMail(program: Command, run: Run): void {
  program
    .command('mail')
    .summary('the mails that were sent on this machine')
    .description('Lists the mails that reached the mailbox of "npm run local", or shows one mail with its text.')
    .argument('[mail]', 'the mail to show: its id, or the first eight digits', idArgument)
    .option('--to <address>', 'only mails to this address', searchedText)
    .option('--limit <n>', 'the newest mails, so many at most', wholeNumberOption(1, mostMails), 20)
    .addHelpText('after', '\nExample: orders mail --local --to ann@example.com')
    .action((id: string | undefined, options: MailOptions) =>
      run(async (context) => {
        refuseAws(context);
        await (id === undefined ? list(context, options) : show(context, id));
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
      'list" has the addresses that get no more mails. With --local, this command shows the mails of "npm run local".',
  );
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
