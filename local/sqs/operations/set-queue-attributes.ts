import type { Operation } from '../../endpoint/service.ts';
import { changeSettings } from '../change-settings.ts';
import { queueOperation, stringMap } from '../operation-input.ts';
import type { SqsContext } from '../sqs-context.ts';
import { missingParameter } from '../sqs-errors.ts';

const input = { Attributes: stringMap('Attribute', 'Name') };

/** AWS takes up to 60 seconds to apply them (retention 15 minutes); here they count at once. */
export const setQueueAttributes = (sqs: SqsContext): Operation =>
  queueOperation(sqs, 'SetQueueAttributes', { input }, (queue, given) => {
    if (given['Attributes'] === undefined) throw missingParameter('Attributes');
    const attributes = given['Attributes'] as Record<string, string>;
    const { arn, fifo } = queue;
    queue.configure(changeSettings(queue.settings, attributes, { arn, fifo, queues: sqs.queues }));
    return {};
  });
