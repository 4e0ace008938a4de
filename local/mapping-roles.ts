import { LocalRuntimeError } from './errors.ts';
import type { Authorizer } from './iam/authorizer.ts';
import type { LocalModel } from './model.ts';

/** What a mapping does in the name of its function's role (Lambda Developer Guide, "Execution role permissions"). */
const neededActions = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'] as const;

/**
 * Refuses a mapping whose function's role may not consume the queue, as CreateEventSourceMapping does.
 *
 * @throws {LocalRuntimeError} `MAPPING_ROLE` with AWS's message
 */
export function checkMappingRoles({ mappings, functions }: LocalModel, authorizer: Authorizer): void {
  for (const { functionName, queueArn, stack, logicalId } of mappings) {
    const roleArn = functions.find(({ name }) => name === functionName)?.roleArn;
    if (roleArn === undefined) continue;
    const missing = neededActions.find((action) => !authorizer.isAllowed(roleArn, { action, resource: queueArn }));
    if (missing === undefined) continue;
    throw new LocalRuntimeError(
      'MAPPING_ROLE',
      `The function execution role does not have permissions to call ${missing.slice('sqs:'.length)} on SQS.`,
      `Grant ${missing} on ${queueArn} to the function, as queue.grantConsumeMessages(fn) does.`,
      { stack, logicalId },
    );
  }
}
