import { AwsError } from '../../endpoint/aws-error.ts';
import { checkStructure } from '../../endpoint/check-input.ts';
import type { JsonObject } from '../../endpoint/service.ts';
import type { MappingModel } from '../../model.ts';
import { parsePatterns } from '../filter-pattern.ts';

/** Settings that UpdateEventSourceMapping can change here; another one is refused by name, not ignored. */
const known = new Set([
  'UUID',
  'FunctionName',
  'Enabled',
  'BatchSize',
  'MaximumBatchingWindowInSeconds',
  'ScalingConfig',
  'FunctionResponseTypes',
  'FilterCriteria',
]);

/**
 * The mapping's model after an update.
 * @throws {AwsError} `InvalidParameterValueException`, and `ValidationException` for a number out of range, as Lambda
 * does for settings it would refuse (limits: Lambda API reference, UpdateEventSourceMapping)
 */
export function changedMapping(model: MappingModel, input: JsonObject, fifo: boolean): MappingModel {
  const unknown = Object.keys(input).find((name) => !known.has(name));
  if (unknown !== undefined) throw invalid(`${unknown} cannot be changed in the local runtime.`);
  const functionName = input['FunctionName'];
  if (typeof functionName === 'string' && functionNameOf(functionName) !== model.functionName) {
    throw invalid('FunctionName cannot be changed in the local runtime. Change the template instead.');
  }

  const { maximumConcurrency: _, ...rest } = model;
  const maximumConcurrency = maximumConcurrencyOf(input, model);
  const changed: MappingModel = {
    ...rest,
    batchSize: integer(input, 'BatchSize', 1, fifo ? 10 : 10_000) ?? model.batchSize,
    windowSeconds: integer(input, 'MaximumBatchingWindowInSeconds', 0, 300) ?? model.windowSeconds,
    enabled: boolean(input, 'Enabled') ?? model.enabled,
    reportBatchItemFailures: reportsFailures(input) ?? model.reportBatchItemFailures,
    filterPatterns: patterns(input) ?? model.filterPatterns,
    ...(maximumConcurrency === undefined ? {} : { maximumConcurrency }),
  };
  if (fifo && changed.windowSeconds > 0) throw invalid('Batching window is not supported for FIFO queues.');
  if (changed.batchSize > 10 && changed.windowSeconds === 0) {
    throw invalid('Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10');
  }
  return changed;
}

function maximumConcurrencyOf(input: JsonObject, model: MappingModel): number | undefined {
  const scaling = input['ScalingConfig'];
  if (scaling === undefined || scaling === null) return model.maximumConcurrency;
  if (typeof scaling !== 'object') throw invalid('ScalingConfig must be an object.');
  return integer(scaling as JsonObject, 'MaximumConcurrency', 2, 1_000);
}

function reportsFailures(input: JsonObject): boolean | undefined {
  const types = input['FunctionResponseTypes'];
  if (types === undefined || types === null) return undefined;
  if (Array.isArray(types) && types.every((type) => type === 'ReportBatchItemFailures')) return types.length > 0;
  throw invalid('FunctionResponseTypes must be a list that holds nothing but ReportBatchItemFailures.');
}

const filterCriteria = { members: { Filters: { list: { members: { Pattern: 'string' } } } } } as const;

function patterns(input: JsonObject): string[] | undefined {
  const { FilterCriteria: criteria } = input;
  if (criteria === undefined || criteria === null) return undefined;
  checkStructure(input, { members: { FilterCriteria: filterCriteria } });
  const { Filters: filters = [] } = criteria as { Filters?: readonly { Pattern?: string }[] };
  const texts = filters.map(({ Pattern = '{}' }) => Pattern);
  try {
    parsePatterns(texts);
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : String(error));
  }
  return texts;
}

function integer(input: JsonObject, name: string, minimum: number, maximum: number): number | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    throw invalid(`${name} must be a whole number, not ${JSON.stringify(value)}.`);
  }
  if (value >= minimum && value <= maximum) return value;
  const constraint = value < minimum ? `greater than or equal to ${minimum}` : `less than or equal to ${maximum}`;
  const member = name.charAt(0).toLowerCase() + name.slice(1);
  throw new AwsError(
    'ValidationException',
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must have value ${constraint}`,
  );
}

/** A name, an ARN or a partial ARN, with or without a version or alias. */
function functionNameOf(reference: string): string {
  return /function:([\w-]+)/u.exec(reference)?.[1] ?? reference.split(':')[0] ?? reference;
}

function boolean(input: JsonObject, name: string): boolean | undefined {
  const value = input[name];
  if (value === undefined || value === null || typeof value === 'boolean') return value ?? undefined;
  throw invalid(`${name} must be true or false, not ${JSON.stringify(value)}.`);
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterValueException', message, { members: { Type: 'User' } });
}
