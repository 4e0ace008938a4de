import type { Operation } from '../../endpoint/service.ts';
import { queueOperation, stringList } from '../operation-input.ts';
import { page, pageInput } from '../paging.ts';
import type { SqsContext } from '../sqs-context.ts';

const shapes = { input: pageInput, output: { queueUrls: stringList('QueueUrl') } };

export const listDeadLetterSourceQueues = (sqs: SqsContext): Operation =>
  queueOperation(sqs, 'ListDeadLetterSourceQueues', shapes, (queue, input) => {
    const names = sqs.queues.sourcesOf(queue).map(({ name }) => name);
    const { items, next } = page(names, input);
    return { queueUrls: items.map(sqs.queueUrl), ...next };
  });
