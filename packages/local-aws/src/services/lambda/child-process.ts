import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { ProcessGuard } from '../../processes.ts';
import { systemError } from '../../system-errors.ts';
import type { ProcessExit } from './exit-reason.ts';
import { FrameDecoder, FrameKind, LineSplitter } from './process-output.ts';

/** How a process for an execution environment is started, and who hears of it. */
export interface ChildOptions {
  /** The program, and what it is given. */
  readonly command: readonly [program: string, ...rest: string[]];
  readonly environment: Readonly<Record<string, string>>;
  readonly directory: string;
  readonly guard: ProcessGuard;
  /** A log event that `console` formatted, or (`raw`) a line written past it. */
  readonly onLine: (line: string, raw: boolean) => void;
  /** The frames `done` and `exiting`. */
  readonly onFrame: (kind: number) => void;
  /** The first call that the process makes of a host of AWS. */
  readonly onAwsCall: (call: AwsCall) => void;
}

/** A call past the endpoint, as bootstrap/aws-calls.cjs tells it. Only calls of the kind `sent` are sent. */
export interface AwsCall {
  readonly host: string;
  readonly kind: 'metadata' | 'sent' | 'signed';
}

/** How long output may still arrive after the exit, should a descendant in a session of its own hold the pipes. */
const lastOutputMs = 250;

/**
 * A process of an execution environment: in a process group of its own, so that a terminal's Ctrl-C does not reach it
 * and one signal ends it with all it started, and watched by the guard. Only what it started in a session of its own
 * outlives it: nothing that Node.js offers finds that for certain.
 */
export class RuntimeChild {
  /** Settles when the process and its group are gone and all its output is read. */
  readonly exit: Promise<ProcessExit>;
  exited = false;
  peakMemoryBytes = 0;
  #outOfMemory = false;
  readonly #child: ChildProcess;
  readonly #options: ChildOptions;
  readonly #stdout: LineSplitter;
  readonly #stderr: LineSplitter;

  constructor(options: ChildOptions) {
    this.#options = options;
    this.#stdout = new LineSplitter((line) => options.onLine(line, true));
    this.#stderr = new LineSplitter((line) => options.onLine(line, true));
    const [program, ...rest] = options.command;
    this.#child = spawn(program, rest, {
      cwd: options.directory,
      env: options.environment,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    if (this.#child.pid !== undefined) options.guard.watch(this.#child.pid);
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => this.#stdout.push(text));
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => this.#stderr.push(text));
    const decoder = new FrameDecoder((kind, payload) => this.#frame(kind, payload));
    // A process that could not be started has no pipes.
    const frames = (this.#child.stdio as ChildProcess['stdio'] | undefined)?.[3] as Readable | undefined;
    frames?.on('data', (chunk: Buffer) => decoder.push(chunk));
    frames?.on('error', () => {});
    this.exit = this.#watchExit();
  }

  /** Undefined once the process is gone: its number may then be another's. */
  get processId(): number | undefined {
    const { pid, exitCode, signalCode } = this.#child;
    return exitCode === null && signalCode === null ? pid : undefined;
  }

  /** Kills the process group; settles when it is gone. */
  async kill(): Promise<void> {
    this.#killGroup();
    await this.exit;
  }

  #killGroup(): void {
    try {
      if (this.#child.pid !== undefined) process.kill(-this.#child.pid, 'SIGKILL');
    } catch {
      // The group is gone already.
    }
  }

  async #watchExit(): Promise<ProcessExit> {
    const child = this.#child;
    const end = await new Promise<{ code: number | null; signal: string | null }>((resolve) => {
      child.once('exit', (code, signal) => resolve({ code, signal }));
      child.once('error', (error) => {
        this.#options.onLine(systemError(error)?.message ?? error.message, true);
        resolve({ code: 127, signal: null });
      });
    });
    this.#killGroup();
    await closed(child);
    if (child.pid !== undefined) this.#options.guard.forget(child.pid);
    this.#flush();
    this.exited = true;
    return { ...end, outOfMemory: this.#outOfMemory };
  }

  #flush(): void {
    this.#stdout.flush();
    this.#stderr.flush();
  }

  #frame(kind: number, payload: string): void {
    switch (kind) {
      case FrameKind.log:
        return this.#options.onLine(payload, false);
      case FrameKind.stdout:
        return this.#stdout.push(payload);
      case FrameKind.stderr:
        return this.#stderr.push(payload);
      case FrameKind.awsCall:
        return this.#options.onAwsCall(JSON.parse(payload) as AwsCall);
      default:
        this.peakMemoryBytes = Number(payload);
        this.#outOfMemory ||= kind === FrameKind.outOfMemory;
        this.#flush();
        this.#options.onFrame(kind);
    }
  }
}

/** All pipes of the exited process are read to their end, or nothing comes any more. */
function closed(child: ChildProcess): Promise<void> {
  if (child.pid === undefined) return Promise.resolve();
  const open = child.stdio.filter((stream) => stream !== null && stream !== undefined && !stream.destroyed);
  if (open.length === 0) return Promise.resolve();
  return new Promise((resolve) => {
    // Real time, not the service's clock: this waits for the operating system.
    const timer = setTimeout(() => {
      for (const stream of open) stream?.destroy();
    }, lastOutputMs);
    child.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
