import type { Operation } from '../../../endpoint/api.ts';
import {
  findLogGroup,
  groupArn,
  type GroupReference,
  invalidParameter,
  type LogsContext,
  requestedGroupArn,
} from '../groups.ts';
import { pageLimit, pageOf } from '../paging.ts';
import type { LogStream } from '../store.ts';

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

interface DescribeLogStreamsInput extends GroupReference {
  readonly logStreamNamePrefix?: string;
  readonly orderBy?: string;
  readonly descending?: boolean;
  readonly limit?: number;
  readonly nextToken?: string;
}

export function describeLogStreams(context: LogsContext): Operation {
  return {
    input: {
      members: {
        logGroupName: 'string',
        logGroupIdentifier: 'string',
        logStreamNamePrefix: 'string',
        orderBy: 'string',
        descending: 'boolean',
        limit: 'integer',
        nextToken: 'string',
      },
    },
    permissions: (input: DescribeLogStreamsInput) => [
      { action: 'logs:DescribeLogStreams', resource: requestedGroupArn(context, input) },
    ],
    run(input: DescribeLogStreamsInput) {
      const group = findLogGroup(context, input);
      const sorted = sortedStreams(group.streams(), input);
      const page = pageOf(sorted, (stream) => stream.name, input.nextToken, pageLimit(input.limit, 50));
      return {
        logStreams: page.items.map((stream) => ({
          logStreamName: stream.name,
          creationTime: stream.createdAtMs,
          ...(stream.firstEventAtMs !== undefined && { firstEventTimestamp: stream.firstEventAtMs }),
          ...(stream.lastEventAtMs !== undefined && {
            lastEventTimestamp: stream.lastEventAtMs,
            lastIngestionTime: stream.lastEventAtMs,
          }),
          arn: `${groupArn(context, group.name)}:log-stream:${stream.name}`,
          storedBytes: 0,
        })),
        ...(page.nextToken !== undefined && { nextToken: page.nextToken }),
      };
    },
  };
}

function sortedStreams(streams: readonly LogStream[], input: DescribeLogStreamsInput): LogStream[] {
  const { logStreamNamePrefix: prefix, orderBy = 'LogStreamName', descending = false } = input;
  if (orderBy !== 'LogStreamName' && orderBy !== 'LastEventTime') {
    throw invalidParameter(
      `1 validation error detected: Value '${orderBy}' at 'orderBy' failed to satisfy constraint: Member must satisfy enum value set: [LogStreamName, LastEventTime]`,
    );
  }
  if (orderBy === 'LastEventTime' && prefix !== undefined) {
    throw invalidParameter('Cannot order by LastEventTime with a logStreamNamePrefix.');
  }
  const sorted = streams
    .filter(({ name }) => name.startsWith(prefix ?? ''))
    .toSorted(orderBy === 'LastEventTime' ? byTime : byName);
  return descending ? sorted.toReversed() : sorted;
}

function byName(a: LogStream, b: LogStream): number {
  return a.name < b.name ? -1 : 1;
}

function byTime(a: LogStream, b: LogStream): number {
  return (a.lastEventAtMs ?? 0) - (b.lastEventAtMs ?? 0) || byName(a, b);
}
