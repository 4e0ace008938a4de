import { type FaultName, faultNames } from 'local-aws';
import { oneOf, parseOptions, wholeNumber } from '../command-line.ts';

/** What `npm run chaos -- …` was asked to do. */
export interface ChaosOptions {
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
