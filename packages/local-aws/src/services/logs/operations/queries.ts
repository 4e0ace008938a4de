import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { AwsError, type JsonObject, type Operation } from '../../../endpoint/api.ts';
import { notImplemented } from '../../../endpoint/unserved.ts';
import { findLogGroup, invalidParameter, type LogsContext, missing, requestedGroupArn } from '../groups.ts';
import { mostResults, type Query, readQuery } from '../insights/query.ts';
import { type Row, rowOfEvent, textOf, type Value } from '../insights/row.ts';
import { pageOf, withinTime } from '../paging.ts';
import type { LogGroup } from '../store.ts';

/** How many events are looked at before other requests get their turn, and how long that may take. */
const slice = { events: 1000, ms: 500 } as const;

/** Queries whose results are kept. */
const mostKept = 100;

/** A query that runs, or has run. */
interface Run {
  readonly id: string;
  readonly queryString: string;
  readonly startedAtMs: number;
  readonly groupName: string;
  status: 'Running' | 'Complete' | 'Failed' | 'Cancelled';
  results: JsonObject[][];
  matched: number;
  scanned: number;
  bytes: number;
}

/** CloudWatch Logs Insights: queries over what the log groups hold, in a part of its language (insights/query.ts). */
export class QueryRuns {
  readonly #runs = new Map<string, Run>();
  #closed = false;

  operations(context: LogsContext): Readonly<Record<string, Operation>> {
    return {
      DescribeQueries: this.#describeQueries(),
      DescribeQueryDefinitions: describeQueryDefinitions(context),
      GetQueryResults: this.#getQueryResults(),
      StartQuery: this.#startQuery(context),
      StopQuery: this.#stopQuery(),
    };
  }

  close(): void {
    this.#closed = true;
  }

  #startQuery(context: LogsContext): Operation {
    return {
      input: { members: startQueryInput },
      permissions: (input: StartQueryInput) =>
        groupNames(input).map((logGroupIdentifier) => ({
          action: 'logs:StartQuery',
          resource: requestedGroupArn(context, { logGroupIdentifier }),
        })),
      run: (input: StartQueryInput) => {
        const { queryString, queryLanguage = 'CWLI', startTime, endTime, limit } = input;
        if (queryLanguage !== 'CWLI') throw notImplemented('Logs Insights', `the language ${queryLanguage}`);
        if (queryString === undefined) throw missing('queryString');
        if (startTime === undefined) throw missing('startTime');
        if (endTime === undefined) throw missing('endTime');
        if (limit !== undefined && (limit < 1 || limit > mostResults)) {
          throw invalidParameter(`The limit must be between 1 and ${mostResults}, not ${limit}.`);
        }
        const names = groupNames(input);
        if (names.length === 0) throw missing('logGroupName');
        const groups = names.map((logGroupIdentifier) => findLogGroup(context, { logGroupIdentifier }));
        const query = readQuery(queryString, limit);
        const progress = { status: 'Running' as const, results: [], matched: 0, scanned: 0, bytes: 0 };
        const about = { queryString, startedAtMs: context.store.now(), groupName: groups[0]?.name ?? '' };
        const run: Run = { id: randomUUID(), ...about, ...progress };
        this.#keep(run);
        void this.#execute(run, query, candidates(context, groups, startTime, endTime));
        return { queryId: run.id };
      },
    };
  }

  #keep(run: Run): void {
    this.#runs.set(run.id, run);
    const [oldest] = this.#runs.keys();
    if (this.#runs.size > mostKept && oldest !== undefined) this.#runs.delete(oldest);
  }

  async #execute(run: Run, query: Query, events: Generator<{ row: Row; bytes: number }>): Promise<void> {
    const rows: Row[] = [];
    const look = (): boolean => {
      for (let count = 0; count < slice.events; count += 1) {
        const next = events.next();
        if (next.done === true) return false;
        run.scanned += 1;
        run.bytes += next.value.bytes;
        const row = query.each(next.value.row);
        if (row !== undefined) rows.push(row);
      }
      return true;
    };
    try {
      while (run.status === 'Running' && withinTime(slice.ms, look)) {
        await setImmediate();
        if (this.#closed) return;
      }
      run.matched = rows.length;
      if (run.status !== 'Running') return;
      run.results = query.together(rows).map((row) => shownRow(row, query));
      run.status = 'Complete';
    } catch {
      run.status = 'Failed';
    }
  }

  #find({ queryId }: { readonly queryId?: string }): Run {
    if (queryId === undefined) throw missing('queryId');
    const run = this.#runs.get(queryId);
    if (run !== undefined) return run;
    throw new AwsError('ResourceNotFoundException', `Query ${queryId} does not exist.`);
  }

  #getQueryResults(): Operation {
    return {
      input: { members: { queryId: 'string' } },
      permissions: () => [{ action: 'logs:GetQueryResults', resource: '*' }],
      run: (input) => {
        const { status, results, matched, scanned, bytes } = this.#find(input);
        return {
          queryLanguage: 'CWLI',
          status,
          results,
          statistics: { recordsMatched: matched, recordsScanned: scanned, bytesScanned: bytes },
        };
      },
    };
  }

  #stopQuery(): Operation {
    return {
      input: { members: { queryId: 'string' } },
      permissions: () => [{ action: 'logs:StopQuery', resource: '*' }],
      run: (input) => {
        const run = this.#find(input);
        if (run.status !== 'Running') throw invalidParameter('Cannot stop a query that is not running.');
        run.status = 'Cancelled';
        return { success: true };
      },
    };
  }

  #describeQueries(): Operation {
    return {
      input: { members: { logGroupName: 'string', status: 'string' } },
      permissions: () => [{ action: 'logs:DescribeQueries', resource: '*' }],
      run: ({ logGroupName, status }: { readonly logGroupName?: string; readonly status?: string }) => ({
        queries: [...this.#runs.values()]
          .filter((run) => (logGroupName ?? run.groupName) === run.groupName && (status ?? run.status) === run.status)
          .toReversed()
          .map(({ id, queryString, startedAtMs, groupName, ...run }) => ({
            queryLanguage: 'CWLI',
            queryId: id,
            queryString,
            status: run.status,
            createTime: startedAtMs,
            logGroupName: groupName,
          })),
      }),
    };
  }
}

