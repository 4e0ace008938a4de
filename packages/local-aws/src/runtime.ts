import { randomBytes } from 'node:crypto';
import { readAssembly } from './assembly/read-assembly.ts';
import { type Clock, systemClock } from './clock.ts';
import { type Endpoint, startEndpoint } from './endpoint/server.ts';
import { AwsError } from './endpoint/service.ts';
import { LocalRuntimeError } from './errors.ts';
import { type Invoke, Throttled } from './event-source-mapping/deliver.ts';
import { MappingService } from './event-source-mapping/mapping-service.ts';
import { serviceQueue } from './event-source-mapping/source-queue.ts';
import type { EventStream } from './events.ts';
import type { Faults } from './faults/faults.ts';
import { type Authorizer, createAuthorizer, type IamMode } from './iam/authorizer.ts';
import { CredentialRegistry } from './iam/credentials.ts';
import type { LocalModel } from './model.ts';
import { TemporaryFolder } from './processes.ts';
import { CloudFormationService } from './services/cloudformation.ts';
import { CloudWatchService } from './services/cloudwatch.ts';
import { DynamodbService } from './services/dynamodb/service.ts';
import { LambdaService } from './services/lambda/lambda-service.ts';
import { LogsService } from './services/logs/logs-service.ts';
import { LogStore } from './services/logs/store.ts';
import { SqsService } from './services/sqs/service.ts';
import { StsService } from './services/sts.ts';

/** What to run, and how. */
export interface RuntimeOptions {
  /** Folder that `cdk synth` wrote. */
  readonly assembly: string;
  readonly events: EventStream;
  /** 0 lets the system choose a port. */
  readonly port: number;
  /** Whether to take the next free port when `port` is taken. Default: no, and `PORT_TAKEN` is thrown. */
  readonly nextFreePort?: boolean;
  readonly clock?: Clock;
  /** Default `enforce`. */
  readonly iam?: IamMode;
  /**
   * Makes the queues hand out messages in arbitrary order and portions and the pollers gather side by side, as AWS's
   * fleet may. The same seed gives the same choices.
   */
  readonly shuffleSeed?: number;
  /** Faults to inject; they bring their own clock. Default: none. */
  readonly faults?: Faults;
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
   * Takes on another assembly: queues keep their messages and tables their items, functions whose code or configuration
   * changed are replaced once their running invocations have ended. Throws, and goes on as before, when the assembly
   * cannot run.
   */
  reload(assembly: string): Promise<void>;
}

/**
 * Reads the assembly and starts all that is in it. The endpoint listens first, because its port stands in queue URLs,
 * and those are what `Ref` resolves to in the functions' environments.
 *
 * @throws {LocalRuntimeError} for what cannot run here or what AWS would refuse
 */
