import type { Operation } from '../../../endpoint/api.ts';
import { parseFilterPattern } from '../filter.ts';
import {
  findLogGroup,
  type GroupReference,
  invalidParameter,
  invalidToken,
  type LogsContext,
  requestedGroupArn,
  streamNotFound,
} from '../groups.ts';
import { findPage, pageLimit, pageMs, withinTime } from '../paging.ts';
import type { StoredEvent } from '../store.ts';

/** How much longer than a page's time the last event may take. */
const eventMs = 500;

interface FilterLogEventsInput extends GroupReference {
  readonly logStreamNames?: readonly string[];
  readonly logStreamNamePrefix?: string;
  /** Epoch milliseconds; both count in (unlike the `endTime` of GetLogEvents). */
  readonly startTime?: number;
  readonly endTime?: number;
  readonly filterPattern?: string;
  readonly nextToken?: string;
  readonly limit?: number;
}

export function filterLogEvents(context: LogsContext): Operation {
  return {
    input: {
      members: {
        logGroupName: 'string',
        logGroupIdentifier: 'string',
        logStreamNames: { list: 'string' },
        logStreamNamePrefix: 'string',
        startTime: 'integer',
        endTime: 'integer',
        filterPattern: 'string',
        nextToken: 'string',
        limit: 'integer',
        interleaved: 'boolean',
        unmask: 'boolean',
      },
    },
    permissions: (input: FilterLogEventsInput) => [
      { action: 'logs:FilterLogEvents', resource: requestedGroupArn(context, input) },
    ],
    run(input: FilterLogEventsInput) {
      const group = findLogGroup(context, input);
      const matches = matcher(input);
      if (input.logStreamNames?.some((name) => group.stream(name) === undefined)) throw streamNotFound();
      const limit = pageLimit(input.limit, 10_000);
      const { events, next } = withinTime(pageMs + eventMs, () =>
        findPage(group.eventsFrom(startOf(input.nextToken)), matches, limit, () => performance.now()),
      );
      return {
        events: events.map(({ sequence, streamName, atMs, message }) => ({
          logStreamName: streamName,
          timestamp: atMs,
          message,
          ingestionTime: atMs,
          eventId: String(sequence).padStart(56, '0'),
        })),
        searchedLogStreams: [],
        ...(next !== undefined && { nextToken: tokenOf(next) }),
      };
    },
  };
}

function matcher(input: FilterLogEventsInput): (event: StoredEvent) => boolean {
  const { logStreamNames, logStreamNamePrefix = '', startTime = 0, endTime = Infinity, filterPattern = '' } = input;
  if (logStreamNames !== undefined && logStreamNamePrefix !== '') {
    throw invalidParameter('Cannot specify both logStreamNames and logStreamNamePrefix.');
  }
  const names = logStreamNames === undefined ? undefined : new Set(logStreamNames);
  const filter = parseFilterPattern(filterPattern);
  return ({ atMs, streamName, message }) =>
    atMs >= startTime &&
    atMs <= endTime &&
    (names?.has(streamName) ?? true) &&
    streamName.startsWith(logStreamNamePrefix) &&
    filter(message);
}

/** The token names the first event of its page. */
function tokenOf(sequence: number): string {
  return `e${sequence.toString(36)}`;
}

function startOf(nextToken: string | undefined): number {
  if (nextToken === undefined) return 0;
  const digits = /^e([0-9a-z]{1,11})$/.exec(nextToken)?.[1];
  if (digits === undefined) throw invalidToken();
  return Number.parseInt(digits, 36);
}
