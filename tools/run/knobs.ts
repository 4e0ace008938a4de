import { type Command, Option } from 'commander';
import { LocalRuntimeError } from 'local-aws';
import { wholeNumberOption } from '../orders/command-line.ts';

/** Settings of the orders queue and of its consumer, by the options of a command line. Undefined: as synthesized. */
export interface Knobs {
  readonly batchSize?: number;
  /** Seconds. */
  readonly window?: number;
  readonly maxConcurrency?: number;
  /** Seconds. */
  readonly visibilityTimeout?: number;
  readonly maxReceiveCount?: number;
  /** False: the orders queue has no dead-letter queue. */
  readonly dlq: boolean;
}

/** Far beyond AWS's limits: what AWS would refuse is refused in AWS's words. */
const anyNumber = wholeNumberOption(0, 999_999);

/** Adds the options of `Knobs`. @param others options beside which they make no sense */
export function addKnobs(program: Command, others: readonly string[] = []): Command {
  const knobs = [
    new Option('--batch-size <n>', 'most messages of one invocation of process-orders').argParser(anyNumber),
    new Option('--window <seconds>', 'longest wait of its mapping for a full batch').argParser(anyNumber),
    new Option('--max-concurrency <n>', 'most instances of process-orders at a time').argParser(anyNumber),
    new Option('--visibility-timeout <seconds>', 'how long a received message is hidden').argParser(anyNumber),
    new Option('--max-receive-count <n>', 'receives of a message before it goes to bad-orders').argParser(anyNumber),
    new Option('--no-dlq', 'no dead-letter queue: a bad order comes back for ever').conflicts('maxReceiveCount'),
  ];
  for (const knob of knobs) program.addOption(others.length === 0 ? knob : knob.conflicts([...others]));
  return program;
}

/** Whether any of the options was given. */
export function isTurned({
  batchSize,
  window,
  maxConcurrency,
  visibilityTimeout,
  maxReceiveCount,
  dlq,
}: Knobs): boolean {
  const numbers = [batchSize, window, maxConcurrency, visibilityTimeout, maxReceiveCount];
  return !dlq || numbers.some((value) => value !== undefined);
}

interface Limit {
  readonly option: string;
  readonly minimum: number;
  readonly maximum: number;
  /** Code and message of AWS for a value outside. */
  readonly refusal: (value: number, side: string) => string;
}

/** AWS's answer to a member of a request that is too small or too large. */
const validationError = (member: string) => (value: number, side: string) =>
  `ValidationException: 1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: ` +
  `Member must have value ${side}`;

/**
 * What each setting takes, and AWS's words for any other value (Lambda API reference, CreateEventSourceMapping; SQS API
 * reference, SetQueueAttributes). What depends on several settings, the runtime refuses when it reads the template.
 */
const limits = {
  batchSize: { option: '--batch-size', minimum: 1, maximum: 10_000, refusal: validationError('batchSize') },
  window: {
    option: '--window',
    minimum: 0,
    maximum: 300,
    refusal: validationError('maximumBatchingWindowInSeconds'),
  },
  maxConcurrency: {
    option: '--max-concurrency',
    minimum: 2,
    maximum: 1_000,
    refusal: validationError('scalingConfig.maximumConcurrency'),
  },
  visibilityTimeout: {
    option: '--visibility-timeout',
    minimum: 0,
    maximum: 43_200,
    refusal: () => 'InvalidAttributeValue: Invalid value for the parameter VisibilityTimeout.',
  },
  maxReceiveCount: {
    option: '--max-receive-count',
    minimum: 1,
    maximum: 1_000,
    refusal: (value) =>
      `InvalidParameterValue: Value for parameter RedrivePolicy is invalid. Reason: Invalid value for ` +
      `maxReceiveCount: ${value}, valid values are from 1 to 1000 both inclusive.`,
  },
} as const satisfies Partial<Record<keyof Knobs, Limit>>;

/** @throws {LocalRuntimeError} in AWS's words, for the first setting that AWS would not take */
export function refuseOutOfRange(knobs: Knobs): void {
  for (const [name, limit] of Object.entries(limits) as readonly [keyof typeof limits, Limit][]) {
    const value = knobs[name];
    const { option, minimum, maximum, refusal } = limit;
    if (value === undefined || (value >= minimum && value <= maximum)) continue;
    const side = value < minimum ? `greater than or equal to ${minimum}` : `less than or equal to ${maximum}`;
    throw new LocalRuntimeError(
      'REFUSED_BY_AWS',
      `${option} is ${value}. AWS would refuse this with ${refusal(value, side).replace(/\.?$/, '.')}`,
      `Take a whole number from ${minimum} to ${maximum}.`,
    );
  }
}
