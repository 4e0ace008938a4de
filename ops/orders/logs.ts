import type { Command } from 'commander';
import { sleep } from 'local-aws';
import { logEvents } from '../aws/log-events.ts';
import { orderPatterns } from '../aws/log-patterns.ts';
import { type FunctionName, functionNames } from '../aws/stack-outputs.ts';
import { oneOf } from '../command-line.ts';
import { mergeSorted } from '../ledger/merge-sorted.ts';
import type { OrdersContext, Run } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { type FunctionLogEvent, logDocument, logLine } from './log-line.ts';
import { parseMoment } from './moment.ts';
import { searchedText } from './option-values.ts';

interface LogsOptions {
  readonly follow?: boolean;
  readonly since: string;
  readonly order?: string;
}

const pollMs = 1_000;
/** CloudWatch takes in events a little late and out of order: followers look back as far, and know what they showed. */
const lookBackMs = 30_000;

export function defineLogs(program: Command, run: Run): void {
  program
    .command('logs')
    .summary("the functions' logs")
    .description("Shows the functions' logs, merged by time.")
    .argument('[function]', `${functionNames.join(', ')} (default: all)`)
    .option('--follow', 'go on until Ctrl-C')
    .option('--since <time>', 'from when: 10m, 2h, 3d, 2026-11-20T12:00Z', '10m')
    .option('--order <id>', 'only lines about this order, or this message', searchedText)
    .addHelpText('after', '\nExample: orders logs process-orders --follow')
    .action((name: string | undefined, options: LogsOptions) => run((context) => logs(context, name, options)));
}

interface Followed {
  readonly function: FunctionName;
  readonly eventId: string;
  readonly atMs: number;
  readonly message: string;
}

async function logs(context: OrdersContext, name: string | undefined, options: LogsOptions): Promise<number> {
  const { io } = context;
  const names = name === undefined ? functionNames : [oneOf('FUNCTION', name, functionNames)];
  const pattern = options.order === undefined ? undefined : orderPatterns([options.order])[0];
  let startMs = parseMoment('--since', options.since, io.clock.now());
  const { logGroups } = await context.outputs();

  async function* eventsOf(functionName: FunctionName): AsyncGenerator<Followed> {
    const query = { logGroupName: logGroups[functionName], startMs, pattern };
    for await (const event of logEvents(context.clients.logs, query)) yield { function: functionName, ...event };
  }

  /** When the events of the last look were, by their ids. */
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
  const line = logLine(event, context.paint);
  if (line !== undefined) await context.print(line);
}
