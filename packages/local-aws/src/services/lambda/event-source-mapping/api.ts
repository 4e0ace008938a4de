import { AwsError, type JsonObject, type RestRequest, type RestRoute } from '../../../endpoint/api.ts';
import { checkStructure } from '../../../endpoint/json.ts';
import type { MappingModel } from '../model.ts';
import type { EventSourceMapping } from './event-source-mapping.ts';
import { parsePatterns } from './filter.ts';

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
function changedMapping(model: MappingModel, input: JsonObject, fifo: boolean): MappingModel {
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

const collection = '/2015-03-31/event-source-mappings';
const pageSize = 100;

/** What the operations look after: `MappingService`. */
interface ServedMappings {
  readonly mappings: readonly EventSourceMapping[];
  functionArn(functionName: string): string;
}

/** The operations on event source mappings that the Lambda API offers here. */
export function mappingRoutes(service: ServedMappings): RestRoute[] {
  const describe = (mapping: EventSourceMapping) =>
    describeMapping(mapping, service.functionArn(mapping.model.functionName));
  return [
    {
      operation: 'ListEventSourceMappings',
      method: 'GET',
      path: collection,
      permissions: () => [{ action: 'lambda:ListEventSourceMappings', resource: '*' }],
      run: ({ query }) => ({ status: 200, body: list(service.mappings.map(describe), query) }),
    },
    {
      operation: 'GetEventSourceMapping',
      method: 'GET',
      path: `${collection}/{UUID}`,
      permissions: (request) => permission('lambda:GetEventSourceMapping', request),
      run: (request) => ({ status: 200, body: describe(find(service, request)) }),
    },
    {
      operation: 'UpdateEventSourceMapping',
      method: 'PUT',
      path: `${collection}/{UUID}`,
      permissions: (request) => permission('lambda:UpdateEventSourceMapping', request),
      run(request) {
        const mapping = find(service, request);
        if (mapping.isChanging) throw inUse();
        const isFifo = mapping.model.queueArn.endsWith('.fifo');
        // Like AWS, answers at once with the state on the way; polling GetEventSourceMapping shows when it is there.
        void mapping.update(changedMapping(mapping.model, parse(request.body), isFifo));
        return { status: 202, body: describe(mapping) };
      },
    },
  ];
}

function list(all: readonly JsonObject[], query: URLSearchParams): JsonObject {
  const source = query.get('EventSourceArn');
  const name = query.get('FunctionName')?.split(':function:').at(-1);
  const matching = all.filter(
    (mapping) =>
      (source === null || mapping['EventSourceArn'] === source) &&
      (name === undefined || String(mapping['FunctionArn']).endsWith(`:${name}`)),
  );
  const start = Number(query.get('Marker') ?? 0);
  const end = start + Math.min(Number(query.get('MaxItems') ?? pageSize), pageSize);
  return {
    EventSourceMappings: matching.slice(start, end),
    ...(end < matching.length ? { NextMarker: String(end) } : {}),
  };
}

function find(service: ServedMappings, { parameters }: RestRequest): EventSourceMapping {
  const mapping = service.mappings.find(({ model }) => model.uuid === parameters['UUID']);
  if (mapping !== undefined) return mapping;
  throw new AwsError('ResourceNotFoundException', 'The resource you requested does not exist.', {
    httpStatus: 404,
    members: { Type: 'User' },
  });
}

/** Lambda's error for an update while another update is under way (API reference, UpdateEventSourceMapping). */
function inUse(): AwsError {
  return new AwsError('ResourceInUseException', 'Cannot update the event source mapping because it is in use.', {
    members: { Type: 'User' },
  });
}

function permission(action: string, { parameters }: RestRequest) {
  return [{ action, resource: `arn:aws:lambda:*:*:event-source-mapping:${parameters['UUID'] ?? ''}` }];
}

function parse(body: Buffer): JsonObject {
  try {
    const value: unknown = JSON.parse(body.toString('utf8') || '{}');
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  } catch {
    // Falls through to the refusal.
  }
  throw new AwsError(
    'InvalidRequestContentException',
    'Could not parse request body into json: it is not a JSON object.',
  );
}

/** A mapping as the Lambda API describes it (API reference, EventSourceMappingConfiguration). */
function describeMapping(mapping: EventSourceMapping, functionArn: string): JsonObject {
  const { model, state, lastModifiedMs } = mapping;
  return {
    UUID: model.uuid,
    BatchSize: model.batchSize,
    MaximumBatchingWindowInSeconds: model.windowSeconds,
    EventSourceArn: model.queueArn,
    FunctionArn: functionArn,
    LastModified: lastModifiedMs / 1000,
    State: state,
    StateTransitionReason: 'USER_INITIATED',
    FunctionResponseTypes: model.reportBatchItemFailures ? ['ReportBatchItemFailures'] : [],
    ...(model.maximumConcurrency === undefined
      ? {}
      : { ScalingConfig: { MaximumConcurrency: model.maximumConcurrency } }),
    ...(model.filterPatterns.length === 0
      ? {}
      : { FilterCriteria: { Filters: model.filterPatterns.map((Pattern) => ({ Pattern })) } }),
    EventSourceMappingArn: functionArn.replace(/:function:.*$/, `:event-source-mapping:${model.uuid}`),
  };
}
