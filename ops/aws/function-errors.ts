import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { logEvents } from './log-events.ts';
import { functionErrorPattern } from './log-patterns.ts';
import { type FunctionName, functionNames, type StackOutputs } from './stack-outputs.ts';

export type ErrorCounts = Readonly<Record<FunctionName, number>>;

/** Errors of each function since a time (epoch milliseconds); failed orders, logged as errors too, are not among them. */
export async function countFunctionErrors(
  client: CloudWatchLogsClient,
  { logGroups }: StackOutputs,
  startMs: number,
): Promise<ErrorCounts> {
  const counts = functionNames.map(async (name) => {
    const query = { logGroupName: logGroups[name], startMs, pattern: functionErrorPattern };
    return [name, await countOf(logEvents(client, query))] as const;
  });
  return Object.fromEntries(await Promise.all(counts)) as ErrorCounts;
}

async function countOf(events: AsyncGenerator): Promise<number> {
  let count = 0;
  while ((await events.next()).done !== true) count += 1;
  return count;
}
