import {
  type EventSourceMappingConfiguration,
  GetFunctionCommand,
  type GetFunctionCommandOutput,
  type LambdaClient,
  paginateListEventSourceMappings,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';
import type { Facts, FunctionFacts, MappingFacts, MeasuredRun, QueueFacts } from '../../shared/doctor/facts.ts';
import type { Clients } from './clients.ts';
import { readQueues } from './deployed-queues.ts';
import type { LogFormat } from './invocation-report.ts';
import type { StackResources } from './stack-resources.ts';

/** Whom to ask about, and what the doctor cannot read from the configuration. */
export interface FactsQuery extends StackResources {
  /** What a function took. */
  readonly measure: (log: { readonly group: string; readonly format: LogFormat }) => Promise<MeasuredRun | undefined>;
  /** The longest that one record adds to its batch; undefined leaves it to the doctor. */
  readonly slowestRecordSeconds: number | undefined;
}

/** What the doctor can know of a deployed stack: its queues and functions, and whatever is mapped to them. */
export async function readFacts(clients: Clients, query: FactsQuery): Promise<Facts> {
  const read = async (names: readonly string[], measure: FactsQuery['measure']) =>
    (await Promise.all(names.map((name) => readFunction(clients.lambda, name, measure)))).flat();
  const [queues, functions] = await Promise.all([
    readQueues(clients.sqs, query.queueUrls),
    read(query.functionNames, query.measure),
  ]);
  const mappings = new Map<string, EventSourceMappingConfiguration>();
  const filters = [
    ...query.functionNames.map((FunctionName) => ({ FunctionName })),
    ...[...queues.keys()].map((EventSourceArn) => ({ EventSourceArn })),
  ];
  for (const filter of filters) {
    for await (const page of paginateListEventSourceMappings({ client: clients.lambda }, filter)) {
      for (const mapping of page.EventSourceMappings ?? []) mappings.set(mapping.UUID ?? '', mapping);
    }
  }
  const fromQueues = [...mappings.values()].filter(({ EventSourceArn: arn }) => arn?.includes(':sqs:'));
  // Functions of other stacks that consume a queue of this one: judged together with it, but not by themselves.
  const elsewhere = new Set(fromQueues.map(functionNameOf).filter((name) => !query.functionNames.includes(name)));
  const all = [...functions, ...(await read([...elsewhere], async () => undefined))];
  return {
    queues: [...queues.values()],
    functions,
    mappings: fromQueues.map((mapping) => mappingFacts(mapping, queues, all, query.slowestRecordSeconds)),
  };
}

/** With a version or an alias, the ARN goes on behind the name. */
function functionNameOf({ FunctionArn: arn = '' }: EventSourceMappingConfiguration): string {
  return arn.split(':')[6] ?? arn;
}

/** Nothing where the function is gone: its mapping outlives it. */
async function readFunction(
  client: LambdaClient,
  name: string,
  measure: FactsQuery['measure'],
): Promise<readonly FunctionFacts[]> {
  const answer = await getFunction(client, name);
  if (answer === undefined) return [];
  const { Timeout, MemorySize, LoggingConfig } = answer.Configuration ?? {};
  const measured = await measure({
    group: LoggingConfig?.LogGroup ?? `/aws/lambda/${name}`,
    format: LoggingConfig?.LogFormat === 'JSON' ? 'JSON' : 'Text',
  });
  const facts: FunctionFacts = {
    kind: 'function',
    name,
    timeoutSeconds: Timeout,
    memoryMb: MemorySize,
    reservedConcurrency: answer.Concurrency?.ReservedConcurrentExecutions ?? null,
    ...(measured !== undefined && { measured }),
  };
  return [facts];
}

/** Beside the configuration this answers the reserved concurrency, which GetFunctionConfiguration does not. */
async function getFunction(client: LambdaClient, name: string): Promise<GetFunctionCommandOutput | undefined> {
  try {
    return await client.send(new GetFunctionCommand({ FunctionName: name }));
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

function mappingFacts(
  mapping: EventSourceMappingConfiguration,
  queues: ReadonlyMap<string, QueueFacts>,
  functions: readonly FunctionFacts[],
  slowestRecordSeconds: number | undefined,
): MappingFacts {
  const queueArn = mapping.EventSourceArn ?? '';
  const functionName = functionNameOf(mapping);
  return {
    kind: 'mapping',
    name: `${queueArn.split(':').at(-1)} → ${functionName}`,
    queue: queues.get(queueArn),
    function: functions.find(({ name }) => name === functionName),
    enabled: mapping.State !== 'Disabled' && mapping.State !== 'Disabling',
    batchSize: mapping.BatchSize,
    windowSeconds: mapping.MaximumBatchingWindowInSeconds,
    maximumConcurrency: mapping.ScalingConfig?.MaximumConcurrency ?? null,
    partialBatchResponses: mapping.FunctionResponseTypes?.includes('ReportBatchItemFailures') ?? false,
    ...(slowestRecordSeconds !== undefined && { slowestRecordSeconds }),
  };
}
