import {
  type EventSourceMappingConfiguration,
  GetAccountSettingsCommand,
  GetFunctionCommand,
  type GetFunctionCommandOutput,
  type LambdaClient,
  paginateListEventSourceMappings,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand, GetQueueUrlCommand, QueueDoesNotExist, type SQSClient } from '@aws-sdk/client-sqs';
import type { Facts, FunctionFacts, MappingFacts, MeasuredRun, QueueFacts, RedriveFacts } from 'queue-doctor';
import type { Clients } from './clients.ts';
import type { LogFormat } from './lambda-log.ts';
import type { StackResources } from './stack.ts';

/** What to ask AWS about, and what the doctor cannot read from the configuration. */
interface FactsQuery extends StackResources {
  /** What a function took. */
  readonly measure: (log: { readonly group: string; readonly format: LogFormat }) => Promise<MeasuredRun | undefined>;
  /** The longest time that one record adds to its batch. The doctor assumes one when it is undefined. */
  readonly slowestRecordSeconds: number | undefined;
}

/** What the doctor can know of a deployed stack: its queues, its functions, and all mappings to either. */
export async function readFacts(clients: Clients, query: FactsQuery): Promise<Facts> {
  const read = async (names: readonly string[], measure: FactsQuery['measure']) =>
    (await Promise.all(names.map((name) => readFunction(clients.lambda, name, measure)))).flat();
  const [queues, functions, unreservedConcurrency] = await Promise.all([
    readQueues(clients.sqs, query.queueUrls),
    read(query.functionNames, query.measure),
    readUnreservedConcurrency(clients.lambda),
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
  // Functions of other stacks that consume a queue of this stack. They are judged with the queue, but not by
  // themselves.
  const elsewhere = new Set(fromQueues.map(functionNameOf).filter((name) => !query.functionNames.includes(name)));
  const all = [...functions, ...(await read([...elsewhere], async () => undefined))];
  return {
    queues: [...queues.values()],
    functions,
    mappings: fromQueues.map((mapping) => mappingFacts(mapping, queues, all, query.slowestRecordSeconds)),
    ...(unreservedConcurrency !== undefined && { unreservedConcurrency }),
  };
}

/** Answers nothing when the settings may not be read. What is not known is not judged. */
async function readUnreservedConcurrency(client: LambdaClient): Promise<number | undefined> {
  try {
    const { AccountLimit } = await client.send(new GetAccountSettingsCommand({}));
    return AccountLimit?.UnreservedConcurrentExecutions;
  } catch (error) {
    if (isDenied(error)) return undefined;
    throw error;
  }
}

function isDenied(error: unknown): boolean {
  return error instanceof Error && error.name.startsWith('AccessDenied');
}

/** An ARN with a version or an alias goes on behind the name. */
function functionNameOf({ FunctionArn: arn = '' }: EventSourceMappingConfiguration): string {
  return arn.split(':')[6] ?? arn;
}

/** Answers nothing when the function is gone: its mapping outlives it. */
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

/** GetFunction also answers the reserved concurrency; GetFunctionConfiguration does not. */
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

type Attributes = Readonly<Partial<Record<string, string>>>;

/** The queues with these URLs and their dead-letter queues, by their ARNs. */
async function readQueues(client: SQSClient, urls: readonly string[]): Promise<ReadonlyMap<string, QueueFacts>> {
  const known = new Map<string, Attributes>();
  let read = (await Promise.all(urls.map((url) => readAttributes(client, url)))).flat();
  while (read.length > 0) {
    for (const attributes of read) known.set(attributes['QueueArn'] ?? '', attributes);
    const behind = new Set(read.flatMap((attributes) => redriveOf(attributes)?.arn ?? []));
    const unknown = [...behind].filter((arn) => !known.has(arn));
    read = (await Promise.all(unknown.map((arn) => readBehind(client, arn)))).flat();
  }
  const facts = new Map<string, QueueFacts>();
  for (const arn of known.keys()) link(arn, known, facts);
  return facts;
}

/** Answers nothing when the queue is gone: a queue that somebody deleted by hand is still a resource of the stack. */
async function readAttributes(client: SQSClient, url: string): Promise<readonly Attributes[]> {
  try {
    // Asked for by name, `FifoQueue` is refused for standard queues.
    const command = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] });
    const { Attributes: attributes = {} } = await client.send(command);
    return [attributes];
  } catch (error) {
    if (error instanceof QueueDoesNotExist) return [];
    throw error;
  }
}

/** Answers nothing when the dead-letter queue is gone or may not be read. What is not known is not judged. */
async function readBehind(client: SQSClient, arn: string): Promise<readonly Attributes[]> {
  const [, , , , account, name] = arn.split(':');
  try {
    const command = new GetQueueUrlCommand({ QueueName: name, QueueOwnerAWSAccountId: account });
    const { QueueUrl: url } = await client.send(command);
    return url === undefined ? [] : await readAttributes(client, url);
  } catch (error) {
    if (isDenied(error) || error instanceof QueueDoesNotExist) return [];
    throw error;
  }
}

/** A queue with the dead-letter queues behind it. `before` ends a chain that leads back to itself. */
function link(
  arn: string,
  known: ReadonlyMap<string, Attributes>,
  facts: Map<string, QueueFacts>,
  before: readonly string[] = [],
): QueueFacts | undefined {
  const linked = facts.get(arn);
  const attributes = known.get(arn);
  if (linked !== undefined || attributes === undefined || before.includes(arn)) return linked;
  const redrive = redriveOf(attributes);
  const deadLetters: RedriveFacts | null =
    redrive === null
      ? null
      : {
          maxReceiveCount: redrive.maxReceiveCount,
          deadLetterQueue: link(redrive.arn, known, facts, [...before, arn]),
        };
  const queue: QueueFacts = {
    kind: 'queue',
    name: arn.split(':').at(-1) ?? arn,
    fifo: attributes['FifoQueue'] === 'true',
    visibilityTimeoutSeconds: Number(attributes['VisibilityTimeout']),
    retentionSeconds: Number(attributes['MessageRetentionPeriod']),
    redrive: deadLetters,
  };
  facts.set(arn, queue);
  return queue;
}

function redriveOf(attributes: Attributes): { readonly arn: string; readonly maxReceiveCount: number } | null {
  const text = attributes['RedrivePolicy'];
  if (text === undefined) return null;
  const policy = JSON.parse(text) as {
    readonly deadLetterTargetArn: string;
    readonly maxReceiveCount: number | string;
  };
  return { arn: policy.deadLetterTargetArn, maxReceiveCount: Number(policy.maxReceiveCount) };
}
