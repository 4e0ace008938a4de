import type { Operation } from '../../endpoint/service.ts';
import { queueOperation, stringList, strings } from '../operation-input.ts';
import type { SqsContext } from '../sqs-context.ts';

export const untagQueue = (sqs: SqsContext): Operation =>
  queueOperation(sqs, 'UntagQueue', { input: { TagKeys: stringList('TagKey') } }, (queue, input) => {
    const keys = new Set(strings(input, 'TagKeys'));
    queue.tags = Object.fromEntries(Object.entries(queue.tags).filter(([key]) => !keys.has(key)));
    return {};
  });
