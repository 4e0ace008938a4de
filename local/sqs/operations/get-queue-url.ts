import type { Operation } from '../../endpoint/service.ts';
import { permissionOn, requiredString } from '../operation-input.ts';
import type { SqsContext } from '../sqs-context.ts';
import { queueDoesNotExist } from '../sqs-errors.ts';

export const getQueueUrl = (sqs: SqsContext): Operation => ({
  input: { members: { QueueName: 'string', QueueOwnerAWSAccountId: 'string' } },
  permissions: (input) => [permissionOn(sqs, 'GetQueueUrl', requiredString(input, 'QueueName'))],
  run: (input) => {
    const owner = input['QueueOwnerAWSAccountId'];
    if (owner !== undefined && owner !== sqs.accountId) throw queueDoesNotExist();
    return { QueueUrl: sqs.queueUrl(sqs.queues.require(requiredString(input, 'QueueName')).name) };
  },
});
