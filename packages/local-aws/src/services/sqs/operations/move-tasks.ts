import type { JsonObject, Operation } from '../../../endpoint/api.ts';
import { moveRateLimit, type MoveTask, sourceOfTask } from '../move-tasks.ts';
import { optionalInteger, optionalString, requiredString, type SqsContext } from '../operation-input.ts';
import type { Queue } from '../queue.ts';
import { invalidParameterValue, resourceNotFound } from '../sqs-errors.ts';

const startTaskInput = {
  SourceArn: 'string',
  DestinationArn: 'string',
  MaxNumberOfMessagesPerSecond: 'integer',
} as const;

/** A move task reads like a consumer and writes like a producer, so it needs their permissions too. */
const onSource = ['StartMessageMoveTask', 'ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'];

export const startMessageMoveTask = (sqs: SqsContext): Operation => ({
  input: { members: startTaskInput },
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

export const listMessageMoveTasks = (sqs: SqsContext): Operation => ({
  input: { members: { SourceArn: 'string', MaxResults: 'integer' } },
  output: { members: { Results: { list: { members: {} }, queryName: 'ListMessageMoveTasksResultEntry' } } },
  permissions: (input) => [{ action: 'sqs:ListMessageMoveTasks', resource: requiredString(input, 'SourceArn') }],
  run: (input) => {
    const source = queueByArn(sqs, input, 'SourceArn');
    const words = 'MaxResults must be an integer between 1 and 10.';
    const maxResults = optionalInteger(input, 'MaxResults', { min: 1, max: 10, words }) ?? 1;
    return { Results: sqs.moveTasks.of(source).slice(0, maxResults).map(entry) };
  },
});

/** The handle is shown only while it can be used to cancel the task (recorded, test_move_task_cancel). */
function entry(task: MoveTask): JsonObject {
  return {
    ...(task.status === 'RUNNING' && { TaskHandle: task.handle }),
    Status: task.status,
    SourceArn: task.sourceArn,
    ...(task.destinationArn !== undefined && { DestinationArn: task.destinationArn }),
    ...(task.maxPerSecond !== undefined && { MaxNumberOfMessagesPerSecond: task.maxPerSecond }),
    ApproximateNumberOfMessagesMoved: task.moved,
    ApproximateNumberOfMessagesToMove: task.toMove,
    ...(task.failureReason !== undefined && { FailureReason: task.failureReason }),
    StartedTimestamp: task.startedAtMs,
  };
}

/** The queue that an ARN parameter of a move task's operation names. */
function queueByArn(sqs: SqsContext, input: JsonObject, parameter: 'SourceArn' | 'DestinationArn'): Queue {
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

/** What was moved stays moved. */
export const cancelMessageMoveTask = (sqs: SqsContext): Operation => ({
  input: { members: { TaskHandle: 'string' } },
  permissions: (input) => [
    { action: 'sqs:CancelMessageMoveTask', resource: sourceOfTask(requiredString(input, 'TaskHandle')) },
  ],
  run: (input) => ({
    ApproximateNumberOfMessagesMoved: sqs.moveTasks.cancel(requiredString(input, 'TaskHandle')).moved,
  }),
});
