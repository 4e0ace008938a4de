import type { Command } from 'commander';
import { generateLimits } from '../../../shared/pipeline.ts';
import { maximumLocalSeed } from '../local-pipeline.ts';
import { addKnobs, type Knobs } from '../knobs.ts';
import { addChoice, type PipelineChoice, type PipelineChoices } from '../pipeline-template.ts';
import { shareOption, wholeNumberOption } from '../../orders/command-line.ts';

/** What `npm start -- …` was asked to do. */
export interface StartOptions extends Knobs, PipelineChoice {
  /** Orders to send; the producer's own default when undefined. */
  readonly count?: number;
  /** Share of bad orders, 0 to 1; the lecture's pattern when undefined. */
  readonly badRate?: number;
  /** The same seed gives the same orders; a random one when undefined. */
  readonly seed?: number;
  /** Seed of the arbitrary order in which queues hand out messages. Default: in the order they came; lab: `seed`. */
  readonly shuffle?: number;
  readonly json?: boolean;
}

const { count: maximumCount, seed: maximumSeed } = generateLimits;

/** @param choices names that `--preset`, `--stage` and `--with` may take */
export const defineStart = (choices: PipelineChoices) => (program: Command) =>
  addChoice(addKnobs(program), choices)
    .description(
      'Runs the order pipeline on this machine: sends orders, shows what the functions do with them, and closes with ' +
        'the books: sent = processed + failed, counted by the queues and again in the orders table.',
    )
    .option(
      '--count <n>',
      `orders to send, 0 to ${maximumCount.toLocaleString('en')} (default: 10)`,
      wholeNumberOption(0, maximumCount),
    )
    .option(
      '--bad-rate <r>',
      'share of bad orders, 0 to 1 (default: UserX among every ten, as in the lecture)',
      shareOption,
    )
    .option(
      '--seed <n>',
      `same seed, same orders; a whole number from 0 to ${maximumSeed.toLocaleString('en')}`,
      wholeNumberOption(0, maximumSeed),
    )
    .option(
      '--shuffle <seed>',
      'hand out messages in arbitrary order and portions, as AWS may; same seed, same order',
      wholeNumberOption(0, maximumLocalSeed),
    )
    .option('--json', "one JSON document on stdout and nothing else (npm's own lines: npm start --silent)")
    .addHelpText(
      'after',
      `
Exit code: 0 when every order is accounted for, in both, 1 when not, 2 for a mistake in the command line.

Example: npm start -- --count 1000 --bad-rate 0.05 --seed 7`,
    );
