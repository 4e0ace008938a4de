import { type GenerateAnswer, type NotQueued, readGenerated } from '../../../shared/pipeline.ts';

/** What an invocation of generate-orders answered, or what it died of. */
interface Invocation {
  readonly payload: string;
  /** Given when the function failed; the payload is its error then. */
  readonly functionError?: string | undefined;
}

/** Invokes generate-orders once. Undefined when it was interrupted: nobody knows what came of it. */
export type InvokeGenerate = (event: object) => Promise<Invocation | undefined>;

/** What is undefined is left to the function. */
interface GenerateRequest {
  readonly count?: number | undefined;
  /** Share of bad orders, 0 to 1. */
  readonly badRate?: number | undefined;
  readonly seed?: number | undefined;
  /** Gives each order a mail address. */
  readonly withEmail?: boolean | undefined;
}

/** What came of all invocations together. */
interface GenerateResult {
  /** How many orders are in the queue, by what the function says. */
  readonly queued: number;
  readonly notQueued: readonly NotQueued[];
  /** Makes the same orders again. Undefined when the function answered nothing. */
  readonly seed?: number | undefined;
  readonly end: GenerateEnd;
}

/**
 * `failed`: an invocation ended with an error. `refused`: the function takes no such request. `stuck`: it answered that
 * it stopped where it began.
 */
type GenerateEnd =
  | { readonly kind: 'done' | 'interrupted' | 'stuck' }
  | { readonly kind: 'failed'; readonly payload: string }
  | { readonly kind: 'refused'; readonly problems: readonly string[] };

/**
 * Invokes generate-orders until it has dealt with all orders: an invocation that runs out of time says where to go on.
 * @param onAnswer is called with each answer
 */
export async function generateUntilDone(
  invoke: InvokeGenerate,
  { count, badRate, seed: given, withEmail }: GenerateRequest,
  onAnswer: (answer: GenerateAnswer) => void = () => {},
): Promise<GenerateResult> {
  const notQueued: NotQueued[] = [];
  let queued = 0;
  let seed = given;
  let from = 0;
  const ended = (end: GenerateEnd): GenerateResult => ({ queued, notQueued, seed, end });
  for (;;) {
    const invocation = await invoke({ count, badRate, seed, withEmail, ...(from > 0 && { from }) });
    if (invocation === undefined) return ended({ kind: 'interrupted' });
    if (invocation.functionError !== undefined) return ended({ kind: 'failed', payload: invocation.payload });
    const answer = readGenerated(invocation.payload);
    if (answer.statusCode === 400) return ended({ kind: 'refused', problems: answer.problems });
    onAnswer(answer);
    queued += answer.queued;
    notQueued.push(...(answer.failed ?? []));
    ({ seed } = answer);
    if (answer.next === undefined) return ended({ kind: 'done' });
    if (answer.next <= from) return ended({ kind: 'stuck' });
    from = answer.next;
  }
}
