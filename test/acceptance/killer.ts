import { randomUUID } from 'node:crypto';
import type { EventStream, LambdaService, RuntimeEvent } from 'local-aws';

export interface KillerOptions {
  readonly lambda: LambdaService;
  readonly events: EventStream;
  /** Answers numbers in [0, 1). */
  readonly random: () => number;
}

/** A function that dies of an order, whenever it is given it. */
export interface Fate {
  readonly of: string;
  readonly dies: 'before it reads' | 'after it wrote';
}

type InvocationStarted = Extract<RuntimeEvent, { type: 'invocation-started' }>;

/** A batch takes about so long: kills fall before, into and between invocations. */
const longestDelayMs = 25;

/**
 * Kills processes of functions with SIGKILL: at random moments, and those that are given the orders of a fate, whenever
 * they are.
 */
export class Killer implements Disposable {
  readonly #options: KillerOptions;
  /** Invocations to come, by number, that a random kill follows; by function. */
  readonly #planned = new Map<string, Set<number>>();
  readonly #invocations = new Map<string, number>();
  readonly #fates = new Map<string, Fate>();
  /** Orders with a fate, by the invocation that has them. */
  readonly #fated = new Map<string, readonly (readonly [orderId: string, fate: Fate])[]>();
  readonly #writers = new Map<string, Set<InvocationStarted>>();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #unsubscribe: () => void;
  /** Kills so far, by function. */
  readonly random = new Map<string, number>();
  fated = 0;

  constructor(options: KillerOptions) {
    this.#options = options;
    const { lambda, events } = options;
    const invoke = lambda.invoke.bind(lambda);
    lambda.invoke = (functionName, payload, how) => {
      const requestId = randomUUID();
      const fates = [...this.#fates].filter(([orderId, fate]) => fate.of === functionName && payload.includes(orderId));
      this.#fated.set(requestId, fates);
      return invoke(functionName, payload, { ...how, requestId });
    };
    this.#unsubscribe = events.subscribe((event) => event.type === 'invocation-started' && this.#onStart(event));
  }

  /** Spreads kills over the first so many invocations of a function. Every third hits the running invocation surely. */
  atRandom(functionName: string, kills: number, invocations: number): void {
    const { random } = this.#options;
    const share = invocations / kills;
    const numbers = Array.from({ length: kills }, (_, kill) => Math.floor((kill + random()) * share));
    this.#planned.set(functionName, new Set(numbers));
  }

  /** Until the killer is disposed of. */
  doom(orderId: string, fate: Fate): void {
    this.#fates.set(orderId, fate);
  }

  /** To be called when the order is written, before its function learns of it. */
  wrote(orderId: string): void {
    for (const invocation of this.#writers.get(orderId) ?? []) this.fated += this.#kill(invocation) ? 1 : 0;
    this.#writers.delete(orderId);
  }

  /** Kills no more. */
  [Symbol.dispose](): void {
    this.#unsubscribe();
    this.#fates.clear();
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #onStart(invocation: InvocationStarted): void {
    const { functionName, requestId } = invocation;
    for (const [orderId, { dies }] of this.#fated.get(requestId) ?? []) {
      if (dies === 'before it reads') this.fated += this.#kill(invocation) ? 1 : 0;
      else this.#writers.set(orderId, (this.#writers.get(orderId) ?? new Set()).add(invocation));
    }
    const number = this.#invocations.get(functionName) ?? 0;
    this.#invocations.set(functionName, number + 1);
    if (this.#planned.get(functionName)?.has(number) === true) this.#killSoon(invocation);
  }

  #killSoon(invocation: InvocationStarted): void {
    const { functionName } = invocation;
    const killed = this.random.get(functionName) ?? 0;
    const delayMs = killed % 3 === 0 ? 0 : this.#options.random() * longestDelayMs;
    const kill = () => {
      if (this.#kill(invocation)) this.random.set(functionName, (this.random.get(functionName) ?? 0) + 1);
      // Dead already: the next one, then.
      else this.#planned.get(functionName)?.add(this.#invocations.get(functionName) ?? 0);
    };
    if (delayMs === 0) return kill();
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      kill();
    }, delayMs);
    this.#timers.add(timer);
  }

  #kill({ functionName, executionEnvironmentId }: InvocationStarted): boolean {
    const processId = this.#options.lambda.processId(functionName, executionEnvironmentId);
    if (processId !== undefined) process.kill(processId, 'SIGKILL');
    return processId !== undefined;
  }
}
