import { type ChildOptions, RuntimeChild } from './child-process.ts';
import type { ProcessExit } from './exit-reason.ts';
import { FrameKind } from './process-output.ts';
import type { RuntimeApiServer, RuntimeInvocation, RuntimeSession } from './runtime-api-server.ts';

/** How the initialisation of a process ended. `error` carries the document that the runtime reported. */
export type InitOutcome =
  | { readonly kind: 'ready' }
  | { readonly kind: 'error'; readonly document: string }
  | { readonly kind: 'exit'; readonly exit: ProcessExit };

/** How one invocation of a process ended. `exit` beside an error: the runtime reported it and ended itself. */
export type RunOutcome =
  | { readonly kind: 'response'; readonly body: string | undefined }
  | { readonly kind: 'error'; readonly document: string; readonly exit?: ProcessExit }
  | { readonly kind: 'exit'; readonly exit: ProcessExit };

interface Running {
  readonly invocation: RuntimeInvocation;
  readonly resolve: (outcome: RunOutcome) => void;
  answer?: RunOutcome;
  /** The process said that all output of the invocation is written. */
  outputComplete: boolean;
}

/**
 * A process and its conversation over the Runtime API:
 *
 *     initialising --next--> waiting --run()--> running --answer and complete output--> waiting
 *
 * and from every state, by an exit, to the end. The answer comes over HTTP and the output over a pipe, so that an
 * invocation is over only when both have arrived.
 */
export class RuntimeProcess implements RuntimeSession {
  readonly ready: Promise<InitOutcome>;
  readonly #child: RuntimeChild;
  #resolveReady!: (outcome: InitOutcome) => void;
  #initError: string | undefined;
  #deliver: ((invocation: RuntimeInvocation) => void) | undefined;
  #running: Running | undefined;

  constructor(processKey: string, api: RuntimeApiServer, options: Omit<ChildOptions, 'onFrame'>) {
    this.ready = new Promise((resolve) => (this.#resolveReady = resolve));
    api.register(processKey, this);
    this.#child = new RuntimeChild({ ...options, onFrame: (kind) => this.#onFrame(kind) });
    void this.#child.exit.then((exit) => {
      api.unregister(processKey);
      this.#onExit(exit);
    });
  }

  get exited(): boolean {
    return this.#child.exited;
  }

  /** Undefined once it is gone. */
  get processId(): number | undefined {
    return this.#child.processId;
  }

  get peakMemoryBytes(): number {
    return this.#child.peakMemoryBytes;
  }

  /** Only once `ready` says so, and one invocation at a time. */
  run(invocation: RuntimeInvocation): Promise<RunOutcome> {
    return new Promise((resolve) => {
      this.#running = { invocation, resolve, outputComplete: false };
      this.#deliver?.(invocation);
      this.#deliver = undefined;
      if (this.exited) void this.#child.exit.then((exit) => this.#onExit(exit));
    });
  }

  /** Settles when the process is gone, and all it started but in a session of its own. */
  kill(): Promise<void> {
    return this.#child.kill();
  }

  onNext(deliver: (invocation: RuntimeInvocation) => void): void {
    this.#resolveReady({ kind: 'ready' });
    if (this.#running === undefined) this.#deliver = deliver;
    else deliver(this.#running.invocation);
  }

  onResponse(requestId: string, body: string | undefined): boolean {
    return this.#answer(requestId, { kind: 'response', body });
  }

  onError(requestId: string, body: string): boolean {
    return this.#answer(requestId, { kind: 'error', document: body });
  }

  onInitError(body: string): void {
    this.#initError = body;
  }

  #answer(requestId: string, answer: RunOutcome): boolean {
    const running = this.#running;
    if (running?.invocation.requestId !== requestId || running.answer !== undefined) return false;
    running.answer = answer;
    this.#settleIfComplete(running);
    return true;
  }

  #onFrame(kind: number): void {
    if (kind !== FrameKind.done || this.#running === undefined) return;
    this.#running.outputComplete = true;
    this.#settleIfComplete(this.#running);
  }

  #settleIfComplete(running: Running): void {
    if (running.answer === undefined || !running.outputComplete) return;
    this.#running = undefined;
    running.resolve(running.answer);
  }

  #onExit(exit: ProcessExit): void {
    this.#resolveReady(
      this.#initError === undefined ? { kind: 'exit', exit } : { kind: 'error', document: this.#initError },
    );
    const running = this.#running;
    this.#running = undefined;
    if (running === undefined) return;
    const { answer } = running;
    if (answer === undefined) running.resolve({ kind: 'exit', exit });
    else running.resolve(answer.kind === 'error' ? { ...answer, exit } : answer);
  }
}
