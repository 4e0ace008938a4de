import type { Command } from 'commander';
import { diagnose, type Facts, type Finding, linkOf } from 'queue-doctor';
import { readFacts } from '../aws/deployed-facts.ts';
import { readMeasuredRun } from '../aws/logs.ts';
import { readStackResources } from '../aws/stack.ts';
import { exitCodes, rateOption } from '../command-line.ts';
import type { OrdersContext, Run } from '../context.ts';
import type { Paint } from '../terminal/output.ts';
import { counted, number, withProgress } from '../terminal/progress.ts';
import { isoTime, parseMoment, shownTime } from '../time.ts';

interface DoctorOptions {
  readonly since: string;
  readonly slowestRecord?: number;
}

export function defineDoctor(program: Command, run: Run): void {
  program
    .command('doctor')
    .summary('mistakes in the configuration')
    .description(
      'Looks for mistakes in how queues, functions and the mappings between them are configured, in any stack, and ' +
        'holds memory and timeouts against what the logs say. docs/doctor.md explains each finding. Changes nothing.',
    )
    .option('--since <time>', 'from when on invocations count: 10m, 2h, 3d', '1h')
    .option(
      '--slowest-record <seconds>',
      'the longest that one record adds to its batch (default: 0.25, and no error)',
      rateOption(900),
    )
    .addHelpText(
      'after',
      '\nExit code: 1 when there are errors; warnings are none.\n\nExample: orders doctor --since 1d',
    )
    .action((options: DoctorOptions) => run((context) => doctor(context, options)));
}

async function doctor(context: OrdersContext, { since, slowestRecord }: DoctorOptions): Promise<number> {
  const { io, clients, target, paint } = context;
  const startMs = parseMoment('--since', since, io.clock.now());
  const resources = await readStackResources(clients.cloudFormation, target.stack, () => context.where);
  let reports = 0;
  const onReport = () => void (reports += 1);
  const facts = await withProgress(
    io,
    () => `${number(reports)} reports read`,
    () =>
      readFacts(clients, {
        ...resources,
        slowestRecordSeconds: slowestRecord,
        measure: ({ group: logGroupName, format: logFormat }) =>
          readMeasuredRun(clients.logs, { logGroupName, logFormat, startMs, onReport, signal: io.signal }),
      }),
  );
  const findings = diagnose(facts);
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  if (context.json) await context.printJson(documentOf(facts, findings, startMs));
  else {
    const looked = [
      counted(facts.queues.length, 'queue'),
      counted(facts.functions.length, 'function'),
      counted(facts.mappings.length, 'mapping'),
    ].join(', ');
    await context.print(
      ...findings.flatMap((finding) => findingLines(finding, paint)),
      paint(
        'dim',
        `Looked at ${looked} and ${counted(reports, 'invocation')} since ${shownTime(isoTime(startMs))} UTC.`,
      ),
      verdict(errors, findings.length - errors, paint),
    );
  }
  return errors === 0 ? exitCodes.done : exitCodes.notAllDone;
}

function findingLines(finding: Finding, paint: Paint): readonly string[] {
  const { code, severity, what, mend } = finding;
  const head = paint(severity === 'error' ? 'red' : 'yellow', `${severity}: ${code}`);
  return [head, `  ${what}`, `  ${mend}`, `  ${linkOf(finding)}`, ''];
}

function verdict(errors: number, warnings: number, paint: Paint): string {
  if (errors > 0) return paint('red', `✘ ${counted(errors, 'error')}, ${counted(warnings, 'warning')}`);
  return warnings > 0 ? paint('yellow', `${counted(warnings, 'warning')}, no errors`) : paint('green', '✔ no findings');
}

function documentOf({ queues, functions, mappings }: Facts, findings: readonly Finding[], startMs: number): object {
  return {
    since: isoTime(startMs),
    queues: queues.map(({ name }) => name),
    functions: functions.map(({ name, measured }) => ({ name, measured: measured ?? null })),
    mappings: mappings.map(({ name }) => name),
    findings: findings.map(({ subject, ...finding }) => ({
      ...finding,
      subject: { kind: subject.kind, name: subject.name },
      link: linkOf(finding),
    })),
  };
}
