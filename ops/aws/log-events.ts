import { type CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';

/** An event of CloudWatch Logs, its time in milliseconds since the epoch. */
export interface LogEvent {
  readonly eventId: string;
  readonly atMs: number;
  readonly message: string;
}

/** Which events of a group to read. */
export interface LogQuery {
  readonly logGroupName: string;
  /** Epoch milliseconds, counted in. */
  readonly startMs: number;
  readonly endMs?: number;
  /** CloudWatch's filter pattern. */
  readonly pattern?: string | undefined;
}

/** Events of a log group by their time, page by page. Pages may be empty while CloudWatch still searches. */
export async function* logEvents(
  client: CloudWatchLogsClient,
  { logGroupName, startMs, endMs, pattern }: LogQuery,
): AsyncGenerator<LogEvent> {
  let nextToken: string | undefined;
  do {
    const page = await client.send(
      new FilterLogEventsCommand({
        logGroupName,
        startTime: startMs,
        ...(endMs !== undefined && { endTime: endMs }),
        ...(pattern !== undefined && { filterPattern: pattern }),
        ...(nextToken !== undefined && { nextToken }),
      }),
    );
    for (const { eventId = '', timestamp = 0, message = '' } of page.events ?? []) {
      yield { eventId, atMs: timestamp, message };
    }
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
}
