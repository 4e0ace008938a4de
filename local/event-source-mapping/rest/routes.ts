import { AwsError } from '../../endpoint/aws-error.ts';
import type { JsonObject, RestRequest, RestRoute } from '../../endpoint/service.ts';
import type { EventSourceMapping } from '../event-source-mapping.ts';
import { changedMapping } from './changes.ts';
import { describeMapping } from './configuration.ts';

const collection = '/2015-03-31/event-source-mappings';
const pageSize = 100;

/** What the operations look after: `MappingService`. */
export interface ServedMappings {
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

/** As Lambda refuses an update while another one is under way (API reference, UpdateEventSourceMapping). */
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
