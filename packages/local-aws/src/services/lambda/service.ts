import { AwsError, type RestService } from '../../endpoint/api.ts';
import { LocalRuntimeError } from '../../errors.ts';
import type { RunningService, Service, ServiceContext } from '../../service.ts';
import type { Authorizer } from '../iam/authorizer.ts';
import { SqsService } from '../sqs/service.ts';
import { type Invoke, Throttled } from './event-source-mapping/deliver.ts';
import { MappingService } from './event-source-mapping/mappings.ts';
import { serviceQueue } from './event-source-mapping/source-queue.ts';
import { LambdaService } from './functions.ts';
import type { LambdaModel } from './model.ts';
import { lambdaResourceTypes, readLambdaModel } from './resources.ts';

/** Lambda, running: functions, and the event source mappings that invoke them. */
export class RunningLambda implements RunningService<LambdaModel> {
  readonly functions: LambdaService;
  readonly mappings: MappingService;
  readonly rest: RestService;

  constructor(functions: LambdaService, mappings: MappingService) {
    this.functions = functions;
    this.mappings = mappings;
    this.rest = { signingName: 'lambda', routes: [...functions.routes, ...mappings.routes] };
  }

  /** Mappings that go have delivered what they hold before queues and functions change. */
  async prepare({ mappings }: LambdaModel): Promise<void> {
    await this.mappings.retire(mappings);
  }

  async update({ functions, mappings }: LambdaModel): Promise<void> {
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
  validate: checkMappingRoles,
  async start(model, context) {
    const credentialsFor = context.credentials.credentialsFor.bind(context.credentials);
    const functions = new LambdaService({ ...context, functions: model.functions, credentialsFor });
    await functions.start();
    return new RunningLambda(functions, startMappings(model, functions, context));
  },
};

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
