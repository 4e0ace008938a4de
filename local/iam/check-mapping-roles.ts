import type { LocalModel } from '../model.ts';
import type { Authorizer } from './authorizer.ts';
import { iamError } from './error-codes.ts';

/** What a mapping does with its function's role (Lambda Developer Guide, "Configuring execution role permissions"). */
export const mappingActions = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'] as const;

/**
 * Refuses a mapping whose function's role may not consume the queue, as CreateEventSourceMapping does. Says nothing
 * where the authorizer does not enforce.
 */
export function checkMappingRoles({ mappings, functions }: LocalModel, { isAllowed }: Authorizer): void {
  for (const { stack, logicalId, functionName, queueArn } of mappings) {
    const roleArn = functions.find(({ name }) => name === functionName)?.roleArn ?? '';
    const denied = mappingActions.find((action) => !isAllowed(roleArn, { action, resource: queueArn }));
    if (denied === undefined) continue;
    const operation = denied.slice('sqs:'.length);
    throw iamError(
      'MAPPING_ROLE_DENIED',
      `AWS would refuse this with InvalidParameterValueException: The function execution role does not have permissions to call ${operation} on SQS.`,
      `Allow ${roleArn} ${mappingActions.join(', ')} on ${queueArn} (grantConsumeMessages does).`,
      { stack, logicalId },
    );
  }
}
