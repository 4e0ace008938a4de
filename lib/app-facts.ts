import { CfnResource, Reference, Stack, Token, Tokenization } from 'aws-cdk-lib';
import { CfnAlias, CfnEventSourceMapping, CfnFunction, CfnVersion } from 'aws-cdk-lib/aws-lambda';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import type { IConstruct } from 'constructs';
import type { Facts, FunctionFacts, MappingFacts, QueueFacts, RedriveFacts } from 'queue-doctor';
import { QueueConsumer } from './queue-consumer.ts';

/** Facts, and the way back from each to its construct. */
export interface AppFacts {
  readonly facts: Facts;
  /** What each of the facts is about. */
  readonly constructs: ReadonlyMap<QueueFacts | FunctionFacts | MappingFacts, CfnResource>;
}

/**
 * What the doctor can know of an app, over all its stacks: from the resources themselves, whichever constructs made
 * them. What only a deployment decides (parameters, imported resources) and what `addPropertyOverride` sets is unknown.
 */
export function appFacts(root: IConstruct): AppFacts {
  const all = root.node.findAll();
  const queues = new Map<IConstruct, QueueFacts>();
  // Queues behind a queue first. `before` ends a chain that comes round to itself.
  const queueOf = (queue: CfnQueue, before: readonly IConstruct[] = []): QueueFacts => {
    const known = queues.get(queue);
    if (known !== undefined) return known;
    const chain = [...before, queue];
    const facts = queueFacts(queue, (arn) => {
      const target = referenced(arn);
      return target instanceof CfnQueue && !chain.includes(target) ? queueOf(target, chain) : undefined;
    });
    queues.set(queue, facts);
    return facts;
  };
  for (const node of all) if (node instanceof CfnQueue) queueOf(node);
  const functions = new Map(
    all.filter((node) => node instanceof CfnFunction).map((fn) => [fn as IConstruct, functionFacts(fn)]),
  );
  const mappings = new Map(
    all
      .filter((node) => node instanceof CfnEventSourceMapping)
      .flatMap((mapping) => {
        const queue = queues.get(referenced(mapping.eventSourceArn) ?? mapping);
        const fn = functions.get(functionBehind(mapping, mapping.functionName) ?? mapping);
        // A mapping of a stream or a topic is none of the doctor's.
        const fromQueue = queue !== undefined || mapping.eventSourceArn?.includes(':sqs:') === true;
        return !fromQueue ? [] : [[mapping, mappingFacts(mapping, queue, fn)] as const];
      }),
  );
  const constructs = new Map(
    [...queues, ...functions, ...mappings].map(([construct, facts]) => [facts, construct as CfnResource]),
  );
  return {
    facts: { queues: [...queues.values()], functions: [...functions.values()], mappings: [...mappings.values()] },
    constructs,
  };
}

function queueFacts(queue: CfnQueue, findQueue: (arn: unknown) => QueueFacts | undefined): QueueFacts {
  return {
    kind: 'queue',
    name: nameOf(queue),
    fifo: queue.fifoQueue === true,
    // SQS's own, where the template says nothing (CloudFormation, AWS::SQS::Queue).
    visibilityTimeoutSeconds: numberOf(queue, given(queue, 'VisibilityTimeout', queue.visibilityTimeout), 30),
    retentionSeconds: numberOf(queue, given(queue, 'MessageRetentionPeriod', queue.messageRetentionPeriod), 345_600),
    redrive: redriveFacts(queue, findQueue),
  };
}

function redriveFacts(
  queue: CfnQueue,
  findQueue: (arn: unknown) => QueueFacts | undefined,
): RedriveFacts | null | undefined {
  const policy = given(queue, 'RedrivePolicy', queue.redrivePolicy) as { readonly [key: string]: unknown } | undefined;
  if (policy === undefined) return null;
  if (Token.isUnresolved(policy)) return undefined;
  return {
    maxReceiveCount: numberOf(queue, policy['maxReceiveCount'], undefined),
    deadLetterQueue: findQueue(policy['deadLetterTargetArn']),
  };
}

