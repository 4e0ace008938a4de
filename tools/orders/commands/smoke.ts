import type { Command } from 'commander';
import { sendMessages } from '../aws/send.ts';
import { exitCodes } from '../command-line.ts';
import type { OrdersContext, Run } from '../context.ts';
import { CommandFailed } from '../errors.ts';
import { type Check, judge, oversizedBody, type SentSmoke, smokeMessages } from '../smoke/checks.ts';
import {
  alarmsCheck,
  deployedCheck,
  ordersQueueArn,
  producerCheck,
  removeRows,
  smokeEvidence,
} from '../smoke/evidence.ts';
import { printable } from '../terminal/output.ts';
import { counted, Progress } from '../terminal/progress.ts';
import { parseDuration, sleep } from '../time.ts';

interface SmokeOptions {
  readonly failures: boolean;
  readonly timeout: string;
}

export function defineSmoke(program: Command, run: Run): void {
  program
    .command('smoke')
    .summary('test a deployment')
    .description(
      'Sends a few orders to a pipeline that was just deployed: a good one twice, bad ones and one that is too large. ' +
        'Looks at table, ledger, logs and alarms, and deletes what it made. Its orders begin with "smoke-".',
    )
    .option('--no-failures', 'send no bad order, so that no alarm on failures goes off')
    .option('--timeout <time>', 'how long to wait for the outcome: 90s, 10m', '10m')
    .addHelpText('after', '\nExit code 0 when all is well. Example: orders smoke --stage dev')
    .action((options: SmokeOptions) => run((context) => smoke(context, options)));
}

const pollMs = { local: 500, aws: 5_000 };

async function smoke(context: OrdersContext, { failures: withFailures, timeout }: SmokeOptions): Promise<number> {
  const { io, target } = context;
  const timeoutMs = parseDuration('--timeout', timeout);
  const marker = `smoke-${Math.floor(io.random() * 36 ** 6).toString(36)}`;
  // Clocks differ a little: the logs may be of an earlier second.
  const startMs = io.clock.now();
  const sinceMs = startMs - 60_000;
  const checks: Check[] = [];
  const report = async (check: Check) => {
    checks.push(check);
    if (context.json) return;
    const sign = check.problem === null ? context.paint('green', '✔') : context.paint('red', '✘');
    const why = check.problem === null ? [] : [`  ${printable(check.problem)}`];
    await context.print(`${sign} ${check.name}`, ...why);
  };

  await report(await deployedCheck(context));
  await report(await producerCheck(context));
  await report(await alarmsCheck(context));
  await report(await oversizedCheck(context, marker));
  const sent = await sendAll(context, marker, withFailures);

  const arn = await ordersQueueArn(context);
  let outcome = await look();
  const progress = new Progress(io.stderr, io.clock, () => `waiting: ${firstProblem(outcome.found)}`);
  try {
    const every = target.endpoint === undefined ? pollMs.aws : pollMs.local;
    while (outcome.found.some(isWrong) && io.clock.now() - startMs < timeoutMs && !io.signal.aborted) {
      await sleep(io.clock, every, io.signal);
      outcome = await look();
    }
  } finally {
    progress[Symbol.dispose]();
  }
  for (const check of outcome.found) await report(check);
  const failed = checks.filter(isWrong);
  // What went wrong stays for somebody to look at.
  const removed = failed.length === 0 ? await removeRows(context, outcome.evidence) : 0;
  if (context.json) await context.printJson({ marker, checks, ok: failed.length === 0, removedRows: removed });
  else if (failed.length === 0) await context.print('', `All is well. ${counted(removed, 'row')} of the test removed.`);
  else await context.print('', `${counted(failed.length, 'check')} failed. ${remedy(context, sent)}`);
  return failed.length === 0 ? exitCodes.done : exitCodes.notAllDone;

  async function look() {
    const evidence = await smokeEvidence(context, sent, sinceMs);
    return { evidence, found: judge(sent, evidence, arn) };
  }
}

const isWrong = ({ problem }: Check): boolean => problem !== null;
const firstProblem = (checks: readonly Check[]): string => checks.find(isWrong)?.problem ?? '';

function remedy({ hint }: OrdersContext, sent: readonly SentSmoke[]): string {
  const lines = sent.map(({ orderId, messageId }) => hint('show', [orderId ?? messageId]));
  return `What the test made is still there: ${[...new Set(lines)].join(', ')}.`;
}

/** SQS refuses a message that is larger than the queue takes, so that it cannot get stuck behind the queue. */
async function oversizedCheck(context: OrdersContext, marker: string): Promise<Check> {
  const name = 'the queue refuses an order that is too large';
  try {
    const [outcome] = await sendMessages(await context.ordersQueue(), [outgoing(oversizedBody(marker), marker)]);
    return { name, problem: outcome?.sent === true ? `It took message ${outcome.messageId}.` : null };
  } catch (error) {
    // SQS refuses the whole request when one message is larger than all may be together.
    const { name: code, message } = error as Error;
    return { name, problem: /TooLong|InvalidParameterValue|InvalidMessage/.test(code) ? null : `${code}: ${message}` };
  }
}

async function sendAll(context: OrdersContext, marker: string, withFailures: boolean): Promise<readonly SentSmoke[]> {
  const messages = smokeMessages(marker, withFailures);
  const outcomes = await sendMessages(
    await context.ordersQueue(),
    messages.map(({ body }, index) => outgoing(body, `${marker}-${index}`)),
  );
  return messages.map((message, index) => {
    const outcome = outcomes[index]!;
    if (!outcome.sent)
      throw new CommandFailed(`The orders queue refused a message: ${outcome.code} ${outcome.message}`);
    return { ...message, messageId: outcome.messageId };
  });
}

const outgoing = (body: string, id: string) => ({ body, attributes: {}, groupId: id, deduplicationId: id });
