import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { tableName } from './local-table.ts';

export interface BundledRun {
  readonly event: unknown;
  /** Over what the stack and Lambda set. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Answer of a handler, or `{ errorType, stack }` of what it threw. */
export type Report = Readonly<Record<string, unknown>>;

/** Invokes a bundled consumer once, in a process that has nothing but what Lambda gives. */
export async function runBundled(directory: string, { event, environment }: BundledRun): Promise<Report> {
  const program = `
    const { handler } = await import(${JSON.stringify(join(directory, 'index.mjs'))});
    const context = { getRemainingTimeInMillis: () => 10_000 };
    const report = await handler(${JSON.stringify(event)}, context).catch(({ constructor, stack }) => ({
      errorType: constructor.name,
      stack,
    }));
    process.stdout.write('\\n' + JSON.stringify(report));
    // An idle connection would keep the process for as long as the server keeps it.
    process.exit();`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    env: {
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'test-key',
      AWS_SECRET_ACCESS_KEY: 'test-secret',
      AWS_SESSION_TOKEN: 'test-token',
      ORDERS_QUEUE_URL: 'http://127.0.0.1:1/queue',
      ORDERS_TABLE_NAME: tableName,
      PARTIAL_BATCH_RESPONSES: 'true',
      MAX_RECEIVE_COUNT: '5',
      RETRY_BASE_SECONDS: '2',
      RETRY_CAP_SECONDS: '300',
      LOG_CUSTOMER_NAMES: 'false',
      ...environment,
    },
  });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const report = stdout.split('\n').at(-1);
  if (report === undefined || report === '')
    throw new Error(`The function's process ended without a report: ${stderr}`);
  return JSON.parse(report) as Report;
}
