import { AwsError } from '../../endpoint/api.ts';

/**
 * EventBridge's errors. Codes are those of the API reference. Messages are those that LocalStack recorded from AWS
 * (tests/aws/services/events), where there is a recording; the other ones are chosen here, and the fidelity page lists
 * them under "Open".
 */
export const invalid = (message: string) => new AwsError('ValidationException', message);

/** An operation that AWS has and this endpoint does not: status 501, with a remedy in the message. */
export const notServed = (what: string, remedy: string) =>
  new AwsError('NotImplemented', `The local endpoint does not implement events: ${what}. ${remedy}`, {
    httpStatus: 501,
  });

export const invalidPattern = (reason: string) =>
  new AwsError('InvalidEventPatternException', `Event pattern is not valid. Reason: ${reason}`);

export const noBus = (name: string) => new AwsError('ResourceNotFoundException', `Event bus ${name} does not exist.`);

export const noRule = (name: string, busName: string) =>
  new AwsError('ResourceNotFoundException', `Rule ${name} does not exist on EventBus ${busName}.`);

export const busExists = (name: string) =>
  new AwsError('ResourceAlreadyExistsException', `Event bus ${name} already exists.`);

export const limitExceeded = () =>
  new AwsError('LimitExceededException', 'The requested resource exceeds the maximum number allowed.');

/** A member outside of its limits, in the words of AWS's own checks: `path` as the API writes it, `entries`. */
export const constraint = (value: string, path: string, rule: string) =>
  invalid(`1 validation error detected: Value '${value}' at '${path}' failed to satisfy constraint: ${rule}`);
