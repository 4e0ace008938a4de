import type { Place } from '../errors.ts';
import type { MappingModel, QueueModel, StackModel, TableModel } from '../model.ts';
import type { Draft } from './draft.ts';
import { assemblyError, refusedByAws } from './error-codes.ts';

/** Refuses the mappings that CreateEventSourceMapping would refuse, in the words it uses. */
export function checkMappings(draft: Draft): void {
  draft.mappings.forEach((mapping, index) => {
    const queue = draft.queues.find(({ arn }) => arn === mapping.queueArn);
    const target = draft.functions.find(({ name }) => name === mapping.functionName);
    if (target === undefined) {
      const code = 'ResourceNotFoundException';
      throw refused(
        mapping,
        'FunctionName',
        `Function not found: ${mapping.functionName}`,
        'Declare the function.',
        code,
      );
    }
    if (queue === undefined) {
      throw refused(
        mapping,
        'EventSourceArn',
        'Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. SQS Error Message: The specified queue does not exist for this wsdl version.',
        `Declare the queue ${mapping.queueArn} in a stack of the app.`,
      );
    }
    checkBatching(mapping, queue.fifo);
    if (target.timeoutSeconds > queue.visibilityTimeoutSeconds) {
      throw refused(
        mapping,
        'EventSourceArn',
        `Queue visibility timeout: ${queue.visibilityTimeoutSeconds} seconds is less than Function timeout: ${target.timeoutSeconds} seconds`,
        `Set the visibility timeout of ${queue.logicalId} to ${6 * target.timeoutSeconds} seconds (6 times the function timeout, as AWS advises), or shorten the timeout of ${target.logicalId}.`,
      );
    }
    const earlier = draft.mappings.slice(0, index).find((other) => same(other, mapping));
    if (earlier !== undefined) {
      throw refused(
        mapping,
        'EventSourceArn',
        `An event source mapping with SQS arn (" ${mapping.queueArn} ") and function (" ${mapping.functionName} ") already exists. Please update or delete the existing mapping with UUID ${earlier.uuid}`,
        `Remove one of ${earlier.logicalId} and ${mapping.logicalId}.`,
        'ResourceConflictException',
      );
    }
  });
}

function checkBatching(mapping: MappingModel, fifo: boolean): void {
  const { batchSize, windowSeconds } = mapping;
  if (fifo && windowSeconds > 0) {
    const message = 'Invalid request provided: Batching window is not supported for FIFO queues';
    throw refused(mapping, 'MaximumBatchingWindowInSeconds', message, 'Remove the window.');
  }
  if (fifo && batchSize > 10) {
    throw assemblyError(
      'REFUSED_BY_AWS',
      `AWS would refuse this: the batch size of a FIFO queue is at most 10, and this one is ${batchSize}.`,
      'Set the batch size to 10 or less.',
      { stack: mapping.stack, logicalId: mapping.logicalId, property: '/Properties/BatchSize' },
    );
  }
  if (batchSize > 10 && windowSeconds === 0) {
    throw refused(
      mapping,
      'BatchSize',
      'Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10',
      'Set a window of at least 1 second, or a batch size of 10 or less.',
    );
  }
}

function same(one: MappingModel, other: MappingModel): boolean {
  return one.queueArn === other.queueArn && one.functionName === other.functionName;
}

function refused(
  { stack, logicalId }: MappingModel,
  property: string,
  message: string,
  remedy: string,
  code = 'InvalidParameterValueException',
): Error {
  return refusedByAws(code, message, remedy, { stack, logicalId, property: `/Properties/${property}` });
}

type Queue = Omit<QueueModel, 'policies'>;

/** Refuses a redrive policy whose dead-letter queue is missing, of the other kind, or does not allow this source. */
export function checkRedrive(queues: readonly Queue[]): void {
  for (const queue of queues) {
    if (queue.redrivePolicy === undefined) continue;
    const target = queues.find(({ arn }) => arn === queue.redrivePolicy?.deadLetterTargetArn);
    if (target === undefined)
      throw refusedRedrive(queue, 'Dead letter target does not exist.', 'Declare the dead-letter queue.');
    if (target.fifo !== queue.fifo) {
      const remedy = 'Make both of them FIFO queues, or neither.';
      throw refusedRedrive(queue, 'Dead-letter queue must be same type of queue as the source.', remedy);
    }
    if (!allows(target, queue)) {
      throw assemblyError(
        'REFUSED_BY_AWS',
        `AWS would refuse this: the redriveAllowPolicy of ${target.logicalId} does not let this queue use it.`,
        `Let it name ${queue.arn}.`,
        placeOf(queue),
      );
    }
  }
}

