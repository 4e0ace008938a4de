import type { JsonObject, Operation } from '../../endpoint/service.ts';
import type { MoveTask } from '../move-tasks.ts';
import { optionalInteger, requiredString } from '../operation-input.ts';
import { queueByArn } from '../queue-by-arn.ts';
import type { SqsContext } from '../sqs-context.ts';

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
