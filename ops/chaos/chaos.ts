import { chooseKinds, faultNames, seededRandom, systemClock } from 'local-aws';
import type { CommandContext } from '../run-command.ts';
import { Progress } from '../start/progress.ts';
import { TemporaryFolder } from '../temporary-folder.ts';
import { progressText } from '../terminal/progress-text.ts';
import { synthesizeForChaos } from './chaos-assembly.ts';
import { type ChaosOptions, maximumChaosSeed } from './options.ts';
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
