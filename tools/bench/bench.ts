import { type Command, Option } from 'commander';
import { painter } from '../orders/terminal/output.ts';
import { Progress } from '../orders/terminal/progress.ts';
import { systemClock } from '../orders/time.ts';
import { type CommandContext, errorText } from '../run/run-command.ts';
import { backlog } from './backlog.ts';
import { bodyReading } from './body-reading.ts';
import { coldStart } from './cold-start.ts';
import { costs } from './costs.ts';
import { endToEnd } from './end-to-end.ts';
import { mapping } from './mapping.ts';
import { producer } from './producer.ts';
import { type Part, type PartReport, passed, reportJson, reportText } from './report.ts';
import { startUp } from './start-up.ts';
import { warmBatch } from './warm-batch.ts';

/** The parts of the bench, in the order in which they run. */
const parts = {
  'cold-start': coldStart,
  'warm-batch': warmBatch,
  'body-reading': bodyReading,
  producer,
  mapping,
  'end-to-end': endToEnd,
  backlog,
  'start-up': startUp,
  costs,
} as const satisfies Readonly<Record<string, Part>>;

type PartName = keyof typeof parts;
const partNames = Object.keys(parts) as PartName[];

/** What `npm run bench -- …` was asked to do. */
interface BenchOptions {
  /** Parts to run; undefined: all. */
  readonly only?: readonly PartName[];
  readonly json?: boolean;
}

export const defineBench = (program: Command) =>
  program
    .description(
      'Measures how fast the project is and compares each figure with its bound. Figures are ratios of medians within ' +
        'this one run, so that they hold on other machines too; docs/performance.md says what each means.',
    )
    .addOption(new Option('--only <name...>', 'this part only, may be given several times').choices(partNames))
    .option('--json', "one JSON document on stdout and nothing else (npm's own lines: npm run --silent bench)")
    .addHelpText(
      'after',
      `
Leave the machine alone meanwhile. Progress goes to stderr.

Exit code: 0 when every bound holds, 1 when one does not or a part could not be measured, 2 for a mistake in the
command line.`,
    );

/** `npm run bench`: measures part by part. @returns the exit code */
export async function bench(
  { only = partNames, json = false }: BenchOptions,
  { signal }: CommandContext,
): Promise<number> {
  const reports: PartReport[] = [];
  for (const name of partNames) {
    if (only.includes(name)) reports.push(await measure(name, signal));
  }
  process.stdout.write(`${json ? reportJson(reports) : reportText(reports, painter(process.stdout, process.env))}\n`);
  return passed(reports) ? 0 : 1;
}

/** A part that fails does not take the others' figures with it. */
async function measure(name: PartName, signal: AbortSignal): Promise<PartReport> {
  const startedAtMs = performance.now();
  let doing = '';
  using progress = new Progress(process.stderr, systemClock, () => `${name}: ${doing}`);
  const onProgress = (text: string) => {
    doing = text;
  };
  const finished = (rest: Omit<PartReport, 'name' | 'seconds'>): PartReport => ({
    name,
    seconds: (performance.now() - startedAtMs) / 1000,
    ...rest,
  });
  try {
    return finished({ figures: await parts[name]({ onProgress, signal }) });
  } catch (error) {
    signal.throwIfAborted();
    return finished({ figures: [], error: errorText(error) });
  } finally {
    progress[Symbol.dispose]();
  }
}
