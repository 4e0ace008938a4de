import { type CfnResource, Stack, Token } from 'aws-cdk-lib';
import { CfnEventSourceMapping, CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import type { IConstruct } from 'constructs';
import type { Facts, FunctionFacts, MappingFacts, QueueFacts, RedriveFacts } from '../facts.ts';
import { mayDecrypt } from './decryption.ts';
import { asConstructed, type Given } from './overrides.ts';
import { functionBehind, referenced } from './references.ts';

/** The facts of an app, and the construct that each fact is about. */
export interface AppFacts {
  readonly facts: Facts;
  readonly constructs: ReadonlyMap<QueueFacts | FunctionFacts | MappingFacts, CfnResource>;
}

/**
 * What the doctor can know of an app, over all its stacks. It reads the resources themselves (`CfnQueue`, `CfnFunction`,
 * `CfnEventSourceMapping`), so it does not matter which constructs made them. Unknown is what only a deployment decides:
 * a parameter, or a resource that was imported.
 *
 * @param given what a property is set to; by default what the construct says
 */
export function appFacts(root: IConstruct, given: Given = asConstructed): AppFacts {
  const all = root.node.findAll();
  const queues = new Map<IConstruct, QueueFacts>();
  // A dead-letter queue is read before its source. `before` ends a chain of queues that is a circle.
  const queueOf = (queue: CfnQueue, before: readonly IConstruct[] = []): QueueFacts => {
    const known = queues.get(queue);
    if (known !== undefined) return known;
    const chain = [...before, queue];
    const facts = queueFacts(queue, given, (arn) => {
      const target = referenced(arn);
      return target instanceof CfnQueue && !chain.includes(target) ? queueOf(target, chain) : undefined;
    });
    queues.set(queue, facts);
    return facts;
  };
  for (const node of all) if (node instanceof CfnQueue) queueOf(node);
  const functions = new Map(
    all.filter((node) => node instanceof CfnFunction).map((fn) => [fn as IConstruct, functionFacts(fn, given)]),
  );
  const mappings = new Map(
    all
      .filter((node) => node instanceof CfnEventSourceMapping)
      .flatMap((mapping) => {
        const source = referenced(mapping.eventSourceArn);
        const consumer = functionBehind(mapping, mapping.functionName);
        const queue = queues.get(source ?? mapping);
        const fn = functions.get(consumer ?? mapping);
        // Mappings of streams and topics are left out.
        const fromQueue = queue !== undefined || mapping.eventSourceArn?.includes(':sqs:') === true;
        return !fromQueue
          ? []
          : [
              [
                mapping,
                { ...mappingFacts(mapping, given, queue, fn), mayDecrypt: mayDecrypt(source, consumer, all) },
              ] as const,
            ];
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

type FindQueue = (arn: unknown) => QueueFacts | undefined;

function queueFacts(queue: CfnQueue, given: Given, findQueue: FindQueue): QueueFacts {
  return {
    kind: 'queue',
    name: nameOf(queue),
    fifo: queue.fifoQueue === true,
    // The defaults of SQS (CloudFormation, AWS::SQS::Queue).
    visibilityTimeoutSeconds: numberOf(queue, given(queue, 'VisibilityTimeout', queue.visibilityTimeout), 30),
    retentionSeconds: numberOf(queue, given(queue, 'MessageRetentionPeriod', queue.messageRetentionPeriod), 345_600),
    redrive: redriveFacts(queue, given, findQueue),
  };
}

function redriveFacts(queue: CfnQueue, given: Given, findQueue: FindQueue): RedriveFacts | null | undefined {
  const policy = given(queue, 'RedrivePolicy', queue.redrivePolicy) as { readonly [key: string]: unknown } | undefined;
  if (policy === undefined) return null;
  if (Token.isUnresolved(policy)) return undefined;
  return {
    maxReceiveCount: numberOf(queue, policy['maxReceiveCount'], undefined),
    deadLetterQueue: findQueue(policy['deadLetterTargetArn']),
  };
}

function functionFacts(fn: CfnFunction, given: Given): FunctionFacts {
  const reserved = given(fn, 'ReservedConcurrentExecutions', fn.reservedConcurrentExecutions);
  return {
    kind: 'function',
    name: nameOf(fn),
    // The defaults of Lambda (CloudFormation, AWS::Lambda::Function).
    timeoutSeconds: numberOf(fn, given(fn, 'Timeout', fn.timeout), 3),
    memoryMb: numberOf(fn, given(fn, 'MemorySize', fn.memorySize), 128),
    reservedConcurrency: reserved === undefined ? null : numberOf(fn, reserved, undefined),
  };
}

function mappingFacts(
  mapping: CfnEventSourceMapping,
  given: Given,
  queue: QueueFacts | undefined,
  fn: FunctionFacts | undefined,
): MappingFacts {
  const scalingConfig = given(mapping, 'ScalingConfig', mapping.scalingConfig);
  const functionResponseTypes = given(mapping, 'FunctionResponseTypes', mapping.functionResponseTypes) ?? [];
  const slowestRecordSeconds = slowestRecordSecondsOf(mapping);
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
    maximumConcurrency: maximumConcurrencyOf(mapping, scalingConfig),
    partialBatchResponses: Token.isUnresolved(functionResponseTypes)
      ? undefined
      : (functionResponseTypes as readonly string[]).includes('ReportBatchItemFailures'),
    ...(slowestRecordSeconds !== undefined && { slowestRecordSeconds }),
  };
}

/** Null where the mapping has no limit of its own. */
function maximumConcurrencyOf(mapping: CfnEventSourceMapping, scalingConfig: unknown): number | null | undefined {
  // Provisioned pollers have another limit, and AWS takes no maximum concurrency beside them.
  if (mapping.provisionedPollerConfig !== undefined) return undefined;
  if (scalingConfig === undefined) return null;
  if (Token.isUnresolved(scalingConfig)) return undefined;
  const { maximumConcurrency } = scalingConfig as CfnEventSourceMapping.ScalingConfigProperty;
  return numberOf(mapping, maximumConcurrency, null);
}

/** Shared by all copies of this package, should an app have two. */
const slowestRecord = Symbol.for('queue-doctor.slowestRecordSeconds');

/**
 * Tells the doctor how long one record adds to its batch at worst, for all mappings in `scope`. No template says this.
 * Without it the doctor assumes 0.25 s, and warns where it would else report an error.
 */
export function setSlowestRecordSeconds(scope: IConstruct, seconds: number): void {
  Object.defineProperty(scope, slowestRecord, { value: seconds, configurable: true });
}

/** What the nearest construct around a mapping was told. */
function slowestRecordSecondsOf(mapping: IConstruct): number | undefined {
  const told = mapping.node.scopes.map((scope) => (scope as { readonly [slowestRecord]?: number })[slowestRecord]);
  return told.findLast((seconds) => seconds !== undefined);
}

/** Undefined for a number that is known only when the stack is deployed. */
function numberOf<Missing>(scope: IConstruct, value: unknown, missing: Missing): number | Missing | undefined {
  if (value === undefined) return missing;
  const resolved: unknown = Stack.of(scope).resolve(value);
  return typeof resolved === 'number' ? resolved : undefined;
}

/** Path in the stack. The last step from a construct to its resource (`Resource`) is left out. */
function nameOf(construct: IConstruct): string {
  const { scopes } = construct.node;
  const path = scopes.slice(scopes.indexOf(Stack.of(construct)) + 1).map(({ node }) => node.id);
  return (path.at(-1) === 'Resource' ? path.slice(0, -1) : path).join('/');
}