const startQueryInput = {
  logGroupName: 'string',
  logGroupNames: { list: 'string' },
  logGroupIdentifiers: { list: 'string' },
  startTime: 'integer',
  endTime: 'integer',
  queryString: 'string',
  limit: 'integer',
  queryLanguage: 'string',
} as const;

/** Times are seconds since the epoch, and both count in. */
interface StartQueryInput {
  readonly logGroupName?: string;
  readonly logGroupNames?: readonly string[];
  readonly logGroupIdentifiers?: readonly string[];
  readonly startTime?: number;
  readonly endTime?: number;
  readonly queryString?: string;
  readonly limit?: number;
  readonly queryLanguage?: string;
}

function groupNames({ logGroupName, logGroupNames = [], logGroupIdentifiers = [] }: StartQueryInput): string[] {
  return [...(logGroupName === undefined ? [] : [logGroupName]), ...logGroupNames, ...logGroupIdentifiers];
}

function* candidates(
  { accountId }: LogsContext,
  groups: readonly LogGroup[],
  startSeconds: number,
  endSeconds: number,
): Generator<{ row: Row; bytes: number }> {
  for (const group of groups) {
    for (const { atMs, streamName, message, sequence } of group.eventsFrom(0)) {
      if (atMs < startSeconds * 1000 || atMs >= (endSeconds + 1) * 1000) continue;
      const pointer = Buffer.from(`${group.name} ${sequence}`).toString('base64');
      const row = rowOfEvent({ atMs, streamName, message, log: `${accountId}:${group.name}`, pointer });
      yield { row, bytes: message.length };
    }
  }
}

/** The columns that the row has, as text, and for an event its pointer. */
function shownRow(row: Row, { columns, ofEvents }: Query): JsonObject[] {
  return [...columns, ...(ofEvents && !columns.includes('@ptr') ? ['@ptr'] : [])].flatMap((field) => {
    const value = row.get(field);
    return value === undefined ? [] : [{ field, value: shownValue(value) }];
  });
}

/** Insights rounds to four decimals. */
function shownValue(value: Exclude<Value, undefined>): string {
  return typeof value === 'number' ? String(Number(value.toFixed(4))) : textOf(value);
}

interface DescribeQueryDefinitionsInput {
  readonly queryDefinitionNamePrefix?: string;
  readonly maxResults?: number;
  readonly nextToken?: string;
}

/** The saved queries of the stacks. */
function describeQueryDefinitions({ definitions }: LogsContext): Operation {
  return {
    input: { members: { queryDefinitionNamePrefix: 'string', maxResults: 'integer', nextToken: 'string' } },
    permissions: () => [{ action: 'logs:DescribeQueryDefinitions', resource: '*' }],
    run({ queryDefinitionNamePrefix: prefix = '', maxResults = 1000, nextToken }: DescribeQueryDefinitionsInput) {
      if (maxResults < 1 || maxResults > 1000) {
        throw invalidParameter(`The number of results must be between 1 and 1000, not ${maxResults}.`);
      }
      const found = definitions()
        .filter(({ name }) => name.startsWith(prefix))
        .toSorted((a, b) => (a.name < b.name ? -1 : 1));
      const page = pageOf(found, ({ id }) => id, nextToken, maxResults);
      return {
        queryDefinitions: page.items.map(({ id, name, queryString, logGroupNames }) => ({
          queryLanguage: 'CWLI',
          queryDefinitionId: id,
          name,
          queryString,
          logGroupNames: [...logGroupNames],
        })),
        ...(page.nextToken !== undefined && { nextToken: page.nextToken }),
      };
    },
  };
}
