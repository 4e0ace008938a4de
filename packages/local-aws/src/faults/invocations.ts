import type { Clock } from '../clock.ts';
import type { EventStream, InvocationStarted } from '../events.ts';
import type { LambdaService } from '../services/lambda/functions.ts';

/** The invocations that run at this moment, and what can be done to their processes. */
export class Invocations {
  readonly #running = new Map<string, InvocationStarted>();
  readonly #byTrace = new Map<string, InvocationStarted>();
  readonly #still = new Set<string>();
  readonly #endOfStandstill = new Map<string, () => void>();
  #lambda: LambdaService | undefined;

  constructor(events: EventStream, clock: Clock) {
    events.subscribe((event) => {
      if (event.type === 'invocation-started') {
        this.#running.set(event.requestId, event);
        this.#endOfStandstill.set(event.requestId, this.#untilTimeout(event, clock));
        this.#byTrace.set(event.traceHeader, event);
      } else if (event.type === 'invocation-ended') {
        const ended = this.#running.get(event.requestId);
        if (ended !== undefined) this.#byTrace.delete(ended.traceHeader);
        // The process may have been stopped after its answer. The environment's next invocation needs it awake.
        if (ended !== undefined) this.wake(ended);
        this.#running.delete(event.requestId);
        this.#endOfStandstill.get(event.requestId)?.();
        this.#endOfStandstill.delete(event.requestId);
      }
    });
  }

  /** Gives the service that knows the processes. Without it nothing can be done to an invocation. */
  attach(lambda: LambdaService): void {
    this.#lambda = lambda;
  }

  /** How many invocations stand still now and have not reached their timeouts. */
  get still(): number {
    return this.#still.size;
  }

  /** The running invocation that a request comes from. */
  sender(traceHeader: string | undefined): InvocationStarted | undefined {
    return this.#byTrace.get(traceHeader ?? '');
  }

  /** SIGKILL. False when the invocation or its process has ended. */
  kill(invocation: InvocationStarted): boolean {
    return this.#signal(invocation, 'SIGKILL');
  }

  /** SIGSTOP, so that the function does nothing more until it is woken or its timeout kills it. */
  standStill(invocation: InvocationStarted): boolean {
    if (!this.#signal(invocation, 'SIGSTOP')) return false;
    this.#still.add(invocation.requestId);
    return true;
  }

  wake(invocation: InvocationStarted): void {
    if (this.#still.delete(invocation.requestId)) this.#signal(invocation, 'SIGCONT');
  }

  /** After its timeout an invocation is being killed, so it no longer counts as standing still. */
  #untilTimeout({ requestId, functionName }: InvocationStarted, clock: Clock): () => void {
    const timeoutSeconds = this.#lambda?.find(functionName)?.timeoutSeconds ?? 0;
    return clock.after(timeoutSeconds * 1000, () => this.#still.delete(requestId));
  }

  #signal({ requestId, functionName, executionEnvironmentId }: InvocationStarted, signal: NodeJS.Signals): boolean {
    if (!this.#running.has(requestId)) return false;
    const processId = this.#lambda?.processId(functionName, executionEnvironmentId);
    if (processId === undefined) return false;
    process.kill(processId, signal);
    return true;
  }
}
