import type { PublishEvents } from '../common/events.ts';
import type { Outcome } from './outcome.ts';

/**
 * Publishes what the records of a batch owe, after their rows were written and before their messages may be deleted. A
 * record whose event could not be published becomes `untold`, and no other one.
 *
 * @returns the outcomes in their order
 */
export async function tellOutcomes(
  outcomes: readonly Outcome[],
  publishEvents: PublishEvents,
  signal: AbortSignal,
): Promise<readonly Outcome[]> {
  const owing = outcomes.filter((outcome) => owedBy(outcome) !== undefined);
  if (owing.length === 0) return outcomes;
  const errors = await publishEvents(
    owing.flatMap((outcome) => owedBy(outcome) ?? []),
    signal,
  );
  const untold = new Map(owing.flatMap((outcome, index) => (errors[index] ? [[outcome, errors[index]] as const] : [])));
  return outcomes.map((outcome) => {
    const error = untold.get(outcome);
    return error === undefined ? outcome : untoldOf(outcome, error);
  });
}

function owedBy(outcome: Outcome) {
  return outcome.result === 'processed' || outcome.result === 'duplicate' ? outcome.owed : undefined;
}

function untoldOf(outcome: Outcome, error: Error): Outcome {
  const { messageId, receiptHandle, receiveCount, traceId, orderId, customerName } = outcome;
  return { messageId, receiptHandle, receiveCount, traceId, orderId, customerName, result: 'untold', error };
}
