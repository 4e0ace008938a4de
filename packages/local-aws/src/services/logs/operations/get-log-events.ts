import type { Operation } from '../../../endpoint/api.ts';
import {
  findLogGroup,
  groupArn,
  type GroupReference,
  invalidToken,
  type LogsContext,
  missing,
  streamNotFound,
} from '../groups.ts';
import { pageLimit } from '../paging.ts';
import type { LogGroup, StoredEvent } from '../store.ts';

interface GetLogEventsInput extends GroupReference {
  readonly logStreamName?: string;
  /** Epoch milliseconds; `startTime` counts in, `endTime` does not. */
  readonly startTime?: number;
  readonly endTime?: number;
  readonly startFromHead?: boolean;
  readonly limit?: number;
  readonly nextToken?: string;
}

/** A place between two events: `sequence` is that of the first event behind it. */
interface Position {
  readonly direction: 'f' | 'b';
  readonly sequence: number;
}

export function getLogEvents(context: LogsContext): Operation {
  return {
    input: {
      members: {
        logGroupName: 'string',
        logGroupIdentifier: 'string',
        logStreamName: 'string',
        startTime: 'integer',
        endTime: 'integer',
        startFromHead: 'boolean',
        limit: 'integer',
        nextToken: 'string',
      },
    },
    permissions: ({ logGroupName, logGroupIdentifier, logStreamName = '*' }: GetLogEventsInput) => {
      const name = logGroupName ?? logGroupIdentifier ?? '*';
      const resource = `${groupArn(context, name)}:log-stream:${logStreamName}`;
      return [{ action: 'logs:GetLogEvents', resource }];
    },
    run(input: GetLogEventsInput) {
      const group = findLogGroup(context, input);
      const { logStreamName: streamName } = input;
      if (streamName === undefined) throw missing('logStreamName');
      if (group.stream(streamName) === undefined) throw streamNotFound();
      const position = positionOf(input);
      const events = read(group, streamName, position, input);
      const first = events[0]?.sequence ?? position.sequence;
      const last = events.at(-1);
      const after = last === undefined ? position.sequence : last.sequence + 1;
      return {
        events: events.map(({ atMs, message }) => ({ timestamp: atMs, message, ingestionTime: atMs })),
        // At either end the token answers itself, by which clients know that there is no more (API reference).
        nextForwardToken: tokenOf('f', Number.isFinite(after) ? after : 0),
        nextBackwardToken: tokenOf('b', Number.isFinite(first) ? first : 0),
      };
    },
  };
}

/** Forwards: the first `limit` events behind the position. Backwards: the last ones before it. Oldest first in both. */
function read(group: LogGroup, streamName: string, position: Position, input: GetLogEventsInput): StoredEvent[] {
  const { startTime = 0, endTime = Infinity } = input;
  const limit = pageLimit(input.limit, 10_000);
  const isForward = position.direction === 'f';
  const events: StoredEvent[] = [];
  for (const event of isForward ? group.eventsFrom(position.sequence) : group.eventsBefore(position.sequence)) {
    if (event.streamName !== streamName || event.atMs < startTime || event.atMs >= endTime) continue;
    events.push(event);
    if (events.length === limit) break;
  }
  return isForward ? events : events.toReversed();
}

/** Without a token: from the first event on with `startFromHead`, else back from the last one. */
function positionOf({ nextToken, startFromHead }: GetLogEventsInput): Position {
  if (nextToken === undefined) {
    return startFromHead === true ? { direction: 'f', sequence: 0 } : { direction: 'b', sequence: Infinity };
  }
  const [, direction, digits] = /^([fb])\/(\d{1,56})\/s$/.exec(nextToken) ?? [];
  if (direction !== 'f' && direction !== 'b') throw invalidToken();
  return { direction, sequence: Number(digits) };
}

function tokenOf(direction: 'f' | 'b', sequence: number): string {
  return `${direction}/${String(sequence).padStart(56, '0')}/s`;
}
