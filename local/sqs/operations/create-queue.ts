import type { Operation } from '../../endpoint/service.ts';
import { changeSettings } from '../change-settings.ts';
import { optionalString, permissionOn, requiredString, stringMap } from '../operation-input.ts';
import { readAttributes } from '../queue-attributes.ts';
import { defaultSettings } from '../queue-settings.ts';
import type { Queue } from '../queue.ts';
import type { SqsContext } from '../sqs-context.ts';
import { invalidParameterValue, queueNameExists } from '../sqs-errors.ts';

export const createQueue = (sqs: SqsContext): Operation => ({
  input: {
    members: { QueueName: 'string', Attributes: stringMap('Attribute', 'Name'), tags: stringMap('Tag', 'Key') },
  },
  permissions: (input) => [permissionOn(sqs, 'CreateQueue', requiredString(input, 'QueueName'))],
  run: (input) => {
    const name = requiredString(input, 'QueueName');
    const attributes = (input['Attributes'] ?? {}) as Record<string, string>;
    const fifo = checkName(name, optionalString(attributes, 'FifoQueue') === 'true');
    const arn = sqs.queues.arnOf(name);
    const settings = changeSettings(defaultSettings, attributes, { arn, fifo, queues: sqs.queues });
    const existing = sqs.queues.byName(name);
    if (existing === undefined) sqs.queues.create(name, settings, (input['tags'] ?? {}) as Record<string, string>);
    else checkSame(existing, attributes);
    return { QueueUrl: sqs.queueUrl(name) };
  },
});

/** The rules of the API reference; answers whether the queue is a FIFO one. */
function checkName(name: string, fifo: boolean): boolean {
  if (fifo && !/^[A-Za-z0-9_-]{1,75}\.fifo$/.test(name)) {
    throw invalidParameterValue(
      'The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with ' +
        '.fifo suffix and be 1 to 80 in length',
    );
  }
  if (!fifo && !/^[A-Za-z0-9_-]{1,80}$/.test(name)) {
    throw invalidParameterValue('Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length');
  }
  return fifo;
}

/** Creating a queue again is no error as long as every attribute given is the one it has. */
function checkSame(queue: Queue, attributes: Readonly<Record<string, string>>): void {
  const actual = readAttributes(queue, ['All']);
  for (const [name, value] of Object.entries(attributes)) {
    if (canonical(value) !== canonical(actual[name] ?? '')) throw queueNameExists(name);
  }
}

/** Policies are JSON text: spaces, the order of members and numbers written as text make no difference. */
function canonical(value: string): string {
  if (!value.startsWith('{')) return value;
  return JSON.stringify(JSON.parse(value), (_key, item: unknown) => {
    if (typeof item === 'number') return String(item);
    const isMap = typeof item === 'object' && item !== null && !Array.isArray(item);
    return isMap ? Object.fromEntries(Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : 1))) : item;
  });
}
