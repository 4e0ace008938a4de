import { generateLimits } from '../../shared/pipeline.ts';

/** What generate-orders is asked for. */
export interface GenerateRequest {
  /** 0 to 10,000,000 orders; the sequence's length. */
  readonly count: number;
  /** 0 to 1: exactly round(count × badRate) orders are bad. Undefined: the lecture demo's pattern. */
  readonly badRate: number | undefined;
  /** 0 to 4,294,967,295: the same seed gives the same orders. Undefined: a random one. */
  readonly seed: number | undefined;
  /** Index of the first order to queue; those before it are skipped. 0 to count. */
  readonly from: number;
  /** Whether each order has a mail address, of SES's mailbox simulator. */
  readonly withEmail: boolean;
}

const keys = ['count', 'badRate', 'seed', 'from', 'withEmail'] as const satisfies readonly (keyof GenerateRequest)[];
const { count: maximumCount, seed: maximumSeed } = generateLimits;

/** What is wrong with an event, in one sentence for who sent it and in one for the log. */
export interface EventProblem {
  /** Quotes the event. */
  readonly told: string;
  /** Does not: an event can be anything, an order of a real customer too, and logs are read by more people. */
  readonly logged: string;
}

/** An event that generate-orders cannot act on. */
export class InvalidEventError extends Error {
  override readonly name = 'InvalidEventError';
  readonly problems: readonly EventProblem[];

  constructor(problems: readonly EventProblem[]) {
    super(problems.map(({ logged }) => logged).join(' '));
    this.problems = problems;
  }
}

/**
 * Reads an event; none at all asks for the defaults.
 *
 * @throws InvalidEventError naming everything that is wrong with the event
 */
export function parseRequest(event: unknown): GenerateRequest {
  const given = event ?? {};
  if (typeof given !== 'object' || Array.isArray(given)) {
    throw new InvalidEventError([refusal('The event', 'an object such as {"count": 10}', given)]);
  }
  const { count = 10, badRate, seed, from = 0, withEmail = false } = given as Readonly<Record<string, unknown>>;
  const problems = [
    ...Object.keys(given)
      .filter((key) => !keys.some((known) => known === key))
      .map((key) => ({
        told: `Unknown key "${key}": the keys are ${keys.join(', ')}.`,
        logged: `A key is unknown: the keys are ${keys.join(', ')}.`,
      })),
    ...(isWholeNumber(count, maximumCount) ? [] : [refusal('count', 'a whole number from 0 to 10,000,000', count)]),
    ...(badRate === undefined || isRate(badRate) ? [] : [refusal('badRate', 'a number from 0 to 1', badRate)]),
    ...(seed === undefined || isWholeNumber(seed, maximumSeed)
      ? []
      : [refusal('seed', 'a whole number from 0 to 4,294,967,295 (32 bits)', seed)]),
    ...(isWholeNumber(from, isWholeNumber(count, maximumCount) ? count : maximumCount)
      ? []
      : [refusal('from', 'a whole number from 0 to count', from)]),
    ...(typeof withEmail === 'boolean' ? [] : [refusal('withEmail', 'true or false', withEmail)]),
  ];
  if (problems.length > 0) throw new InvalidEventError(problems);
  return { count, badRate, seed, from, withEmail } as GenerateRequest;
}

function isWholeNumber(value: unknown, maximum: number): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= maximum;
}

function isRate(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 1;
}

function refusal(subject: string, wanted: string, value: unknown): EventProblem {
  const logged = `${subject} must be ${wanted}`;
  return { told: `${logged}, not ${JSON.stringify(value)}.`, logged: `${logged}.` };
}
