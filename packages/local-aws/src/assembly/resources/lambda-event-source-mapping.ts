import { mostFilters, patternTextProblem } from '../../event-source-mapping/filter.ts';
import type { MappingModel } from '../../model.ts';
import { assemblyError, refusedByAws } from '../error-codes.ts';
import { isJsonObject } from '../json.ts';
import { generatedUuid } from '../physical-names.ts';
import type { Properties } from '../properties.ts';
import type { ResourceType } from '../resource-type.ts';

const otherSources = {
  reason: 'It belongs to streams and brokers; the runtime has SQS queues only.',
  remedy: 'Remove it from a mapping of an SQS queue.',
};

/** `AWS::Lambda::EventSourceMapping` of an SQS queue. Limits: Lambda API reference, CreateEventSourceMapping. */
export const lambdaEventSourceMapping: ResourceType = {
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

  identify({ stack, logicalId, environment: { partition, region, accountId } }) {
    const uuid = generatedUuid(stack, logicalId);
    const arn = `arn:${partition}:lambda:${region}:${accountId}:event-source-mapping:${uuid}`;
    return { physicalId: uuid, attributes: { Id: uuid, EventSourceMappingArn: arn } };
  },

  declare({ stack, logicalId, properties }, { physicalId: uuid }, draft) {
    const maximumConcurrency = readMaximumConcurrency(properties);
    draft.mappings.push({
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
