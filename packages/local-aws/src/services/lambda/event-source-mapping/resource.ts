import type { Draft } from '../../../assembly/draft.ts';
import { assemblyError, refusedByAws } from '../../../assembly/error-codes.ts';
import { isJsonObject } from '../../../assembly/json.ts';
import { generatedUuid } from '../../../assembly/physical-names.ts';
import type { Properties } from '../../../assembly/properties.ts';
import type { ResourceType } from '../../../assembly/resource-type.ts';
import { patternTextProblem } from '../../event-pattern/problem.ts';
import { declaredQueues } from '../../sqs/model.ts';
import { declaredFunctions, declaredMappings, type MappingModel } from '../model.ts';
import { mostFilters } from './filter.ts';

const otherSources = {
  reason: 'It belongs to streams and brokers; the runtime has SQS queues only.',
  remedy: 'Remove it from a mapping of an SQS queue.',
};

/** `AWS::Lambda::EventSourceMapping` of an SQS queue. Limits: Lambda API reference, CreateEventSourceMapping. */
export const eventSourceMappingType: ResourceType = {
  reads: [
    'BatchSize',
    'Enabled',
    'EventSourceArn',
    'FilterCriteria',
    'FunctionName',
    'FunctionResponseTypes',
    'MaximumBatchingWindowInSeconds',
    'ScalingConfig',
  ],
  ignores: {
    KmsKeyArn: 'Filter criteria are not encrypted in memory.',
    LoggingConfig: 'System logs of the poller are the event stream of the runtime.',
    MetricsConfig: 'No metrics are published.',
    Tags: 'Nothing reads the tags of a mapping.',
  },
  refuses: {
    AmazonManagedKafkaEventSourceConfig: otherSources,
    BisectBatchOnFunctionError: otherSources,
    DestinationConfig: otherSources,
    DocumentDBEventSourceConfig: otherSources,
    MaximumRecordAgeInSeconds: otherSources,
    MaximumRetryAttempts: otherSources,
    ParallelizationFactor: otherSources,
    ProvisionedPollerConfig: {
      reason: 'Provisioned pollers are not simulated.',
      remedy: 'Limit the mapping with ScalingConfig.MaximumConcurrency instead.',
    },
    Queues: otherSources,
    SelfManagedEventSource: otherSources,
    SelfManagedKafkaEventSourceConfig: otherSources,
    SourceAccessConfigurations: otherSources,
    StartingPosition: otherSources,
    StartingPositionTimestamp: otherSources,
    Topics: otherSources,
    TumblingWindowInSeconds: otherSources,
  },
  belongsTo: ['EventSourceArn', 'FunctionName'],
  without: 'Nothing of its source reaches the function.',

  /** What is no queue is refused here, before the properties that only other sources have. */
  identify({ stack, logicalId, environment: { partition, region, accountId }, properties }) {
    readQueueArn(properties);
    const uuid = generatedUuid(stack, logicalId);
    const arn = `arn:${partition}:lambda:${region}:${accountId}:event-source-mapping:${uuid}`;
    return { physicalId: uuid, attributes: { Id: uuid, EventSourceMappingArn: arn } };
  },

  declare({ stack, logicalId, properties }, { physicalId: uuid }, draft) {
    const maximumConcurrency = readMaximumConcurrency(properties);
    draft.add(declaredMappings, {
      stack,
      logicalId,
      uuid,
      functionName: functionNameOf(properties.requiredText('FunctionName')),
      queueArn: readQueueArn(properties),
      enabled: properties.boolean('Enabled') ?? true,
      batchSize: properties.integer('BatchSize', 1, 10_000) ?? 10,
      windowSeconds: properties.integer('MaximumBatchingWindowInSeconds', 0, 300) ?? 0,
      ...(maximumConcurrency === undefined ? {} : { maximumConcurrency }),
      reportBatchItemFailures: readResponseTypes(properties).includes('ReportBatchItemFailures'),
      filterPatterns: readFilterPatterns(properties),
    });
  },
};

/** A name, an ARN or a partial ARN, with or without a version or alias: both run the current code here. */
function functionNameOf(reference: string): string {
  return /function:([\w-]+)/u.exec(reference)?.[1] ?? reference.split(':')[0] ?? reference;
}

function readQueueArn(properties: Properties): string {
  const arn = properties.requiredText('EventSourceArn');
  if (arn.split(':')[2] === 'sqs') return arn;
  throw assemblyError(
    'RESOURCE_UNSUPPORTED',
    `The mapping reads from ${arn}; the runtime has SQS queues only.`,
    'Map an SQS queue to the function.',
    properties.placeOf('EventSourceArn'),
  );
}

function readMaximumConcurrency(properties: Properties): number | undefined {
  const scaling = properties.object('ScalingConfig', ['MaximumConcurrency']);
  const value = Number(scaling?.value('MaximumConcurrency') ?? 2);
  if (Number.isInteger(value) && (value < 2 || value > 1000)) {
    throw refusedByAws(
      'ValidationException',
      `1 validation error detected: Value '${value}' at 'scalingConfig.maximumConcurrency' failed to satisfy constraint: Member must have value ${value < 2 ? 'greater than or equal to 2' : 'less than or equal to 1000'}`,
      'Set it to a whole number from 2 to 1000; a single consumer needs reserved concurrency 1 on the function.',
      properties.placeOf('ScalingConfig/MaximumConcurrency'),
    );
  }
  return scaling?.integer('MaximumConcurrency', 2, 1000);
}

function readResponseTypes(properties: Properties): string[] {
  const types = properties.texts('FunctionResponseTypes');
  if (types.every((type) => type === 'ReportBatchItemFailures')) return types;
  throw properties.invalid('FunctionResponseTypes', types, 'ReportBatchItemFailures');
}

function readFilterPatterns(properties: Properties): MappingModel['filterPatterns'] {
  const filters = properties.object('FilterCriteria', ['Filters'])?.list('Filters') ?? [];
  if (filters.length > mostFilters) {
    throw properties.invalid('FilterCriteria', `${filters.length} filters`, `at most ${mostFilters} filters`);
  }
  return filters.map((filter) => {
    const pattern = isJsonObject(filter) ? filter['Pattern'] : undefined;
    const problem = typeof pattern === 'string' ? patternTextProblem(pattern) : 'a filter has no pattern';
    if (typeof pattern === 'string' && problem === undefined) return pattern;
    throw refusedByAws(
      'InvalidParameterValueException',
      'Invalid filter pattern definition.',
      `Write the pattern as JSON text of an object, with FilterCriteria.filter for example: ${problem}.`,
      properties.placeOf('FilterCriteria'),
    );
  });
}

/** Refuses the mappings that CreateEventSourceMapping would refuse, in the words it uses. */
export function checkMappings(draft: Draft): void {
  const mappings = draft.all(declaredMappings);
  mappings.forEach((mapping, index) => {
    const queue = draft.all(declaredQueues).find(({ arn }) => arn === mapping.queueArn);
    const target = draft.all(declaredFunctions).find(({ name }) => name === mapping.functionName);
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
        'Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. SQS Error Message: The specified queue does not exist.',
        `Declare the queue in a stack of the app. If it is in the account, say so with --queue ${mapping.queueArn}.`,
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
    const earlier = mappings.slice(0, index).find((other) => same(other, mapping));
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
