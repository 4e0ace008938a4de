import type { Operation } from '../../../endpoint/service.ts';
import { groupArn, invalidParameter, type LogsContext } from '../groups.ts';
import { pageLimit, pageOf } from '../paging.ts';

interface DescribeLogGroupsInput {
  readonly logGroupNamePrefix?: string;
  readonly logGroupNamePattern?: string;
  readonly limit?: number;
  readonly nextToken?: string;
}

export function describeLogGroups(context: LogsContext): Operation {
  return {
    input: {
      members: {
        logGroupNamePrefix: 'string',
        logGroupNamePattern: 'string',
        limit: 'integer',
        nextToken: 'string',
      },
    },
    permissions: () => [{ action: 'logs:DescribeLogGroups', resource: groupArn(context, '*') }],
    run({ logGroupNamePrefix: prefix, logGroupNamePattern: pattern, limit, nextToken }: DescribeLogGroupsInput) {
      if (prefix !== undefined && pattern !== undefined) {
        throw invalidParameter('LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.');
      }
      const part = (pattern ?? '').toLowerCase();
      const matching = context.store
        .groups()
        .filter(({ name }) => name.startsWith(prefix ?? ''))
        .filter(({ name }) => name.toLowerCase().includes(part));
      const page = pageOf(matching, (group) => group.name, nextToken, pageLimit(limit, 50));
      return {
        logGroups: page.items.map((group) => ({
          logGroupName: group.name,
          creationTime: group.createdAtMs,
          ...(group.retentionDays !== undefined && { retentionInDays: group.retentionDays }),
          metricFilterCount: 0,
          arn: `${groupArn(context, group.name)}:*`,
          storedBytes: 0,
          logGroupClass: 'STANDARD',
          logGroupArn: groupArn(context, group.name),
          deletionProtectionEnabled: false,
        })),
        ...(page.nextToken !== undefined && { nextToken: page.nextToken }),
      };
    },
  };
}
