import { cpSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { chooseKinds, type FaultName, faultNames, seededRandom, systemClock } from 'local-aws';
import { environmentNames } from '../../shared/pipeline.ts';
import { listOption, wholeNumberOption } from '../orders/command-line.ts';
import { forEachAtOnce } from '../orders/streams.ts';
import { Progress, progressText } from '../orders/terminal/progress.ts';
import { maximumLocalSeed } from '../run/local-pipeline.ts';
import type { CommandContext } from '../run/run-command.ts';
import { synthesizeProduction, type TemplateResource, TemporaryFolder } from '../run/synthesize.ts';
import { replaceProcessing } from './replace-processing.ts';
import { run, type RunResult } from './run.ts';
import { type FailedRun, isSound, summarize, summaryJson, summaryText } from './summary.ts';

/**
 * How many kinds of faults a run draws. With few of them a person sees which did it; with some of them they meet each
 * other.
 */
const kindsOfRun = { least: 4, most: 9 };

/** `npm run chaos`: runs with faults, `atOnce` of them side by side. @returns the exit code */
export async function chaos(options: ChaosOptions, { signal }: CommandContext): Promise<number> {
  const { runs, json = false, atOnce, faults } = options;
  const firstSeed = options.seed ?? Math.floor(Math.random() * maximumLocalSeed);
  const startedAtMs = performance.now();
  const results: RunResult[] = [];
  const broken: FailedRun[] = [];
  using unseen = unseenErrors();

  process.stderr.write(`Seed ${firstSeed}. Synthesizing the stack …\n`);
  using folder = new TemporaryFolder();
  const open = options.with ?? [];
  const hasMail = open.includes('mail');
  // A mail follows an event.
  const hasEvents = hasMail || open.includes('events');
  const assemblies = await synthesizeForChaos(folder.path, signal, open);
  using progress = new Progress(process.stderr, systemClock, () => {
    const done = results.length + broken.length;
    const failed = broken.length + results.filter(({ violations }) => violations.length > 0).length;
    const elapsedMs = performance.now() - startedAtMs;
    return `${progressText({ verb: 'ran', done, total: runs, elapsedMs })}${failed > 0 ? `, ${failed} failed` : ''}`;
  });

  // Told at once: a person who runs thousands looks into the first failure before the end.
  const tell = (seed: number, reason: string) =>
    progress.print(() => process.stderr.write(`✘ seed ${seed}: ${reason}\n`));
  const runOne = async (seed: number) => {
    try {
      const hasEffects = options.effects ?? hasEffectsOf(seed);
      const assembly = hasEffects ? assemblies.withEffects : assemblies.plain;
      const result = await run({ assembly, seed, kinds: faults ?? kindsOf(seed), hasEffects, hasEvents, hasMail });
      results.push(result);
      for (const { invariant, detail } of result.violations.slice(0, 1)) tell(seed, `${invariant}: ${detail}`);
    } catch (error) {
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      broken.push({ seed, reasons: [reason] });
      tell(seed, reason);
    }
  };
  await forEachAtOnce(seedsFrom(firstSeed, runs), atOnce, runOne, signal);
  signal.throwIfAborted();
  progress[Symbol.dispose]();

  if (unseen.errors.length > 0) broken.push({ seed: firstSeed, reasons: unseen.errors });
  const seconds = (performance.now() - startedAtMs) / 1000;
  const summary = summarize(results, broken, { firstSeed, seconds, allKinds: faults === undefined });
  process.stdout.write(`${json ? summaryJson(summary) : summaryText(summary)}\n`);
  return isSound(summary) ? 0 : 1;
}

function* seedsFrom(first: number, count: number): Generator<number> {
  for (let index = 0; index < count; index += 1) yield (first + index) % (maximumLocalSeed + 1);
}

/** The kinds of faults in a run with this seed, on any machine. */
export function kindsOf(seed: number) {
  const { least, most } = kindsOfRun;
  const count = least + Math.floor(seededRandom(seed, 'count of kinds')() * (most - least + 1));
  return chooseKinds(seed, Math.min(count, faultNames.length));
}

/** Whether processing has effects in a run with this seed: in every other run. */
export function hasEffectsOf(seed: number): boolean {
  return seededRandom(seed, 'effects')() < 0.5;
}

/** Promises of this process that were rejected while nobody waited for them. */
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
  /** Whether processing has effects; undefined: in half of the runs. */
  readonly effects?: boolean;
  /** What the pipeline has beside its core. */
  readonly with?: readonly ChaosDoor[];
  readonly json?: boolean;
}

