import type { Operation } from '../../endpoint/service.ts';
import { queueOperation, stringMap } from '../operation-input.ts';
import type { SqsContext } from '../sqs-context.ts';

const shapes = { input: {}, output: { Tags: stringMap('Tag', 'Key') } };

export const listQueueTags = (sqs: SqsContext): Operation =>
  queueOperation(sqs, 'ListQueueTags', shapes, ({ tags }) => (Object.keys(tags).length > 0 ? { Tags: tags } : {}));
