import type { EventStream, InvocationStarted } from '../events.ts';
import type { LambdaService } from '../lambda/lambda-service.ts';

/** The invocations that run at this moment, and what can be done to their processes. */
export class Invocations {
  readonly #running = new Map<string, InvocationStarted>();
  readonly #byTrace = new Map<string, InvocationStarted>();
  readonly #still = new Set<string>();
  #lambda: LambdaService | undefined;

  constructor(events: EventStream) {
    events.subscribe((event) => {
      if (event.type === 'invocation-started') {
        this.#running.set(event.requestId, event);
        this.#byTrace.set(event.traceHeader, event);
      } else if (event.type === 'invocation-ended') {
        const ended = this.#running.get(event.requestId);
        if (ended !== undefined) this.#byTrace.delete(ended.traceHeader);
        this.#running.delete(event.requestId);
        this.#still.delete(event.requestId);
      }
    });
  }

  /** Whose processes these are; until it is known nothing can be done to them. */
  attach(lambda: LambdaService): void {
    this.#lambda = lambda;
  }

  /** How many stand still. */
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

  #signal({ requestId, functionName, environmentId }: InvocationStarted, signal: NodeJS.Signals): boolean {
    if (!this.#running.has(requestId)) return false;
    const processId = this.#lambda?.processId(functionName, environmentId);
    if (processId === undefined) return false;
    process.kill(processId, signal);
    return true;
  }
}
