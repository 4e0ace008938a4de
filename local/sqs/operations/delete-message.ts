import type { Operation } from '../../endpoint/service.ts';
import { queueOperation, requiredString } from '../operation-input.ts';
import type { Queue } from '../queue.ts';
import type { SqsContext } from '../sqs-context.ts';
import { invalidValue } from '../sqs-errors.ts';

export const deleteMessage = (sqs: SqsContext): Operation =>
  queueOperation(sqs, 'DeleteMessage', { input: { ReceiptHandle: 'string' } }, (queue, input) => {
    deleteByHandle(queue, requiredString(input, 'ReceiptHandle'));
    return {};
  });

/**
 * A message that is gone already is no error. Neither is an outdated handle on a standard queue, though it deletes
 * nothing (API reference of DeleteMessage); a FIFO queue refuses it (recorded by LocalStack,
 * test_fifo_delete_after_visibility_timeout).
 */
export function deleteByHandle(queue: Queue, receiptHandle: string): void {
  if (!queue.delete(receiptHandle) && queue.fifo && queue.holds(receiptHandle)) {
    throw invalidValue(receiptHandle, 'ReceiptHandle', 'The receipt handle has expired.');
  }
}
