import type { Operation } from '../../endpoint/service.ts';
import { moveRateLimit } from '../move-tasks.ts';
import { optionalInteger, optionalString, requiredString } from '../operation-input.ts';
import { queueByArn } from '../queue-by-arn.ts';
import type { SqsContext } from '../sqs-context.ts';
import { invalidParameterValue } from '../sqs-errors.ts';

const input = { SourceArn: 'string', DestinationArn: 'string', MaxNumberOfMessagesPerSecond: 'integer' } as const;

/** A move task reads like a consumer and writes like a producer, so it needs their permissions too. */
const onSource = ['StartMessageMoveTask', 'ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'];

export const startMessageMoveTask = (sqs: SqsContext): Operation => ({
  input: { members: input },
  permissions: (given) => {
    const source = requiredString(given, 'SourceArn');
    const destination = optionalString(given, 'DestinationArn');
    return [
      ...onSource.map((action) => ({ action: `sqs:${action}`, resource: source })),
      ...(destination === undefined ? [] : [{ action: 'sqs:SendMessage', resource: destination }]),
    ];
  },
  run: (given) => {
    const source = queueByArn(sqs, given, 'SourceArn');
    const words = `MaxNumberOfMessagesPerSecond must be an integer between 1 and ${moveRateLimit}.`;
    const limits = { min: 1, max: moveRateLimit, words };
    const maxPerSecond = optionalInteger(given, 'MaxNumberOfMessagesPerSecond', limits);
    if (sqs.queues.sourcesOf(source).length === 0) {
      throw invalidParameterValue('Source queue must be configured as a Dead Letter Queue.');
    }
    const destination = given['DestinationArn'] === undefined ? undefined : queueByArn(sqs, given, 'DestinationArn');
    return { TaskHandle: sqs.moveTasks.start(source, destination, maxPerSecond).handle };
  },
});
