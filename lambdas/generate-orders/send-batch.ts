import { type Backoff, fullJitter } from '../../shared/backoff.ts';
import type { NotQueued } from '../../shared/generate-response.ts';
import type { GeneratedMessage } from './order-sequence.ts';

/** The part of `SendMessageBatch` that the function uses; ids are positions in `messages`. Answers what SQS refused. */
export type SendMessageBatch = (
  messages: readonly GeneratedMessage[],
  signal: AbortSignal,
) => Promise<readonly EntryRefusal[]>;

/** An entry of `Failed`, which comes with HTTP 200: a sender that does not look loses orders. */
export interface EntryRefusal {
  readonly position: number;
  readonly code: string;
  readonly message: string;
  /** True: sending the same again is pointless. */
  readonly senderFault: boolean;
}

export interface BatchResult {
  readonly queued: number;
  readonly notQueued: readonly NotQueued[];
  /** True when the request itself failed, so that the next one would too: access denied, no such queue, no network. */
  readonly requestFailed: boolean;
}

export interface SendBatchDependencies {
  readonly sendMessageBatch: SendMessageBatch;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Answers numbers in [0, 1). */
  readonly random: () => number;
  /** False when no time is left to try again. */
  readonly mayContinue: () => boolean;
  /** Aborts when not even an answer can be waited for any longer. */
  readonly signal: AbortSignal;
}

const maximumTries = 5;
const backoffMs: Backoff = { base: 100, cap: 2_000 };

/**
 * Sends up to 10 messages, and those that SQS refused for its own reasons again. Never throws: every message is
 * either counted as queued or named. After a failed request SQS may hold messages of which it could not tell.
 */
export async function sendBatch(
  messages: readonly GeneratedMessage[],
  { sendMessageBatch, sleep, random, mayContinue, signal }: SendBatchDependencies,
): Promise<BatchResult> {
  const given: NotQueued[] = [];
  let pending = messages;
  for (let attempt = 1; ; attempt += 1) {
    let refusals: readonly EntryRefusal[];
    try {
      refusals = await sendMessageBatch(pending, signal);
    } catch (error) {
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      const notQueued = [...given, ...pending.map((entry) => notQueuedBecause(entry, { code: name, message }))];
      return { queued: messages.length - notQueued.length, notQueued, requestFailed: true };
    }
    const hopeless = attempt === maximumTries || !mayContinue();
    const final = refusals.filter(({ senderFault }) => senderFault || hopeless);
    for (const refusal of final) given.push(notQueuedBecause(pending[refusal.position]!, refusal));
    pending = refusals.filter((refusal) => !final.includes(refusal)).map(({ position }) => pending[position]!);
    if (pending.length === 0) {
      return { queued: messages.length - given.length, notQueued: given, requestFailed: false };
    }
    await sleep(fullJitter(attempt, backoffMs, random));
  }
}

function notQueuedBecause(
  { index, orderId }: GeneratedMessage,
  { code, message }: { readonly code: string; readonly message: string },
): NotQueued {
  return { index, orderId, code, message };
}
