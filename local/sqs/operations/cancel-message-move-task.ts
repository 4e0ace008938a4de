import type { Operation } from '../../endpoint/service.ts';
import { sourceOfTask } from '../move-tasks.ts';
import { requiredString } from '../operation-input.ts';
import type { SqsContext } from '../sqs-context.ts';

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
