import type { Clock } from '../clock.ts';
import type { EventStream } from '../events.ts';
import type { FaultName } from './fault-kinds.ts';
import type { FaultPlan, Random } from './fault-plan.ts';

/** Counts the opportunities that come by, says which are struck, and keeps the record of the faults that took effect. */
export class Injection {
  readonly #plan: FaultPlan;
  readonly #events: EventStream;
  readonly #clock: Clock;
  readonly #most: number;
  readonly #opportunities = new Map<FaultName, number>();
  readonly #counts = new Map<FaultName, number>();
  #stopped = false;

  /** @param most of each kind; then it strikes no more */
  constructor(plan: FaultPlan, events: EventStream, clock: Clock, most: number) {
    this.#plan = plan;
    this.#most = most;
    this.#events = events;
    this.#clock = clock;
  }

  get kinds(): ReadonlySet<FaultName> {
    return this.#plan.kinds;
  }

  /** How often each kind took effect. */
  get counts(): ReadonlyMap<FaultName, number> {
    return this.#counts;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  /** From now on nothing strikes; what is under way ends by itself. */
  stop(): void {
    this.#stopped = true;
  }

  /** Whether a fault of this kind strikes at this opportunity. The caller then calls `took`, if the fault took effect. */
  strikes(kind: FaultName): boolean {
    if (this.#stopped || !this.#plan.kinds.has(kind) || (this.#counts.get(kind) ?? 0) >= this.#most) return false;
    const opportunity = this.#opportunities.get(kind) ?? 0;
    this.#opportunities.set(kind, opportunity + 1);
    return this.#plan.strikes(kind, opportunity);
  }

  /** The first of these kinds that strikes now. */
  first<Kind extends FaultName>(kinds: readonly Kind[]): Kind | undefined {
    let struck: Kind | undefined;
    for (const kind of kinds) if (this.strikes(kind)) struck ??= kind;
    return struck;
  }

  random(kind: FaultName): Random {
    return this.#plan.random(kind);
  }

  took(kind: FaultName, detail: string): void {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
    this.#events.emit({ type: 'fault-injected', atMs: this.#clock.now(), fault: kind, detail });
  }
}
