import type { Clock } from '../../clock.ts';
import { AwsError, type RestService } from '../../endpoint/api.ts';
import { LocalRuntimeError } from '../../errors.ts';
import type { RunningService, Service, ServiceContext } from '../../service.ts';
import type { Authorizer, Denial } from '../iam/authorizer.ts';
import type { PolicyHolder } from '../iam/model.ts';
import { SqsService } from '../sqs/service.ts';
import { type Invoke, Throttled } from './event-source-mapping/deliver.ts';
import { MappingService } from './event-source-mapping/mappings.ts';
import { serviceQueue } from './event-source-mapping/source-queue.ts';
import { LambdaService } from './functions.ts';
import { functionUrlRoutes } from './function-url-api.ts';
import type { FunctionModel, FunctionUrlModel, LambdaModel } from './model.ts';
import { lambdaResourceTypes, readLambdaModel } from './resources.ts';
import { unservedRoutes } from './unserved-routes.ts';

/** Lambda, running: functions, and the event source mappings that invoke them. */
export class RunningLambda implements RunningService<LambdaModel> {
  readonly functions: LambdaService;
  readonly mappings: MappingService;
  readonly rest: RestService;
  readonly #clock: Clock;
  #functionUrls: readonly FunctionUrlModel[];
  #changedAt: Date;

  constructor(
    functions: LambdaService,
    mappings: MappingService,
    functionUrls: readonly FunctionUrlModel[],
    clock: Clock,
  ) {
    this.functions = functions;
    this.mappings = mappings;
    this.#functionUrls = functionUrls;
    this.#clock = clock;
    this.#changedAt = new Date(clock.now());
    const urls = { directory: functions, all: () => this.#functionUrls, changedAt: () => this.#changedAt };
    const routes = [...functions.routes, ...mappings.routes, ...functionUrlRoutes(urls), ...unservedRoutes];
    this.rest = { signingName: 'lambda', routes };
  }

  /** Mappings that go have delivered what they hold before queues and functions change. */
  async prepare({ mappings }: LambdaModel): Promise<void> {
    await this.mappings.retire(mappings);
  }

  async update({ functions, mappings, functionUrls }: LambdaModel): Promise<void> {
    this.#functionUrls = functionUrls;
    this.#changedAt = new Date(this.#clock.now());
    await this.functions.update(functions);
    await this.mappings.update(mappings);
  }

  /** Both at once: mappings end when their invocations have ended, and those end with their processes. */
  async close(): Promise<void> {
    await Promise.all([this.mappings.close(), this.functions.close()]);
  }
}

export const lambda: Service<LambdaModel> = {
  actionPrefix: 'lambda',
  resourceTypes: lambdaResourceTypes,
  readModel: readLambdaModel,
  resourcePolicies: ({ functions = [] }: Partial<LambdaModel>) => functions.flatMap(policyHolder),
  validate: checkMappingRoles,
  async start(model, context) {
    // The session of a function's role is named after the function, as on AWS.
    const credentialsFor = ({ name, roleArn }: FunctionModel) =>
      context.credentials.issue({ roleArn, sessionName: name });
    const functions = new LambdaService({ ...context, functions: model.functions, credentialsFor });
    await functions.start();
    return new RunningLambda(functions, startMappings(model, functions, context), model.functionUrls, context.clock);
  },
};

function policyHolder({ stack, logicalId, arn, permissions }: FunctionModel): readonly PolicyHolder[] {
  return permissions === undefined ? [] : [{ stack, logicalId, arn, policies: [{ Statement: permissions }] }];
}

function startMappings({ mappings }: LambdaModel, functions: LambdaService, context: ServiceContext): MappingService {
  const { clock, faults, shuffleSeed, running } = context;
  const find = (arn: string) => running(SqsService).queue(arn);
  return new MappingService({
    ...context,
    mappings,
    queueOf(arn) {
      const queue = serviceQueue(arn, find, clock);
      return faults?.polledQueue(queue, () => find(arn)) ?? queue;
    },
    invoke: invokeForMapping(functions),
    gatherInParallel: shuffleSeed !== undefined,
  });
}

/** What a mapping does in the name of its function's role (Lambda Developer Guide, "Execution role permissions"). */
const neededActions = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'] as const;

/**
 * Refuses a mapping whose function's role may not consume the queue, as CreateEventSourceMapping does.
 *
 * @throws {LocalRuntimeError} `MAPPING_ROLE` with AWS's message
 */
export function checkMappingRoles({ mappings, functions }: LambdaModel, authorizer: Authorizer): void {
  for (const { functionName, queueArn, stack, logicalId } of mappings) {
    const roleArn = functions.find(({ name }) => name === functionName)?.roleArn;
    if (roleArn === undefined) continue;
    const [denial] = neededActions.flatMap(
      (action) => authorizer.lacks({ roleArn }, { action, resource: queueArn }) ?? [],
    );
    if (denial === undefined) continue;
    throw new LocalRuntimeError('MAPPING_ROLE', refusalOf(denial), remedyOf(denial, roleArn), { stack, logicalId });
  }
}

/** In AWS's words. A mapping whose role lacks a permission for the key is created on AWS, and its polls fail. */
function refusalOf({ action, error }: Denial): string {
  return action.startsWith('sqs:')
    ? `The function execution role does not have permissions to call ${action.slice('sqs:'.length)} on SQS.`
    : `The queue is encrypted, and the mapping could receive nothing. ${error.message}.`;
}

function remedyOf({ action, resource, decision }: Denial, roleArn: string): string {
  const role = `the role ${roleArn.split('/').at(-1)}`;
  switch (decision) {
    case 'implicit-deny': {
      const how = action.startsWith('sqs:') ? 'queue.grantConsumeMessages(fn)' : 'key.grantDecrypt(fn)';
      return `Grant ${action} on ${resource} to ${role}, as ${how} does.`;
    }
    case 'resource-implicit-deny':
      return `Let the policy of ${resource} allow ${action} to ${role}, or to the account; then a policy of the role decides.`;
    case 'identity-deny':
      return `Let no policy of ${role} deny ${action} on ${resource}.`;
    case 'resource-deny':
      return `Let the policy of ${resource} not deny ${action} to ${role}.`;
  }
}

/** Lets event source mappings invoke functions, and tells them a throttle, which they retry, from other errors. */
function invokeForMapping(functions: LambdaService): Invoke {
  return async (functionName, payload) => {
    try {
      return await functions.invoke(functionName, payload);
    } catch (error) {
      if (error instanceof AwsError && error.code === 'TooManyRequestsException') throw new Throttled(error.message);
      throw error;
    }
  };
}
