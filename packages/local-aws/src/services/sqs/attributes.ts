import { isObject } from '../../endpoint/json.ts';
import { defaultReusePeriodSeconds, type QueuePolicy, type QueueSettings } from './queue-settings.ts';
import type { Queue } from './queue.ts';
import { changeRedriveAllowPolicy, changeRedrivePolicy, type SourceQueue } from './redrive-policies.ts';
import { invalidAttributeName, invalidAttributeValue } from './sqs-errors.ts';

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };
type Change = (settings: Mutable<QueueSettings>, value: string, queue: SourceQueue, name: string) => void;

/** Limits from the API reference of SetQueueAttributes. */
const changes: Readonly<Record<string, Change>> = {
  VisibilityTimeout: integer('visibilityTimeoutSeconds', 0, 43_200),
  MaximumMessageSize: integer('maximumMessageSizeBytes', 1_024, 1_048_576),
  MessageRetentionPeriod: integer('messageRetentionSeconds', 60, 1_209_600),
  DelaySeconds: integer('delaySeconds', 0, 900),
  ReceiveMessageWaitTimeSeconds: integer('receiveWaitSeconds', 0, 20),
  Policy: (settings, value) => {
    delete settings.policy;
    if (value !== '') settings.policy = parsePolicy(value);
  },
  RedrivePolicy: (settings, value, queue) => {
    const redrivePolicy = changeRedrivePolicy(value, queue);
    delete settings.redrivePolicy;
    if (redrivePolicy !== undefined) settings.redrivePolicy = redrivePolicy;
  },
  RedriveAllowPolicy: (settings, value) => {
    const redriveAllowPolicy = changeRedriveAllowPolicy(value);
    delete settings.redriveAllowPolicy;
    if (redriveAllowPolicy !== undefined) settings.redriveAllowPolicy = redriveAllowPolicy;
  },
  KmsMasterKeyId: (settings, value) => {
    delete settings.kmsMasterKeyId;
    if (value === '') delete settings.kmsDataKeyReusePeriodSeconds;
    if (value === '') return;
    settings.kmsMasterKeyId = value;
    settings.sqsManagedSseEnabled = false;
  },
  KmsDataKeyReusePeriodSeconds: integer('kmsDataKeyReusePeriodSeconds', 60, 86_400),
  SqsManagedSseEnabled: (settings, value, _queue, name) => {
    settings.sqsManagedSseEnabled = parseBoolean(value, name);
  },
  FifoQueue: (_settings, value, queue) => {
    if (!queue.fifo) throw invalidAttributeName('Unknown Attribute FifoQueue.');
    if (value.toLowerCase() !== 'true') {
      throw invalidAttributeValue(
        'Invalid value for the parameter FifoQueue. Reason: Modifying queue type is not supported.',
      );
    }
  },
  ContentBasedDeduplication: (settings, value, queue, name) => {
    if (!queue.fifo) throw invalidAttributeName(`Unknown Attribute ${name}.`);
    settings.contentBasedDeduplication = parseBoolean(value, name);
  },
  DeduplicationScope: (settings, value, queue, name) => {
    requireFifo(queue, name);
    if (value !== 'queue' && value !== 'messageGroup') throw invalidValueOf(name);
    settings.deduplicationScope = value;
  },
  FifoThroughputLimit: (settings, value, queue, name) => {
    requireFifo(queue, name);
    if (value !== 'perQueue' && value !== 'perMessageGroupId') throw invalidValueOf(name);
    settings.fifoThroughputLimit = value;
  },
};

/** The settings after `attributes` were set. Throws `InvalidAttributeName` and `InvalidAttributeValue`. */
export function changeSettings(
  settings: QueueSettings,
  attributes: Readonly<Record<string, string>>,
  queue: SourceQueue,
): QueueSettings {
  if ((attributes['KmsMasterKeyId'] ?? '') !== '' && attributes['SqsManagedSseEnabled']?.toLowerCase() === 'true') {
    throw invalidAttributeName(
      'You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE.',
    );
  }
  const changed: Mutable<QueueSettings> = { ...settings };
  for (const [name, value] of Object.entries(attributes)) {
    const change = Object.hasOwn(changes, name) ? changes[name] : undefined;
    if (change === undefined) throw invalidAttributeName(`Unknown Attribute ${name}.`);
    change(changed, value, queue, name);
  }
  forgetDefaultReusePeriod(changed);
  if (changed.fifoThroughputLimit === 'perMessageGroupId' && changed.deduplicationScope !== 'messageGroup') {
    throw invalidAttributeValue(
      'The perMessageGroupId value is allowed only when the value for DeduplicationScope is messageGroup.',
    );
  }
  return changed;
}