function functionFacts(fn: CfnFunction): FunctionFacts {
  const reserved = given(fn, 'ReservedConcurrentExecutions', fn.reservedConcurrentExecutions);
  return {
    kind: 'function',
    name: nameOf(fn),
    // Lambda's own, where the template says nothing (CloudFormation, AWS::Lambda::Function).
    timeoutSeconds: numberOf(fn, given(fn, 'Timeout', fn.timeout), 3),
    memoryMb: numberOf(fn, given(fn, 'MemorySize', fn.memorySize), 128),
    reservedConcurrency: reserved === undefined ? null : numberOf(fn, reserved, undefined),
  };
}

function mappingFacts(
  mapping: CfnEventSourceMapping,
  queue: QueueFacts | undefined,
  fn: FunctionFacts | undefined,
): MappingFacts {
  const scalingConfig = given(mapping, 'ScalingConfig', mapping.scalingConfig);
  const functionResponseTypes = given(mapping, 'FunctionResponseTypes', mapping.functionResponseTypes) ?? [];
  const consumer = mapping.node.scopes.find((scope) => scope instanceof QueueConsumer);
  const slowestRecordSeconds = consumer?.settings.slowestRecordSeconds;
  return {
    kind: 'mapping',
    name: `${queue?.name ?? 'its queue'} → ${fn?.name ?? 'its function'}`,
    queue,
    function: fn,
    enabled: given(mapping, 'Enabled', mapping.enabled) !== false,
    batchSize: numberOf(mapping, given(mapping, 'BatchSize', mapping.batchSize), 10),
    windowSeconds: numberOf(
      mapping,
      given(mapping, 'MaximumBatchingWindowInSeconds', mapping.maximumBatchingWindowInSeconds),
      0,
    ),
    // Provisioned pollers have a limit of their own, and take no maximum concurrency beside it.
    maximumConcurrency:
      mapping.provisionedPollerConfig !== undefined
        ? undefined
        : scalingConfig === undefined
          ? null
          : Token.isUnresolved(scalingConfig)
            ? undefined
            : numberOf(
                mapping,
                (scalingConfig as CfnEventSourceMapping.ScalingConfigProperty).maximumConcurrency,
                null,
              ),
    partialBatchResponses: Token.isUnresolved(functionResponseTypes)
      ? undefined
      : (functionResponseTypes as readonly string[]).includes('ReportBatchItemFailures'),
    ...(slowestRecordSeconds !== undefined && { slowestRecordSeconds }),
  };
}

/**
 * What a property was set to. One that `addPropertyOverride` touches is unknown: its value is a token, by which no rule
 * judges.
 */
function given(resource: CfnResource, property: string, value: unknown): unknown {
  const { Properties: overridden = {} } = resource['rawOverrides'] as { readonly Properties?: object };
  return property in overridden ? Token.asAny({ resolve: () => undefined }) : value;
}

/** Undefined for what is only known when the stack is deployed. */
function numberOf<Missing>(scope: IConstruct, value: unknown, missing: Missing): number | Missing | undefined {
  if (value === undefined) return missing;
  const resolved: unknown = Stack.of(scope).resolve(value);
  return typeof resolved === 'number' ? resolved : undefined;
}

/** The resource whose reference is, or is part of, a value. */
function referenced(value: unknown): IConstruct | undefined {
  const tokens = typeof value === 'string' ? Tokenization.reverseString(value).tokens : [value];
  return tokens.find((token) => Reference.isReference(token))?.target;
}

/** The function that a mapping names: itself, or behind a version or an alias. */
function functionBehind(scope: IConstruct, name: unknown): IConstruct | undefined {
  const target = referenced(name) ?? namedInStack(Stack.of(scope), name);
  return target instanceof CfnAlias || target instanceof CfnVersion
    ? functionBehind(target, target.functionName)
    : target;
}

/** An alias is named by a part of its ARN: what is left of the reference is a logical id in the stack. */
function namedInStack(stack: Stack, name: unknown): IConstruct | undefined {
  const [, logicalId] = /"Ref":"(\w+)"/.exec(JSON.stringify(stack.resolve(name)) ?? '') ?? [];
  return stack.node
    .findAll()
    .find((node) => CfnResource.isCfnResource(node) && stack.resolve(node.logicalId) === logicalId);
}

/** Path in the stack, without the last step from a construct to its resource. */
function nameOf(construct: IConstruct): string {
  const { scopes } = construct.node;
  const path = scopes.slice(scopes.indexOf(Stack.of(construct)) + 1).map(({ node }) => node.id);
  return (path.at(-1) === 'Resource' ? path.slice(0, -1) : path).join('/');
}
