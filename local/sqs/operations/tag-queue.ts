import type { Operation } from '../../endpoint/service.ts';
import { queueOperation, stringMap } from '../operation-input.ts';
import type { SqsContext } from '../sqs-context.ts';
import { invalidParameterValue, missingParameter } from '../sqs-errors.ts';

/** Source: SQS Developer Guide, "Queue quotas". */
const tagsLimit = 50;

export const tagQueue = (sqs: SqsContext): Operation =>
  queueOperation(sqs, 'TagQueue', { input: { Tags: stringMap('Tag', 'Key') } }, (queue, input) => {
    if (input['Tags'] === undefined) throw missingParameter('Tags');
    const tags = { ...queue.tags, ...(input['Tags'] as Record<string, string>) };
    if (Object.keys(tags).length > tagsLimit) {
      throw invalidParameterValue(`Too many tags added for queue ${queue.name}.`);
    }
    queue.tags = tags;
    return {};
  });