export async function startRuntime(options: RuntimeOptions): Promise<Runtime> {
  const { events, faults, clock = faults?.clock ?? systemClock } = options;
  const shuffleSeed = options.shuffleSeed ?? faults?.shuffleSeed;
  await using starting = new AsyncDisposableStack();
  const { path: codeRoot } = starting.use(new TemporaryFolder('local-runtime-'));
  const endpoint = await startEndpoint({ ...options, nextFreePort: options.nextFreePort ?? false, clock });
  starting.defer(() => endpoint.close());

  const read = (assembly: string) => readAssembly(assembly, { endpointUrl: endpoint.url, codeRoot });
  let model = read(options.assembly);
  const currentModel = () => model;
  const { region, accountId } = model;
  const about = { events, clock, region, accountId, endpointUrl: endpoint.url };
  const authorizer = createAuthorizer({ ...model, mode: options.iam ?? 'enforce', events, clock });
  checkMappingRoles(model, authorizer);
  const credentials = new CredentialRegistry(randomBytes);

  const logs = new LogStore({ clock, events, logGroups: model.logGroups });
  starting.defer(() => logs.close());
  const handOut = shuffleSeed === undefined ? undefined : { seed: shuffleSeed };
  const sqs = new SqsService({ ...about, queues: model.queues, handOut });
  starting.defer(() => sqs.close());
  const dynamodb = new DynamodbService({ ...about, directory: codeRoot });
  starting.defer(() => dynamodb.close());
  await dynamodb.update(model.tables);
  const credentialsFor = credentials.credentialsFor.bind(credentials);
  const lambda = new LambdaService({ ...about, functions: model.functions, credentialsFor, faults });
  faults?.attach(lambda);
  await lambda.start();
  const mappings = new MappingService({
    ...about,
    mappings: model.mappings,
    queueOf: (arn) => {
      const queue = serviceQueue(arn, (wanted) => sqs.queue(wanted), clock);
      return faults?.queue(queue, () => sqs.queue(arn)) ?? queue;
    },
    invoke: invokeForMapping(lambda),
    gatherInParallel: shuffleSeed !== undefined,
  });
  // Together: mappings end when their invocations have, and those end with their processes.
  starting.defer(() => Promise.all([mappings.close(), lambda.close()]).then(() => {}));

  endpoint.serve({
    rpcServices: [
      faults?.sqs(sqs.rpc, () => sqs.queues()) ?? sqs.rpc,
      faults?.tables(dynamodb.rpc) ?? dynamodb.rpc,
      new LogsService({ store: logs, region, accountId }),
      new CloudFormationService({ model: currentModel, clock }),
      new StsService(currentModel),
      new CloudWatchService({ clock, queues: () => sqs.queues() }),
    ],
    restServices: [lambda.rest, mappings.rest],
    resolveCaller: (accessKeyId) => credentials.callerFor(accessKeyId),
    authorize: authorizer,
  });

  const running = starting.move();
  return {
    endpoint,
    sqs,
    dynamodb,
    lambda,
    mappings,
    get model() {
      return model;
    },
    async reload(assembly) {
      const next = read(assembly);
      checkMappingRoles(next, createAuthorizer({ ...next, mode: options.iam ?? 'enforce', events, clock }));
      await dynamodb.update(next.tables);
      await mappings.retire(next.mappings);
      model = next;
      authorizer.load(next);
      logs.declare(next.logGroups);
      sqs.update(next.queues);
      await lambda.update(next.functions);
      await mappings.update(next.mappings);
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** What a mapping does in the name of its function's role (Lambda Developer Guide, "Execution role permissions"). */
const neededActions = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'] as const;

/**
 * Refuses a mapping whose function's role may not consume the queue, as CreateEventSourceMapping does.
 *
 * @throws {LocalRuntimeError} `MAPPING_ROLE` with AWS's message
 */
export function checkMappingRoles({ mappings, functions }: LocalModel, authorizer: Authorizer): void {
  for (const { functionName, queueArn, stack, logicalId } of mappings) {
    const roleArn = functions.find(({ name }) => name === functionName)?.roleArn;
    if (roleArn === undefined) continue;
    const missing = neededActions.find((action) => !authorizer.isAllowed(roleArn, { action, resource: queueArn }));
    if (missing === undefined) continue;
    throw new LocalRuntimeError(
      'MAPPING_ROLE',
      `The function execution role does not have permissions to call ${missing.slice('sqs:'.length)} on SQS.`,
      `Grant ${missing} on ${queueArn} to the function, as queue.grantConsumeMessages(fn) does.`,
      { stack, logicalId },
    );
  }
}

/** Lets event source mappings invoke functions, and tells them a throttle, which they retry, from other errors. */
function invokeForMapping(lambda: LambdaService): Invoke {
  return async (functionName, payload) => {
    try {
      return await lambda.invoke(functionName, payload);
    } catch (error) {
      if (error instanceof AwsError && error.code === 'TooManyRequestsException') throw new Throttled(error.message);
      throw error;
    }
  };
}