/** What a run can have beside the core of the pipeline. */
const doors = ['events', 'http', 'mail'] as const;
export type ChaosDoor = (typeof doors)[number];

export const defineChaos = (program: Command) =>
  program
    .description(
      'Tries to make the pipeline lose an order or process one twice: the whole pipeline on this machine, with ' +
        'functions killed, a table that throttles, queues that deliver twice, and more. After each run it checks that ' +
        'the books balance.',
    )
    .option('--runs <n>', 'how many runs; each takes a few seconds', wholeNumberOption(1, 1_000_000), 20)
    .option(
      '--seed <s>',
      `of the first run, 0 to ${maximumLocalSeed.toLocaleString('en')}; the next has the next one (default: drawn, and printed)`,
      wholeNumberOption(0, maximumLocalSeed),
    )
    .option('--at-once <n>', 'runs side by side', wholeNumberOption(1, 64), 2)
    .option(
      '--faults <a,b,…>',
      'these kinds of faults in every run (default: each run draws some); docs/reliability.md lists them',
      listOption(faultNames),
    )
    .option('--effects', 'in every run, processing has effects (default: in half of the runs)')
    .option('--no-effects', 'in no run, processing has effects')
    .option('--with <a,b,…>', `what the pipeline has beside its core: ${doors.join(', ')}`, listOption(doors))
    .option('--json', "one JSON document on stdout and nothing else (npm's own lines: npm run --silent)")
    .addHelpText(
      'after',
      `
Exit code: 0 when the books balance after every run, 1 when not, 2 for a mistake in the command line.

Example: npm run chaos -- --runs 1000 --seed 1
The same run again: npm run chaos -- --runs 1 --seed 17`,
    );

/**
 * Each batch at a time is a process of its own, and starting processes is most of what a run costs. AWS takes 2 or
 * more.
 */
const maximumConcurrency = 3;

interface Properties {
  ScalingConfig?: { readonly MaximumConcurrency: number };
  readonly Environment?: { readonly Variables?: Readonly<Record<string, unknown>> };
  Timeout?: number;
}

/** Seconds that notify-customers has: no wait for the claim of a function that was killed can be skipped. */
const mailSeconds = 3;

function changeForChaos(resource: TemplateResource<Properties>): void {
  fewerAtATime(resource);
  const { Type, Properties: properties } = resource;
  const { notificationsQueueUrl } = environmentNames;
  if (Type !== 'AWS::Lambda::Function' || properties.Environment?.Variables?.[notificationsQueueUrl] === undefined)
    return;
  properties.Timeout = mailSeconds;
}

function fewerAtATime({ Type, Properties: properties }: TemplateResource<Properties>): void {
  if (Type !== 'AWS::Lambda::EventSourceMapping' || properties.ScalingConfig === undefined) return;
  const { MaximumConcurrency } = properties.ScalingConfig;
  properties.ScalingConfig = { MaximumConcurrency: Math.min(MaximumConcurrency, maximumConcurrency) };
}

/** Context that opens these doors. A mail follows an event, and has a sender. */
function contextOf(open: readonly ChaosDoor[]): Readonly<Record<string, string>> {
  const context = Object.fromEntries(open.map((door) => [door, 'true']));
  return open.includes('mail') ? { ...context, events: 'true', mailFrom: 'orders@example.com' } : context;
}

/** Folders with the project's own stack. */
interface Assemblies {
  /** With the processing of process.ts. */
  readonly plain: string;
  /** With that of docs/examples/shipping-label.ts. */
  readonly withEffects: string;
}

/**
 * The project's own stack, production preset, with one change: fewer batches at a time. With mails, notify-customers has less time, as process-orders below. Code, batches, attempts,
 * timeouts and policies are those of production. In the second folder the orders' processing has effects. There
 * process-orders has less time, because a claim whose function was killed lives until the time is over, and no wait for
 * it can be skipped (`watchClaims`).
 */
export async function synthesizeForChaos(
  folder: string,
  signal: AbortSignal,
  open: readonly ChaosDoor[] = [],
): Promise<Assemblies> {
  const [plain, withEffects] = [join(folder, 'plain'), join(folder, 'with-effects')];
  await synthesizeProduction(plain, signal, changeForChaos, contextOf(open));
  cpSync(plain, withEffects, { recursive: true });
  await replaceProcessing(withEffects, 'docs/examples/shipping-label.ts', {
    timeoutSeconds: 3,
    hasEvents: contextOf(open)['events'] !== undefined,
  });
  return { plain, withEffects };
}
