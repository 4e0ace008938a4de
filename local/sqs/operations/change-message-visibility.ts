import type { JsonObject, Operation } from '../../endpoint/service.ts';
import { optionalInteger, queueOperation, requiredString } from '../operation-input.ts';
import type { Queue } from '../queue.ts';
import type { SqsContext } from '../sqs-context.ts';
import { missingParameter } from '../sqs-errors.ts';

const input = { ReceiptHandle: 'string', VisibilityTimeout: 'integer' } as const;

export const changeMessageVisibility = (sqs: SqsContext): Operation =>
  queueOperation(sqs, 'ChangeMessageVisibility', { input }, (queue, given) => {
    changeVisibility(queue, given);
    return {};
  });

/** One change, as asked for by a request or by an entry of a batch. */
export function changeVisibility(queue: Queue, given: JsonObject): void {
  const receiptHandle = requiredString(given, 'ReceiptHandle');
  const limits = { min: 0, max: 43_200, words: 'VisibilityTimeout must be an integer between 0 and 43200.' };
  const seconds = optionalInteger(given, 'VisibilityTimeout', limits);
  if (seconds === undefined) throw missingParameter('VisibilityTimeout');
  queue.changeVisibility(receiptHandle, seconds);
}
