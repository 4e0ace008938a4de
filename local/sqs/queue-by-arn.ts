import type { JsonObject } from '../endpoint/service.ts';
import { requiredString } from './operation-input.ts';
import type { Queue } from './queue.ts';
import type { SqsContext } from './sqs-context.ts';
import { invalidParameterValue, resourceNotFound } from './sqs-errors.ts';

/** The queue that an ARN parameter of a move task's operation names. */
export function queueByArn(sqs: SqsContext, input: JsonObject, parameter: 'SourceArn' | 'DestinationArn'): Queue {
  const arn = requiredString(input, parameter);
  if (!/^arn:[^:]+:sqs:[^:]*:\d{12}:[^:]+$/.test(arn)) {
    throw invalidParameterValue(
      `You must use this format to specify the ${parameter}: ` +
        'arn:<partition>:<service>:<region>:<account-id>:<resource-id>',
    );
  }
  const queue = sqs.queues.byArn(arn);
  if (queue !== undefined) return queue;
  throw resourceNotFound(`The resource that you specified for the ${parameter} parameter doesn't exist.`);
}
