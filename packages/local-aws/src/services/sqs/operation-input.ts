import type { Clock } from '../../clock.ts';
import type { CallContext, JsonObject, Operation, Permission, Shape, StructureShape } from '../../endpoint/api.ts';
import type { ReceiveAttempts } from './deduplication.ts';
import type { MoveTasks } from './move-tasks.ts';
import type { QueueRegistry } from './queue-registry.ts';
import type { Queue } from './queue.ts';
import { invalidValue, missingParameter, queueDoesNotExist } from './sqs-errors.ts';

/**
 * Strings by name. In the Query protocol `queryName.1.key` and `queryName.1.Value`, as in the API reference's Query
 * examples.
 */
export const stringMap = (queryName: string, key: string): Shape => ({
  map: 'string',
  queryName,
  entry: [key, 'Value'],
});

/** A list of strings, flattened in the Query protocol: `AttributeName.1`. */
export const stringList = (queryName: string): Shape => ({ list: 'string', queryName });

/** `MessageAttributes` and `MessageSystemAttributes`: values by name, binary ones as base64. */
export const messageAttributes = (queryName: string): Shape => ({
  map: {
    members: {
      StringValue: 'string',
      BinaryValue: 'blob',
      StringListValues: { list: 'string', queryName: 'StringListValue' },
      BinaryListValues: { list: 'blob', queryName: 'BinaryListValue' },
      DataType: 'string',
    },
  },
  queryName,
  entry: ['Name', 'Value'],
});

export const batchFailure: StructureShape = {
  members: { Id: 'string', SenderFault: 'boolean', Code: 'string', Message: 'string' },
};

/**
 * An operation on the queue that `QueueUrl` names, which needs `action` on it. It throws `MissingParameter` where there
 * is no URL, and `QueueDoesNotExist` where there is no queue: after the permissions, if the URL is one of this account.
 */
export function queueOperation(
  sqs: SqsContext,
  action: string,
  shapes: { input: StructureShape['members']; output?: StructureShape['members'] },
  run: (queue: Queue, ...rest: Parameters<Operation['run']>) => ReturnType<Operation['run']>,
): Operation {
  return {
    input: { members: { QueueUrl: 'string', ...shapes.input } },
    ...(shapes.output !== undefined && { output: { members: shapes.output } }),
    permissions: (input) => [permissionOn(sqs, action, queueNameOf(sqs, input))],
    run: (input, context) => run(sqs.queues.require(queueNameOf(sqs, input)), input, context),
  };
}

/** Permission for `action` (`SendMessage`, without its prefix) on a queue, which need not exist. */
export function permissionOn(sqs: SqsContext, action: string, queueName: string): Permission {
  return { action: `sqs:${action}`, resource: sqs.queues.arnOf(queueName) };
}

/**
 * Only account and name of a queue URL matter: clients send back whatever host they know the endpoint by. AWS also
 * takes a bare name (LocalStack's test_set_empty_redrive_policy, validated against AWS).
 */
function queueNameOf(sqs: SqsContext, input: JsonObject): string {
  const url = requiredString(input, 'QueueUrl');
  if (/^[\w.-]+$/.test(url)) return url;
  const [, accountId, name] = /\/(\d{12})\/([\w.-]+)\/?$/.exec(url) ?? [];
  if (name === undefined || accountId !== sqs.accountId) throw queueDoesNotExist();
  return name;
}

/** Throws `MissingParameter` when absent or empty. */
export function requiredString(input: JsonObject, name: string): string {
  const value = input[name];
  if (typeof value !== 'string' || value === '') throw missingParameter(name);
  return value;
}

/** Undefined when absent or, where the input has no declared shape, no string. */
export function optionalString(input: JsonObject, name: string): string | undefined {
  const value = input[name];
  return typeof value === 'string' ? value : undefined;
}

/** An integer within limits, or undefined when absent; else `InvalidParameterValue` with AWS's words. */
export function optionalInteger(
  input: JsonObject,
  name: string,
  limits: { min: number; max: number; words?: string },
): number | undefined {
  const value = input[name];
  if (typeof value !== 'number') return undefined;
  if (value < limits.min || value > limits.max) {
    throw invalidValue(value, name, limits.words ?? `Must be between ${limits.min} and ${limits.max}, if provided.`);
  }
  return value;
}

/** The strings of a list, in order; empty when absent. */
export function strings(input: JsonObject, name: string): readonly string[] {
  const value = input[name];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** What SQS's operations work on. */
export interface SqsContext {
  readonly queues: QueueRegistry;
  readonly moveTasks: MoveTasks;
  readonly receiveAttempts: ReceiveAttempts;
  readonly clock: Clock;
  readonly accountId: string;
  /** How long AWS lets a caller wait between two purges of a queue. */
  readonly waitMs: number;
  /** The queue's URL for a caller: with the host by which the caller came. */
  readonly queueUrl: (queueName: string, caller: Pick<CallContext, 'host'>) => string;
}
