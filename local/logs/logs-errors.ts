import { AwsError } from '../endpoint/aws-error.ts';

/** Messages as recorded against AWS by LocalStack (tests/aws/services/logs). */
export const groupNotFound = () => new AwsError('ResourceNotFoundException', 'The specified log group does not exist.');

export const streamNotFound = () =>
  new AwsError('ResourceNotFoundException', 'The specified log stream does not exist.');

export const invalidToken = () => invalidParameter('The specified nextToken is invalid.');

/** `message` in AWS's words for the parameter at hand. */
export function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterException', message);
}

/** A required member that the request does not have. */
export function missing(member: string): AwsError {
  return invalidParameter(
    `1 validation error detected: Value null at '${member}' failed to satisfy constraint: Member must not be null`,
  );
}
