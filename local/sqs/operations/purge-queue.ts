import type { Operation } from '../../endpoint/service.ts';
import { queueOperation } from '../operation-input.ts';
import type { SqsContext } from '../sqs-context.ts';
import { purgeQueueInProgress } from '../sqs-errors.ts';

const onceEveryMs = 60_000;

/** AWS takes up to 60 seconds to purge and refuses another purge meanwhile; here the queue is empty at once. */
export const purgeQueue = (sqs: SqsContext): Operation =>
  queueOperation(sqs, 'PurgeQueue', { input: {} }, (queue) => {
    if (queue.purgedAtMs !== undefined && sqs.clock.now() - queue.purgedAtMs < onceEveryMs) {
      throw purgeQueueInProgress(queue.name);
    }
    queue.purge();
    return {};
  });
