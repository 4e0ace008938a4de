import type { Draft } from './draft.ts';
import { refusedByAws } from './error-codes.ts';

/** Refuses a function whose role, if it is one of the stacks', does not trust Lambda. */
export function checkFunctions(draft: Draft): void {
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
