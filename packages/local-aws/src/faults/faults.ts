import type { RpcService } from '../endpoint/api.ts';
import type { EventStream } from '../events.ts';
import type { FaultHooks, ServiceContext } from '../service.ts';
import type { SourceQueue } from '../services/lambda/event-source-mapping/source-queue.ts';
import { RunningLambda } from '../services/lambda/service.ts';
import type { Queue } from '../services/sqs/queue.ts';
import { SqsService } from '../services/sqs/service.ts';
import type { FaultPlan } from './fault-plan.ts';
import { Injection } from './injection.ts';
import { Invocations } from './invocations.ts';
import { ProcessFaults } from './process-faults.ts';
import { ArrivalOrder, faultyQueue } from './queue-faults.ts';
import { faultySqs } from './sqs-faults.ts';
import { faultyTables } from './table-faults.ts';
import { TurnedClock } from './turned-clock.ts';

/**
 * Faults for one runtime, given to `startRuntime`, which lets them in at its seams: service by service, queue by queue,
 * process by process. A runtime without them has none of this in its way.
 *
 * What strikes the nth request, invocation or delivery is drawn from the seed; which one is the nth is up to the
 * machine, where functions run side by side.
 */
export class Faults implements FaultHooks {
  /** The runtime's clock: some faults turn it. */
  readonly clock = new TurnedClock();
  readonly injection: Injection;
  readonly invocations: Invocations;
  readonly #processes: ProcessFaults;
  readonly #arrivals: ArrivalOrder;
  readonly #plan: FaultPlan;
  readonly #tableRequests = new Set<Promise<unknown>>();
  #queues: () => readonly Queue[] = () => [];

  /** @param most of each kind of fault; default: no end to them */
  constructor(plan: FaultPlan, events: EventStream, most = Infinity) {
    const { clock } = this;
    this.#plan = plan;
    this.injection = new Injection(plan, events, clock, most);
    this.invocations = new Invocations(events, clock);
    this.#processes = new ProcessFaults({ injection: this.injection, invocations: this.invocations, clock, events });
    this.#arrivals = new ArrivalOrder(events);
  }

  /** Seed of the arbitrary order in which queues hand out messages, if that is among the faults. */
  get shuffleSeed(): number | undefined {
    return this.#plan.kinds.has('out-of-order') ? this.#plan.seed & 0x7f_ff_ff_ff : undefined;
  }

  /** Once the services run: only then is there something to strike. */
  attach(running: ServiceContext['running']): void {
    const { functions } = running(RunningLambda);
    this.#queues = () => running(SqsService).queues();
    this.invocations.attach(functions);
    this.#processes.attach(functions);
  }

  variables(own: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    return this.#processes.variables(own);
  }

  api(service: RpcService): RpcService {
    const { injection, invocations, clock } = this;
    switch (service.signingName) {
      case 'sqs':
        return faultySqs(service, { injection, queues: () => this.#queues() });
      case 'dynamodb':
        return faultyTables(service, { injection, invocations, clock, underWay: this.#tableRequests });
      default:
        return service;
    }
  }

  /** Settles when no read or write of an item is under way any more, even for callers that are gone. */
  async tablesQuiet(): Promise<void> {
    while (this.#tableRequests.size > 0) await Promise.allSettled(this.#tableRequests);
  }

  polledQueue(source: SourceQueue, queue: () => Queue | undefined): SourceQueue {
    return faultyQueue(source, queue, this.injection, this.#arrivals);
  }
}
