import { randomBytes } from 'node:crypto';
import { readAssembly, type ReadOptions } from './assembly/read-assembly.ts';
import { type Clock, systemClock } from './clock.ts';
import type { RpcService } from './endpoint/api.ts';
import { FrontDoor } from './endpoint/front-door.ts';
import { type Endpoint, startEndpoint } from './endpoint/server.ts';
import type { EventStream } from './events.ts';
import type { Faults } from './faults/faults.ts';
import type { LocalModel } from './model.ts';
import { TemporaryFolder } from './processes.ts';
import type { RunningService, Service, ServiceClass } from './service.ts';
import { DynamodbService } from './services/dynamodb/service.ts';
import { type Authorizer, createAuthorizer, type IamMode } from './services/iam/authorizer.ts';
import { CredentialRegistry } from './services/iam/credentials.ts';
import { services as allServices } from './services/index.ts';
import type { MappingService } from './services/lambda/event-source-mapping/mappings.ts';
import type { LambdaService } from './services/lambda/functions.ts';
import { RunningLambda } from './services/lambda/service.ts';
import { SqsService } from './services/sqs/service.ts';

/** What to run, and how. */
export interface RuntimeOptions extends Pick<ReadOptions, 'stacks' | 'skip' | 'parameters' | 'exports' | 'queues'> {
  /** Folder that `cdk synth` wrote. */
  readonly assembly: string;
  readonly events: EventStream;
  /** 0 lets the system choose a port. */
  readonly port: number;
  /** Whether to take the next free port when `port` is taken. Default: no, and `PORT_TAKEN` is thrown. */
  readonly nextFreePort?: boolean;
  /**
   * Where HTTP APIs and function URLs are served. Default: the first free port behind `port`. Given: this port, or
   * `PORT_TAKEN` is thrown. Nothing listens there when the app has neither.
   */
  readonly apiPort?: number;
  readonly clock?: Clock;
  /** Default `enforce`. */
  readonly iam?: IamMode;
  /**
   * Makes the queues hand out messages in arbitrary order and portions and the pollers gather side by side, as AWS's
   * fleet may. The same seed gives the same choices.
   */
  readonly shuffleSeed?: number;
  /** Whether AWS's 60 seconds count between two purges of a queue, and before a queue's name is used again. Default: yes. */
  readonly queueWaits?: boolean;
  /** Faults to inject; they bring their own clock. Default: none. */
  readonly faults?: Faults;
  /**
   * Puts something around the API of each service: to watch the requests, or to answer some of them. It stands inside of
   * the faults, so that it sees what reaches the service.
   */
  readonly wrapApi?: (api: RpcService) => RpcService;
  /** What takes part. Default: `services`, which are all there are. */
  readonly services?: readonly Service[];
}

/** A cloud assembly, running. Dispose of it to end every process, poller and connection. */
export interface Runtime extends AsyncDisposable {
  readonly endpoint: Endpoint;
  readonly model: LocalModel;
  readonly sqs: SqsService;
  readonly dynamodb: DynamodbService;
  readonly lambda: LambdaService;
  readonly mappings: MappingService;
  /**
   * Any running service, by its class: `service(SqsService)`.
   *
   * @throws {Error} when none of that class runs
   */
  service<Running>(type: ServiceClass<Running>): Running;
  /**
   * Takes on another assembly: queues keep their messages and tables their items, functions whose code or configuration
   * changed are replaced once their running invocations have ended. Throws, and goes on as before, when the assembly
   * cannot run.
   */
  reload(assembly: string): Promise<void>;
}

/**
 * Reads the assembly and starts all that is in it. The endpoint listens first: its port stands in queue URLs, and queue
 * URLs are what `Ref` resolves to in the functions' environments.
 *
 * @throws {LocalRuntimeError} for what cannot run here or what AWS would refuse
 */
export async function startRuntime(options: RuntimeOptions): Promise<Runtime> {
  const { events, faults, clock = faults?.clock ?? systemClock, services = allServices } = options;
  await using starting = new AsyncDisposableStack();
  const { path: directory } = starting.use(new TemporaryFolder('local-runtime-'));
  const endpoint = await startEndpoint({ ...options, nextFreePort: options.nextFreePort ?? false, clock });
  starting.defer(() => endpoint.close());
  const door = await reserveDoor(options, endpoint.port);
  starting.defer(() => door.close());

  const authorizerOf = (holders: LocalModel) =>
    createAuthorizer({ ...holders, services, mode: options.iam ?? 'enforce', events, clock });
  const read = (assembly: string) => {
    let authorizer: Authorizer | undefined;
    const check = (readModel: LocalModel): void => {
      authorizer = authorizerOf(readModel);
      for (const service of services) service.validate?.(readModel, authorizer);
    };
    const about = { endpointUrl: endpoint.url, apiUrl: door.url, codeRoot: directory, services, check };
    const readModel = readAssembly(assembly, { ...options, ...about });
    return { model: readModel, authorizer: authorizer ?? authorizerOf(readModel) };
  };

  const first = read(options.assembly);
  let { model } = first;
  const { authorizer } = first;

  const { region, accountId } = model;
  const credentials = new CredentialRegistry(randomBytes);
  const started: RunningService[] = [];
  const running = <Wanted>(type: ServiceClass<Wanted>) => findService(started, type);
  const about = { clock, events, region, accountId, endpointUrl: endpoint.url, door, directory };
  const shuffleSeed = options.shuffleSeed ?? faults?.shuffleSeed;
  const { queueWaits = true } = options;
  const context = { ...about, authorizer, credentials, shuffleSeed, queueWaits, faults, running };
  for (const service of services) {
    const one = await service.start?.(model, context);
    if (one === undefined) continue;
    started.push(one);
    starting.defer(() => one.close?.());
  }
  if (!door.isOpen) await door.close();
  faults?.attach(running);

  const { wrapApi = (api) => api } = options;
  const apis = started.flatMap(({ rpc }) => (rpc === undefined ? [] : wrapApi(rpc)));
  endpoint.serve({
    rpcServices: faults === undefined ? apis : apis.map((api) => faults.api(api)),
    restServices: started.flatMap(({ rest }) => rest ?? []),
    resolveCaller: (accessKeyId) => credentials.callerFor(accessKeyId),
    authorize: authorizer,
  });

  const everything = starting.move();
  return {
    endpoint,
    get model() {
      return model;
    },
    get sqs() {
      return running(SqsService);
    },
    get dynamodb() {
      return running(DynamodbService);
    },
    get lambda() {
      return running(RunningLambda).functions;
    },
    get mappings() {
      return running(RunningLambda).mappings;
    },
    service: running,
    async reload(assembly) {
      const { model: next } = read(assembly);
      for (const service of started) await service.prepare?.(next);
      model = next;
      authorizer.load(next);
      for (const service of started) await service.update?.(next);
    },
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}

function reserveDoor({ port, apiPort }: RuntimeOptions, endpointPort: number): Promise<FrontDoor> {
  const option = '--api-port';
  if (apiPort !== undefined) return FrontDoor.reserve({ port: apiPort, nextFreePort: false, option });
  return FrontDoor.reserve({ port: port === 0 ? 0 : (endpointPort + 1) % 65_536, nextFreePort: true, option });
}

function findService<Wanted>(started: readonly RunningService[], type: ServiceClass<Wanted>): Wanted {
  const found = started.find((service) => service instanceof type);
  if (found !== undefined) return found as Wanted;
  throw new Error(`No ${type.name} has started: it must stand before the services that use it.`);
}
