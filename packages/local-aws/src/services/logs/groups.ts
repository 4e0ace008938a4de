import { AwsError } from '../../endpoint/api.ts';
import type { QueryDefinitionModel } from './resources.ts';
import type { LogGroup, LogStore } from './store.ts';

/** How requests name a group: one of the two. */
export interface GroupReference {
  readonly logGroupName?: string;
  /** Name or ARN. */
  readonly logGroupIdentifier?: string;
}

/** The group that `logGroupName`, or `logGroupIdentifier` (name or ARN), means; throws `ResourceNotFoundException`. */
export function findLogGroup({ store }: LogsContext, input: GroupReference): LogGroup {
  const group = store.group(groupName(input));
  if (group === undefined) throw groupNotFound();
  return group;
}

/** ARN of the group a request means, for its permissions. */
export function requestedGroupArn(context: LogsContext, input: GroupReference): string {
  return `${groupArn(context, groupName(input))}:*`;
}

/** The ARN of a group, without the `:*` that permissions and `arn` of DescribeLogGroups have at the end. */
export function groupArn({ region, accountId }: LogsContext, name: string): string {
  return `arn:aws:logs:${region}:${accountId}:log-group:${name}`;
}

function groupName({ logGroupName, logGroupIdentifier }: GroupReference): string {
  if (logGroupName !== undefined && logGroupIdentifier !== undefined) {
    const message = 'LogGroup name and LogGroup ARN are mutually exclusive parameters.';
    throw new AwsError('ValidationException', message);
  }
  const given = logGroupName ?? logGroupIdentifier;
  if (given === undefined) throw missing('logGroupName');
  return given.replace(/^arn:[^:]+:logs:[^:]*:[^:]*:log-group:/, '').replace(/:\*$/, '');
}

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

/** What the operations work on. */
export interface LogsContext {
  readonly store: LogStore;
  /** Saved queries of the stacks that run now. */
  readonly definitions: () => readonly QueryDefinitionModel[];
  readonly region: string;
  readonly accountId: string;
}
