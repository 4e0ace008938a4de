import { Argument, type Command } from 'commander';
import { logEvents, orderPatterns } from '../aws/logs.ts';
import { type FunctionName, functionNames, functionsWith, logGroupOf } from '../aws/stack.ts';
import { exitCodes, idArgument } from '../command-line.ts';
import type { OrdersContext, Run } from '../context.ts';
import { mergeSorted } from '../streams.ts';
import { type FunctionLogEvent, instanceOf, logLine } from '../terminal/log-line.ts';
import { isoTime, sleep } from '../time.ts';
import { parseMoment } from '../time.ts';

interface LogsOptions {
  readonly follow?: boolean;
  readonly since: string;
  readonly order?: string;
}

const pollMs = 1_000;
/**
 * CloudWatch takes in events a little late and out of order. So a follower looks back this far, and remembers what it
 * showed.
 */
const lookBackMs = 30_000;

export function defineLogs(program: Command, run: Run): void {
  program
    .command('logs')
    .summary("the functions' logs")
    .description("Shows the functions' logs, merged by time.")
    .addArgument(new Argument('[function]', 'one function (default: all)').choices(functionNames))
    .option('--follow', 'go on until Ctrl-C')
    .option('--since <time>', 'from when: 10m, 2h, 3d, 2026-11-20T12:00Z', '10m')
    .option('--order <id>', 'only lines about this order, or this message (first digits will do)', idArgument)
    .addHelpText('after', '\nExample: orders logs process-orders --follow')
    .action((name: FunctionName | undefined, options: LogsOptions) => run((context) => logs(context, name, options)));
}

interface Followed extends FunctionLogEvent {
  readonly eventId: string;
}

async function logs(context: OrdersContext, name: FunctionName | undefined, options: LogsOptions): Promise<number> {
  const { io } = context;
  const pattern = options.order === undefined ? undefined : orderPatterns([options.order])[0];
  let startMs = parseMoment('--since', options.since, io.clock.now());
  const { logGroups } = await context.outputs();
  const names = name === undefined ? functionsWith(logGroups) : [name];

  async function* eventsOf(functionName: FunctionName): AsyncGenerator<Followed> {
    const query = { logGroupName: logGroupOf(logGroups, functionName), startMs, pattern };
    for await (const event of logEvents(context.clients.logs, query)) yield { function: functionName, ...event };
  }

  /** The times of the events that were shown, by their ids. */
  let shown = new Map<string, number>();
  for (;;) {
    for await (const event of mergeSorted(names.map(eventsOf), (a, b) => a.atMs - b.atMs)) {
      if (io.signal.aborted) return exitCodes.done;
      const id = `${event.function} ${event.eventId}`;
      if (shown.has(id)) continue;
      if (options.follow === true) shown.set(id, event.atMs);
      await show(context, event);
    }
    if (options.follow !== true) return exitCodes.done;
    startMs = Math.max(startMs, io.clock.now() - lookBackMs);
    shown = new Map([...shown].filter(([, atMs]) => atMs >= startMs));
    await sleep(io.clock, pollMs, io.signal);
    if (io.signal.aborted) return exitCodes.done;
  }
}

async function show(context: OrdersContext, event: FunctionLogEvent): Promise<void> {
  if (context.json) return context.printJson(logDocument(event), 'line');
  const line = logLine(event, context.paint, context.io.stdout.columns);
  if (line !== undefined) await context.print(line);
}

/** A log event as a JSON document, the logged JSON inside it. */
function logDocument({ function: name, atMs, logStreamName, message }: FunctionLogEvent): unknown {
  const instance = instanceOf(logStreamName);
  return { at: isoTime(atMs), function: name, instance, logStreamName, message: parsed(message) };
}

function parsed(message: string): unknown {
  const line = message.trimEnd();
  if (!line.startsWith('{')) return line;
  try {
    return JSON.parse(line);
  } catch {
    return line;
  }
}
