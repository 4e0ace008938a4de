import { chooseKinds, type FaultName, faultNames, seededRandom, systemClock } from 'local-aws';
import { oneOf, parseOptions, wholeNumber } from '../orders/errors.ts';
import { Progress, progressText } from '../orders/terminal/progress.ts';
import type { CommandContext } from '../run/run-command.ts';
import { synthesizeProduction, TemporaryFolder } from '../run/synthesize.ts';
import { run, type RunResult } from './run.ts';
import { type FailedRun, isSound, summarize, summaryJson, summaryText } from './summary.ts';

/** Kinds of faults that a run draws: few enough to see which did it, enough for them to meet. */
const kindsOfRun = { least: 4, most: 9 };

/** `npm run chaos`: runs with faults, `atOnce` of them side by side. @returns the exit code */
export async function chaos(options: ChaosOptions, { signal }: CommandContext): Promise<number> {
  const { runs, json, atOnce, faults } = options;
  const firstSeed = options.seed ?? Math.floor(Math.random() * maximumChaosSeed);
  const startedAtMs = performance.now();
  const results: RunResult[] = [];
  const broken: FailedRun[] = [];
  using unseen = unseenErrors();

  process.stderr.write(`Seed ${firstSeed}. Synthesizing the stack …\n`);
  using folder = new TemporaryFolder();
  await synthesizeForChaos(folder.path, signal);
  using progress = new Progress(process.stderr, systemClock, () => {
    const done = results.length + broken.length;
    const failed = broken.length + results.filter(({ violations }) => violations.length > 0).length;
    const elapsedMs = performance.now() - startedAtMs;
    return `${progressText({ verb: 'ran', done, total: runs, elapsedMs })}${failed > 0 ? `, ${failed} failed` : ''}`;
  });

  // At once: who runs thousands of these should not wait for the end to look into the first failure.
  const tell = (seed: number, reason: string) =>
    progress.print(() => process.stderr.write(`✘ seed ${seed}: ${reason}\n`));
  let next = 0;
  async function work(): Promise<void> {
    while (next < runs && !signal.aborted) {
      const seed = (firstSeed + next) % (maximumChaosSeed + 1);
      next += 1;
      try {
        const result = await run({ assembly: folder.path, seed, kinds: faults ?? kindsOf(seed) });
        results.push(result);
        for (const { invariant, detail } of result.violations.slice(0, 1)) tell(seed, `${invariant}: ${detail}`);
      } catch (error) {
        const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
        broken.push({ seed, reasons: [reason] });
        tell(seed, reason);
      }
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work));
  signal.throwIfAborted();
  progress[Symbol.dispose]();

  if (unseen.errors.length > 0) broken.push({ seed: firstSeed, reasons: unseen.errors });
  const seconds = (performance.now() - startedAtMs) / 1000;
  const summary = summarize(results, broken, { firstSeed, seconds, allKinds: faults === undefined });
  process.stdout.write(`${json ? summaryJson(summary) : summaryText(summary)}\n`);
  return isSound(summary) ? 0 : 1;
}

/** The kinds of faults that a run of this seed has, wherever it runs. */
export function kindsOf(seed: number) {
  const { least, most } = kindsOfRun;
  const count = least + Math.floor(seededRandom(seed, 'count of kinds')() * (most - least + 1));
  return chooseKinds(seed, Math.min(count, faultNames.length));
}

/** What is rejected where nobody waits for it, in this process. */
function unseenErrors(): Disposable & { readonly errors: string[] } {
  const errors: string[] = [];
  const note = (reason: unknown) => {
    errors.push(`Unhandled rejection: ${reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)}`);
  };
  process.on('unhandledRejection', note);
  return { errors, [Symbol.dispose]: () => process.off('unhandledRejection', note) };
}

/** What `npm run chaos -- …` was asked to do. */
interface ChaosOptions {
  readonly runs: number;
  /** Of the first run; the next has the next one. Drawn when undefined. */
  readonly seed?: number;
  /** Runs side by side. */
  readonly atOnce: number;
  /** These kinds of faults in every run; undefined: each run draws some. */
  readonly faults?: readonly FaultName[];
  readonly json: boolean;
  readonly help: boolean;
}

/** The largest seed of a run, here and in `npm run local -- --chaos`. */
export const maximumChaosSeed = 2 ** 31 - 1;
const maximumRuns = 1_000_000;

export const helpText = `Tries to make the pipeline lose an order or process one twice: the whole pipeline on this machine,
with functions killed, a table that throttles, queues that deliver twice, and more. After each run
it checks that the books balance. Exit code 0 when they do, after every run.

Usage: npm run chaos -- [options]

  --runs N          how many runs (default 20); each takes a few seconds
  --seed S          of the first run, 0 to ${maximumChaosSeed.toLocaleString('en')}; the next has S + 1 (default: drawn, and printed)
  --at-once N       runs side by side (default 2)
  --faults A,B,…    these kinds of faults in every run (default: each run draws some);
                    docs/reliability.md lists them
  --json            one JSON document on stdout and nothing else (npm's own lines: npm run --silent)
  --help            this text

Example: npm run chaos -- --runs 1000 --seed 1
The same run again: npm run chaos -- --runs 1 --seed 17
`;

const definitions = {
  runs: { type: 'string', default: '20' },
  seed: { type: 'string' },
  'at-once': { type: 'string', default: '2' },
  faults: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** @throws {UsageError} for an unknown option or a value out of range */
export function parseChaosOptions(args: readonly string[]): ChaosOptions {
  const { runs, seed, 'at-once': atOnce, faults, json, help } = parseOptions(args, definitions);
  return {
    runs: wholeNumber('--runs', runs, 1, maximumRuns),
    ...(seed === undefined ? {} : { seed: wholeNumber('--seed', seed, 0, maximumChaosSeed) }),
    atOnce: wholeNumber('--at-once', atOnce, 1, 64),
    ...(faults === undefined ? {} : { faults: faults.split(',').map((name) => oneOf('--faults', name, faultNames)) }),
    json,
    help,
  };
}

/** Each batch at a time is a process, and starting one is most of what a run costs. Two is the least AWS takes. */
const maximumConcurrency = 3;

interface Properties {
  ScalingConfig?: { readonly MaximumConcurrency: number };
}

/**
 * The project's own stack, production preset, with one change: fewer batches at a time. Code, batches, attempts,
 * timeouts and policies are those of production.
 */
export function synthesizeForChaos(folder: string, signal: AbortSignal): Promise<void> {
  return synthesizeProduction<Properties>(folder, signal, ({ Type, Properties: properties }) => {
    if (Type !== 'AWS::Lambda::EventSourceMapping' || properties.ScalingConfig === undefined) return;
    const { MaximumConcurrency } = properties.ScalingConfig;
    properties.ScalingConfig = { MaximumConcurrency: Math.min(MaximumConcurrency, maximumConcurrency) };
  });
}
