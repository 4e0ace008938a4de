import type { JsonObject } from '../../endpoint/api.ts';
import { isObject } from '../../endpoint/json.ts';
import type { RedrivePolicy } from './model.ts';
import type { QueueRegistry } from './queue-registry.ts';
import type { Queue } from './queue.ts';
import { invalidValue } from './sqs-errors.ts';

/** A queue as far as the rules of redriving ask. */
export interface SourceQueue {
  readonly arn: string;
  readonly fifo: boolean;
  readonly queues: QueueRegistry;
}

const redriveAttributes = ['maxReceiveCount', 'deadLetterTargetArn'];

/**
 * Reads a `RedrivePolicy` for the queue `source`; undefined for an empty one, which removes it. Throws
 * `InvalidParameterValue`. Rules from the API reference of SetQueueAttributes and the SQS Developer Guide,
 * "Dead-letter queues".
 */
export function changeRedrivePolicy(text: string, source: SourceQueue): RedrivePolicy | undefined {
  if (text === '') return undefined;
  const refuse = (reason: string) => invalidValue(text, 'RedrivePolicy', reason);
  const policy = parse(text);
  if (policy === undefined) throw refuse('Redrive policy is not a valid JSON map.');
  for (const name of redriveAttributes) {
    if (policy[name] === undefined) throw refuse(`Redrive policy does not contain mandatory attribute: ${name}.`);
  }
  if (Object.keys(policy).length > redriveAttributes.length) {
    throw refuse(`Only following attributes are supported: [${redriveAttributes.join(', ')}].`);
  }
  const { maxReceiveCount: given, deadLetterTargetArn } = policy;
  const maxReceiveCount = Number(given);
  if (!Number.isInteger(maxReceiveCount) || maxReceiveCount < 1 || maxReceiveCount > 1_000) {
    throw refuse(
      `Invalid value for maxReceiveCount: ${String(given)}, valid values are from 1 to 1000 both inclusive.`,
    );
  }
  if (typeof deadLetterTargetArn !== 'string' || !deadLetterTargetArn.startsWith('arn:')) {
    throw refuse('Invalid value for deadLetterTargetArn.');
  }
  const target = source.queues.byArn(deadLetterTargetArn);
  if (target === undefined) throw refuse('Dead letter target does not exist.');
  if (target.fifo !== source.fifo) throw refuse('Dead-letter queue must be same type of queue as the source.');
  if (!mayBeDeadLetterQueueOf(target, source.arn)) {
    throw refuse(`The redrive allow policy of ${deadLetterTargetArn} does not allow this queue as a source.`);
  }
  return { deadLetterTargetArn, maxReceiveCount };
}

const permissions = ['allowAll', 'denyAll', 'byQueue'];
const sourcesLimit = 10;

/** Reads a `RedriveAllowPolicy`; undefined for an empty one. Throws `InvalidParameterValue`. */
export function changeRedriveAllowPolicy(text: string): JsonObject | undefined {
  if (text === '') return undefined;
  const policy = parse(text);
  const permission = policy?.['redrivePermission'];
  const sources = policy?.['sourceQueueArns'];
  const isByQueue = permission === 'byQueue';
  const areSourcesRight = isByQueue
    ? Array.isArray(sources) && sources.length > 0 && sources.length <= sourcesLimit
    : sources === undefined;
  if (policy === undefined || !permissions.includes(String(permission)) || !areSourcesRight) {
    throw invalidValue(
      text,
      'RedriveAllowPolicy',
      'redrivePermission must be allowAll, denyAll or byQueue, and sourceQueueArns 1 to 10 ARNs with byQueue only.',
    );
  }
  return policy;
}

function mayBeDeadLetterQueueOf(target: Queue, sourceArn: string): boolean {
  const { redrivePermission = 'allowAll', sourceQueueArns } = target.settings.redriveAllowPolicy ?? {};
  if (redrivePermission === 'byQueue') return Array.isArray(sourceQueueArns) && sourceQueueArns.includes(sourceArn);
  return redrivePermission !== 'denyAll';
}

function parse(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
