import type { AssemblyModel } from './assembly/model.ts';
import type { ServiceResources } from './assembly/resource-type.ts';
import type { Clock } from './clock.ts';
import type { RestService, RpcService } from './endpoint/api.ts';
import type { FrontDoor } from './endpoint/front-door.ts';
import type { EventStream } from './events.ts';
import type { Authorizer } from './services/iam/authorizer.ts';
import type { CredentialRegistry } from './services/iam/credentials.ts';
import type { PolicyService } from './services/iam/model.ts';
import type { SourceQueue } from './services/lambda/event-source-mapping/source-queue.ts';
import type { Queue } from './services/sqs/queue.ts';

/**
 * One service of AWS: what it reads from templates, and how it runs here. To add a service, write it in a folder of its
 * own and add it to the list in services/index.ts. test/services/parameter-service.ts is a whole one in 80 lines.
 *
 * `Model` is what the service needs of the model: its own part, and the parts of other services that it looks at.
 */
export interface Service<Model extends object = object> extends ServiceResources, PolicyService<Model> {
  /**
   * Checks what can only be told with the policies at hand, before the model is run.
   *
   * @throws {LocalRuntimeError} for what AWS would refuse
   */
  validate?(model: AssemblyModel & Model, authorizer: Authorizer): void;

  /** Undefined for a service that only brings resource types. Services start in the order of their list. */
  start?(model: AssemblyModel & Model, context: ServiceContext): RunningService<Model> | Promise<RunningService<Model>>;
}

/** A service that runs. Other services find it by its class (`ServiceContext.running`). */
export interface RunningService<Model extends object = object> {
  /** Its API for the JSON and Query protocols. */
  readonly rpc?: RpcService;
  /** Its API for the REST protocol. */
  readonly rest?: RestService;

  /**
   * Makes ready for another model, before any service takes the model on. It creates what may fail, and ends what is not
   * in the model any more. When it throws, the reload ends and everything goes on as before.
   */
  prepare?(next: AssemblyModel & Model): void | Promise<void>;

  /** Takes on another model while clients go on calling. */
  update?(next: AssemblyModel & Model): void | Promise<void>;

  /** Ends the service's processes, timers and connections. Services are closed in reverse order. */
  close?(): void | Promise<void>;
}

/** What a service is started with. */
export interface ServiceContext {
  readonly clock: Clock;
  readonly events: EventStream;
  readonly region: string;
  /** 12 digits. */
  readonly accountId: string;
  /** `http://127.0.0.1:4566`: where clients find the services. */
  readonly endpointUrl: string;
  /** Where other clients than those of AWS come in: closed until a service opens it. */
  readonly door: FrontDoor;
  /** A folder that goes with the runtime, and that nobody else may enter. */
  readonly directory: string;
  readonly authorizer: Authorizer;
  readonly credentials: CredentialRegistry;
  /**
   * Set when consumers are to see what AWS's fleet may do: messages in no order and in arbitrary portions. The same seed
   * gives the same choices.
   */
  readonly shuffleSeed: number | undefined;
  /** False: the 60 seconds that AWS asks for after a purge or a DeleteQueue are left out. */
  readonly queueWaits: boolean;
  readonly faults: FaultHooks | undefined;
  /**
   * A service that started before: `running(SqsService)`.
   *
   * @throws {Error} when none of that class has started
   */
  readonly running: <Running>(type: ServiceClass<Running>) => Running;
}

/** The class of a running service. */
export type ServiceClass<Running> = abstract new (...args: never[]) => Running;

/** Where faults can be let in: each hook takes what would be used, and gives what is used instead. */
export interface FaultHooks {
  /** The API of a service, as clients see it. */
  api(service: RpcService): RpcService;
  /** A queue, as an event source mapping polls it. `find` gives the queue behind it, if that is there now. */
  polledQueue(source: SourceQueue, find: () => Queue | undefined): SourceQueue;
  /** The environment variables of a function's process that is about to start. */
  variables(own: Readonly<Record<string, string>>): Readonly<Record<string, string>>;
}