/** Without a key, the default period is not listed (recorded by LocalStack, test_set_queue_attributes_default_values). */
function forgetDefaultReusePeriod(settings: Mutable<QueueSettings>): void {
  if (settings.kmsMasterKeyId !== undefined) return;
  if (settings.kmsDataKeyReusePeriodSeconds === defaultReusePeriodSeconds) delete settings.kmsDataKeyReusePeriodSeconds;
}

type IntegerKey = {
  [Key in keyof QueueSettings]-?: NonNullable<QueueSettings[Key]> extends number ? Key : never;
}[keyof QueueSettings];

function integer(key: IntegerKey, min: number, max: number): Change {
  return (settings, value, _queue, name) => {
    const number = Number(value);
    if (!/^\d+$/.test(value) || number < min || number > max) throw invalidValueOf(name);
    settings[key] = number;
  };
}

function parseBoolean(value: string, name: string): boolean {
  const lower = value.toLowerCase();
  if (lower !== 'true' && lower !== 'false') throw invalidValueOf(name);
  return lower === 'true';
}

function requireFifo(queue: SourceQueue, name: string): void {
  if (!queue.fifo) {
    throw invalidAttributeName(`You can specify the ${name} only when FifoQueue is set to true.`);
  }
}

function parsePolicy(text: string): QueuePolicy {
  try {
    const policy: unknown = JSON.parse(text);
    if (isObject(policy) && policy['Statement'] !== undefined) {
      const { Statement: statement } = policy;
      return { ...policy, Statement: Array.isArray(statement) ? statement : [statement] };
    }
  } catch {
    // Refused below, like JSON that is no policy.
  }
  throw invalidValueOf('Policy');
}

const invalidValueOf = (name: string) => invalidAttributeValue(`Invalid value for the parameter ${name}.`);

/** Attributes that GetQueueAttributes knows, in AWS's order; each reads one, undefined when the queue has none. */
const readers: Readonly<Record<string, (queue: Queue) => string | undefined>> = {
  Policy: ({ settings }) => json(settings.policy),
  VisibilityTimeout: ({ settings }) => String(settings.visibilityTimeoutSeconds),
  MaximumMessageSize: ({ settings }) => String(settings.maximumMessageSizeBytes),
  MessageRetentionPeriod: ({ settings }) => String(settings.messageRetentionSeconds),
  ApproximateNumberOfMessages: ({ counts }) => String(counts.available),
  ApproximateNumberOfMessagesNotVisible: ({ counts }) => String(counts['in-flight']),
  CreatedTimestamp: ({ createdAtMs }) => String(Math.floor(createdAtMs / 1000)),
  LastModifiedTimestamp: ({ modifiedAtMs }) => String(Math.floor(modifiedAtMs / 1000)),
  QueueArn: ({ arn }) => arn,
  ApproximateNumberOfMessagesDelayed: ({ counts }) => String(counts.delayed),
  DelaySeconds: ({ settings }) => String(settings.delaySeconds),
  ReceiveMessageWaitTimeSeconds: ({ settings }) => String(settings.receiveWaitSeconds),
  RedrivePolicy: ({ settings }) => json(settings.redrivePolicy),
  FifoQueue: ({ fifo }) => (fifo ? 'true' : undefined),
  ContentBasedDeduplication: fifoOnly((settings) => String(settings.contentBasedDeduplication)),
  KmsMasterKeyId: ({ settings }) => settings.kmsMasterKeyId,
  KmsDataKeyReusePeriodSeconds: ({ settings }) => settings.kmsDataKeyReusePeriodSeconds?.toString(),
  DeduplicationScope: fifoOnly((settings) => settings.deduplicationScope),
  FifoThroughputLimit: fifoOnly((settings) => settings.fifoThroughputLimit),
  RedriveAllowPolicy: ({ settings }) => json(settings.redriveAllowPolicy),
  SqsManagedSseEnabled: ({ settings }) => String(settings.sqsManagedSseEnabled),
};

/** The named attributes of a queue (`All`: every one), as strings. Throws `InvalidAttributeName`. */
export function readAttributes(queue: Queue, names: readonly string[]): Record<string, string> {
  const wanted = names.includes('All') ? Object.keys(readers) : names;
  const attributes: Record<string, string> = {};
  for (const name of wanted) {
    const read = Object.hasOwn(readers, name) ? readers[name] : undefined;
    if (read === undefined) throw invalidAttributeName(`Unknown Attribute ${name}.`);
    const value = read(queue);
    if (value !== undefined) attributes[name] = value;
  }
  return attributes;
}

function fifoOnly(read: (settings: QueueSettings) => string): (queue: Queue) => string | undefined {
  return (queue) => (queue.fifo ? read(queue.settings) : undefined);
}

function json(value: unknown): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value);
}