/** `redriveAllowPolicy`: everybody unless it says `denyAll`, or `byQueue` with a list of sources. */
function allows(target: Queue, source: Queue): boolean {
  const policy = target.redriveAllowPolicy;
  if (policy === undefined || policy['redrivePermission'] === 'allowAll') return true;
  const sources = policy['sourceQueueArns'];
  return policy['redrivePermission'] === 'byQueue' && Array.isArray(sources) && sources.includes(source.arn);
}

function refusedRedrive(queue: Queue, reason: string, remedy: string): Error {
  return refusedByAws(
    'InvalidParameterValue',
    `Value ${JSON.stringify(queue.redrivePolicy)} for parameter RedrivePolicy is invalid. Reason: ${reason}`,
    remedy,
    placeOf(queue),
  );
}

function placeOf({ stack, logicalId }: Queue): Place {
  return { stack, logicalId, property: '/Properties/RedrivePolicy' };
}

/**
 * Of the account's 1,000 concurrent executions 100 stay with the functions that reserve none (Lambda Developer Guide,
 * "Configuring reserved concurrency for a function").
 */
const mostReserved = 900;

/** Refuses what Lambda looks at beyond the function itself: its role, and what all functions reserve together. */
export function checkFunctions(draft: Draft): void {
  checkRoles(draft);
  checkReservations(draft);
}

/** Refuses a function whose role, if it is one of the stacks', does not trust Lambda. */
function checkRoles(draft: Draft): void {
  for (const { stack, logicalId, roleArn } of draft.functions) {
    const role = draft.roles.find(({ arn }) => arn === roleArn);
    if (role === undefined || role.trustsLambda) continue;
    throw refusedByAws(
      'InvalidParameterValueException',
      'The role defined for the function cannot be assumed by Lambda.',
      `Let the trust policy of ${role.logicalId} allow sts:AssumeRole to lambda.amazonaws.com.`,
      { stack, logicalId, property: '/Properties/Role' },
    );
  }
}

function checkReservations({ functions }: Draft): void {
  let reserved = 0;
  for (const { stack, logicalId, reservedConcurrency = 0 } of functions) {
    reserved += reservedConcurrency;
    if (reserved <= mostReserved) continue;
    throw refusedByAws(
      'InvalidParameterValueException',
      "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].",
      `All functions together reserve at most ${mostReserved}, of the 1,000 that an account has; with this one it is ${reserved}.`,
      { stack, logicalId, property: '/Properties/ReservedConcurrentExecutions' },
    );
  }
}

/** Names are unique in an account and region; a second resource of the same name could not be created. */
export function checkNames(stacks: readonly StackModel[], draft: Draft): void {
  const named: Readonly<Record<string, readonly Named[]>> = {
    stacks: stacks.map(({ name }) => ({ name, stack: name, logicalId: name })),
    queues: draft.queues,
    functions: draft.functions,
    roles: draft.roles,
    'log groups': draft.logGroups,
    tables: draft.tables,
  };
  for (const [kind, resources] of Object.entries(named)) {
    const second = firstDuplicate(resources);
    if (second !== undefined) throw taken(kind, second);
  }
}

interface Named {
  readonly name: string;
  readonly stack: string;
  readonly logicalId: string;
}

function firstDuplicate(all: readonly Named[]): Named | undefined {
  const seen = new Set<string>();
  return all.find(({ name }) => seen.has(name) || (seen.add(name), false));
}

function taken(kind: string, { name, stack, logicalId }: Named): Error {
  return assemblyError(
    'DUPLICATE_NAME',
    `Two ${kind} are named ${name}.`,
    'Give one of them another name, or none, so that a name is generated.',
    { stack, logicalId },
  );
}

/** Refuses what CreateTable would refuse and dynalite lets through: attributes that are no key of anything. */
export function checkTables(tables: readonly TableModel[]): void {
  for (const { stack, logicalId, attributeTypes, keySchema, globalIndexes, localIndexes } of tables) {
    const keys = [keySchema, ...[...globalIndexes, ...localIndexes].map((index) => index.keySchema)].flat();
    const used = new Set(keys.map(({ attributeName }) => attributeName));
    const defined = Object.keys(attributeTypes);
    const unused = defined.find((name) => !used.has(name));
    if (unused === undefined) continue;
    throw refusedByAws(
      'ValidationException',
      `One or more parameter values were invalid: Some AttributeDefinitions are not used. AttributeDefinitions: [${defined.join(', ')}], keys used: [${[...used].join(', ')}]`,
      `Define only attributes that are keys of the table or of an index, and so not ${unused}.`,
      { stack, logicalId, property: '/Properties/AttributeDefinitions' },
    );
  }
}
