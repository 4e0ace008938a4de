import type { Operation } from '../../endpoint/service.ts';
import { queueOperation } from '../operation-input.ts';
import type { SqsContext } from '../sqs-context.ts';

/** AWS takes up to 60 seconds to delete; here the queue is gone at once. */
export const deleteQueue = (sqs: SqsContext): Operation =>
  queueOperation(sqs, 'DeleteQueue', { input: {} }, (queue) => {
    sqs.queues.delete(queue);
    return {};
  });
