import type { Draft } from './draft.ts';
import { refusedByAws } from './error-codes.ts';

/**
 * Of the account's 1,000 concurrent executions 100 stay with the functions that reserve none (Lambda Developer Guide,
 * "Configuring reserved concurrency for a function").
 */
const mostReserved = 900;

/** Refuses what Lambda looks at beyond the function itself: its role, and what all functions reserve together. */
export function checkFunctions(draft: Draft): void {
  checkRoles(draft);
  checkReservations(draft);
}

/** Refuses a function whose role, if it is one of the stacks', does not trust Lambda. */
function checkRoles(draft: Draft): void {
  for (const { stack, logicalId, roleArn } of draft.functions) {
    const role = draft.roles.find(({ arn }) => arn === roleArn);
    if (role === undefined || role.trustsLambda) continue;
    throw refusedByAws(
      'InvalidParameterValueException',
      'The role defined for the function cannot be assumed by Lambda.',
      `Let the trust policy of ${role.logicalId} allow sts:AssumeRole to lambda.amazonaws.com.`,
      { stack, logicalId, property: '/Properties/Role' },
    );
  }
}

function checkReservations({ functions }: Draft): void {
  let reserved = 0;
  for (const { stack, logicalId, reservedConcurrency = 0 } of functions) {
    reserved += reservedConcurrency;
    if (reserved <= mostReserved) continue;
    throw refusedByAws(
      'InvalidParameterValueException',
      "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].",
      `All functions together reserve at most ${mostReserved}, of the 1,000 that an account has; with this one it is ${reserved}.`,
      { stack, logicalId, property: '/Properties/ReservedConcurrentExecutions' },
    );
  }
}
