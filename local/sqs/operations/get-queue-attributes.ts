import type { Operation } from '../../endpoint/service.ts';
import { queueOperation, stringList, stringMap, strings } from '../operation-input.ts';
import { readAttributes } from '../queue-attributes.ts';
import type { SqsContext } from '../sqs-context.ts';

const shapes = {
  input: { AttributeNames: stringList('AttributeName') },
  output: { Attributes: stringMap('Attribute', 'Name') },
};

/** As on AWS, no `Attributes` at all come back when none was asked for or none of those asked for is set. */
export const getQueueAttributes = (sqs: SqsContext): Operation =>
  queueOperation(sqs, 'GetQueueAttributes', shapes, (queue, input) => {
    const attributes = readAttributes(queue, strings(input, 'AttributeNames'));
    return Object.keys(attributes).length > 0 ? { Attributes: attributes } : {};
  });
