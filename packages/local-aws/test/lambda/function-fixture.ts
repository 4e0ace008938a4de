import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '../../src/clock.ts';
import { EventStream, type LogEvent, type RuntimeEvent } from '../../src/events.ts';
import { LambdaService, type LambdaServiceOptions } from '../../src/services/lambda/functions.ts';
import type { FunctionModel } from '../../src/services/lambda/model.ts';

const region = 'eu-west-1';
const accountId = '000000000000';

/**
 * A function as a template would declare it; what a test does not care about has a default. The timeout is the longest
 * one there is, because the time of most tests is real.
 */
export function functionModel(settings: Partial<FunctionModel> = {}): FunctionModel {
  const name = settings.name ?? 'worker';
  return {
    stack: 'Test',
    logicalId: 'Worker',
    name,
    arn: `arn:aws:lambda:${region}:${accountId}:function:${name}`,
    runtime: 'nodejs24.x',
    handler: 'index.handler',
    codeDirectory: '/nowhere',
    environment: {},
    timeoutSeconds: 900,
    memoryMb: 256,
    architecture: 'arm64',
    description: '',
    logFormat: 'Text',
    applicationLogLevel: 'INFO',
    systemLogLevel: 'INFO',
    logGroupName: `/aws/lambda/${name}`,
    activeTracing: false,
    roleArn: `arn:aws:iam::${accountId}:role/worker`,
    ...settings,
  };
}

/** A function that starts a process, logs its own pid and that of it after `pids`, and never returns. */
export const endless = {
  'index.js': `
    const { spawn } = require('node:child_process');
    exports.handler = async () => {
      console.log('pids', process.pid, spawn('sleep', ['60']).pid);
      for (;;) {}
    };`,
};

/** Writes files, by their path, to a new folder that `removeFolders` removes. */
export function codeFolder(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'lambda-test-'));
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  }
  return folder;
}

const folders: string[] = [];

export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** A started service and all it emits. Disposing of it ends its processes. */
export interface RunningLambda extends AsyncDisposable {
  readonly lambda: LambdaService;
  readonly events: EventStream;
  readonly emitted: RuntimeEvent[];
  /** Messages of the log events so far. */
  logs(): string[];
  logEvents(): LogEvent[];
}

export async function startLambda(
  functions: readonly FunctionModel[],
  options: Partial<LambdaServiceOptions> = {},
): Promise<RunningLambda> {
  const events = options.events ?? new EventStream();
  const emitted: RuntimeEvent[] = [];
  events.subscribe((event) => emitted.push(event));
  const lambda = new LambdaService({
    functions,
    clock: systemClock,
    events,
    region,
    accountId,
    endpointUrl: 'http://127.0.0.1:4566',
    credentialsFor: (fn) => ({ accessKeyId: `key-of-${fn.name}`, secretAccessKey: 'secret', sessionToken: 'token' }),
    ...options,
  });
  await lambda.start();
  const logEvents = () => emitted.filter((event) => event.type === 'log');
  return {
    lambda,
    events,
    emitted,
    logEvents,
    logs: () => logEvents().map((event) => event.message),
    [Symbol.asyncDispose]: () => lambda.close(),
  };
}

/** The result of an invocation with a JSON payload, its own payload parsed. */
export async function invokeJson(
  lambda: LambdaService,
  name: string,
  event: unknown,
): Promise<{ result: Awaited<ReturnType<LambdaService['invoke']>>; payload: Record<string, unknown> }> {
  const result = await lambda.invoke(name, JSON.stringify(event), { logType: 'Tail' });
  return { result, payload: JSON.parse(result.payload) as Record<string, unknown> };
}

/** A zombie counts as gone: it only waits for the system to take note. */
export function isAlive(pid: unknown): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.trim().startsWith('Z');
}
