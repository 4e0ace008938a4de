import { AwsError } from '../endpoint/aws-error.ts';
import type { LogGroup } from './log-group.ts';
import type { LogsContext } from './logs-context.ts';
import { groupNotFound, missing } from './logs-errors.ts';

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

/** Without the `:*` that permissions and `arn` of DescribeLogGroups have at the end. */
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
