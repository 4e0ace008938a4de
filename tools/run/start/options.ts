import { generateLimits } from '../../../shared/pipeline.ts';
import { oneOf, parseOptions, share, wholeNumber } from '../../orders/errors.ts';

/** What `npm start -- …` was asked to do. */
export interface StartOptions {
  /** Orders to send; the producer's own default when undefined. */
  readonly count?: number;
  /** Share of bad orders, 0 to 1; the lecture's pattern when undefined. */
  readonly badRate?: number;
  /** The same seed gives the same orders; a random one when undefined. */
  readonly seed?: number;
  readonly preset: string;
  readonly json: boolean;
  readonly help: boolean;
}

const { count: maximumCount, seed: maximumSeed } = generateLimits;

export const helpText = `Runs the order pipeline on this machine: sends orders, shows what the functions do with them,
and closes with the books: sent = processed + failed, counted by the queues and again in the orders table.

Usage: npm start -- [options]

  --count N         orders to send, 0 to ${maximumCount.toLocaleString('en')} (default 10)
  --bad-rate R      share of bad orders, 0 to 1 (default: UserX among every ten, as in the lecture)
  --seed N          same seed, same orders; a whole number from 0 to ${maximumSeed.toLocaleString('en')}
  --preset NAME     production (default) or lab
  --json            one JSON document on stdout and nothing else (npm's own lines: npm start --silent)
  --help            this text

Example: npm start -- --count 1000 --bad-rate 0.05 --seed 7

Exit code: 0 when every order is accounted for, in both, 1 when not, 2 for a mistake in the command line.
`;

const definitions = {
  count: { type: 'string' },
  'bad-rate': { type: 'string' },
  seed: { type: 'string' },
  preset: { type: 'string', default: 'production' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/**
 * @param presets names that `--preset` may take
 * @throws {UsageError} for an unknown option or a value out of range
 */
export function parseStartOptions(args: readonly string[], presets: readonly string[]): StartOptions {
  const { count, 'bad-rate': badRate, seed, preset, json, help } = parseOptions(args, definitions);
  return {
    ...(count === undefined ? {} : { count: wholeNumber('--count', count, 0, maximumCount) }),
    ...(badRate === undefined ? {} : { badRate: share('--bad-rate', badRate) }),
    ...(seed === undefined ? {} : { seed: wholeNumber('--seed', seed, 0, maximumSeed) }),
    preset: oneOf('--preset', preset, presets),
    json,
    help,
  };
}
