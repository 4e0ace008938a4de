import { systemClock } from '../clock.ts';
import type { EventStream, InvocationStarted } from '../events.ts';
import type { LambdaService } from '../services/lambda/functions.ts';
import type { Injection } from './injection.ts';
import type { Invocations } from './invocations.ts';
import type { TurnedClock } from './turned-clock.ts';

/** About as long as a batch takes, so that kills fall before, into and between its writes. */
const longestKillDelayMs = 25;
/** Shorter than the functions' timeouts. */
const longestPauseMs = 8_000;
const longestJumpMs = { forward: 120_000, backward: 10_000 };
/** Loaded before anything else. It says what it is, so that nobody takes it for a broken installation. */
const exitProgram = `data:text/javascript,${encodeURIComponent("console.error('Injected fault: init-exit');process.exit(1)")}`;
const processKinds = ['out-of-memory', 'init-error', 'init-exit'] as const;

interface Surroundings {
  readonly injection: Injection;
  readonly invocations: Invocations;
  readonly clock: TurnedClock;
  readonly events: EventStream;
}

/** The faults that strike when an invocation or a process of a function begins. */
export class ProcessFaults {
  readonly #to: Surroundings;
  readonly #failingAgain = new Map<string, (typeof processKinds)[number]>();
  #lambda: LambdaService | undefined;
  #revision = 0;

  constructor(to: Surroundings) {
    this.#to = to;
    to.events.subscribe((event) => event.type === 'invocation-started' && this.#onStart(event));
  }

  attach(lambda: LambdaService): void {
    this.#lambda = lambda;
  }

  /** The environment variables of a process that is about to start, with which it may fail. */
  variables(own: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    const { injection } = this.#to;
    const environment = own['AWS_LAMBDA_LOG_STREAM_NAME'] ?? '';
    const again = this.#failingAgain.get(environment);
    this.#failingAgain.delete(environment);
    const kind = again ?? injection.first(processKinds);
    if (kind === undefined) return own;
    // Lambda initialises once more before it gives up an invocation.
    if (again === undefined && kind !== 'out-of-memory') this.#failingAgain.set(environment, kind);
    injection.took(kind, own['AWS_LAMBDA_FUNCTION_NAME'] ?? '');
    switch (kind) {
      case 'out-of-memory':
        return { ...own, AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1' };
      case 'init-error':
        return { ...own, _HANDLER: `${own['_HANDLER']}-injected-fault-init-error` };
      case 'init-exit':
        return { ...own, NODE_OPTIONS: `--import=${exitProgram}` };
    }
  }

  #onStart(invocation: InvocationStarted): void {
    const { injection, invocations, clock } = this.#to;
    const { functionName } = invocation;
    this.#jumpClock();
    if (injection.strikes('replace-functions')) this.#replaceFunctions();
    const kind = injection.first(['kill-at-start', 'hang-at-start', 'pause', 'kill-mid-batch']);
    switch (kind) {
      case undefined:
        return;
      case 'kill-at-start':
        if (invocations.kill(invocation)) injection.took(kind, functionName);
        return;
      case 'hang-at-start':
        if (invocations.standStill(invocation)) injection.took(kind, functionName);
        return;
      case 'pause': {
        if (!invocations.standStill(invocation)) return;
        injection.took(kind, functionName);
        clock.after(injection.random(kind)() * longestPauseMs, () => invocations.wake(invocation));
        return;
      }
      case 'kill-mid-batch':
        // In the machine's time: the process knows no other.
        systemClock.after(injection.random(kind)() * longestKillDelayMs, () => {
          if (invocations.kill(invocation)) injection.took(kind, functionName);
        });
    }
  }

  #jumpClock(): void {
    const { injection, clock } = this.#to;
    for (const [kind, sign, longestMs] of [
      ['clock-forward', 1, longestJumpMs.forward],
      ['clock-backward', -1, longestJumpMs.backward],
    ] as const) {
      if (!injection.strikes(kind)) continue;
      const ms = Math.round(injection.random(kind)() * longestMs);
      clock.jump(sign * ms);
      injection.took(kind, `by ${(ms / 1000).toFixed(1)} s`);
    }
  }

  /** Does what a deployment does: running invocations end on the former version, and the next begin on the new one. */
  #replaceFunctions(): void {
    const { injection } = this.#to;
    const lambda = this.#lambda;
    if (lambda === undefined) return;
    this.#revision += 1;
    const revision = String(this.#revision);
    const next = lambda.functions.map((fn) => ({
      ...fn,
      environment: { ...fn.environment, LOCAL_REVISION: revision },
    }));
    lambda.update(next).then(
      () => injection.took('replace-functions', `revision ${revision}`),
      // The runtime closes: there is nothing left to replace.
      () => {},
    );
  }
}
