import type { JsonObject, Operation } from '../../../endpoint/api.ts';
import { changeSettings, readAttributes } from '../attributes.ts';
import {
  optionalInteger,
  optionalString,
  permissionOn,
  queueOperation,
  requiredString,
  type SqsContext,
  stringList,
  stringMap,
  strings,
} from '../operation-input.ts';
import { defaultReusePeriodSeconds, defaultSettings } from '../queue-settings.ts';
import type { Queue } from '../queue.ts';
import {
  invalidParameterValue,
  missingParameter,
  purgeQueueInProgress,
  queueDoesNotExist,
  queueNameExists,
} from '../sqs-errors.ts';

export const createQueue = (sqs: SqsContext): Operation => ({
  input: {
    members: { QueueName: 'string', Attributes: stringMap('Attribute', 'Name'), tags: stringMap('Tag', 'Key') },
  },
  permissions: (input) => [permissionOn(sqs, 'CreateQueue', requiredString(input, 'QueueName'))],
  run: (input, context) => {
    const name = requiredString(input, 'QueueName');
    const attributes = (input['Attributes'] ?? {}) as Record<string, string>;
    const fifo = checkName(name, optionalString(attributes, 'FifoQueue')?.toLowerCase() === 'true');
    const arn = sqs.queues.arnOf(name);
    const settings = changeSettings(defaultSettings, attributes, { arn, fifo, queues: sqs.queues });
    const existing = sqs.queues.byName(name);
    if (existing === undefined) sqs.queues.create(name, settings, tagsWith({}, input['tags'], name));
    else checkSame(existing, attributes);
    return { QueueUrl: sqs.queueUrl(name, context) };
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
  const actual = {
    KmsDataKeyReusePeriodSeconds: String(defaultReusePeriodSeconds),
    ...readAttributes(queue, ['All']),
  } as Readonly<Record<string, string>>;
  for (const [name, value] of Object.entries(attributes)) {
    if (canonical(value) !== canonical(actual[name] ?? '')) throw queueNameExists(name);
  }
}

/**
 * Policies are JSON text: spaces, the order of members and numbers written as text make no difference. Neither does the
 * case of `true` and `false`.
 */
function canonical(value: string): string {
  if (/^(?:true|false)$/i.test(value)) return value.toLowerCase();
  if (!value.startsWith('{')) return value;
  return JSON.stringify(JSON.parse(value), (_key, item: unknown) => {
    if (typeof item === 'number') return String(item);
    const isMap = typeof item === 'object' && item !== null && !Array.isArray(item);
    return isMap ? Object.fromEntries(Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : 1))) : item;
  });
}

const pageLimit = 1_000;

const pageInput = { MaxResults: 'integer', NextToken: 'string' } as const;

/**
 * One page of `names`, which are sorted. A token comes back only when the caller set `MaxResults` and there is more;
 * without it the first 1,000 are all there is (API reference of ListQueues). The token holds the last name, so that
 * nothing is passed over when queues come or go between two pages.
 */
function page(names: readonly string[], input: JsonObject): { items: readonly string[]; next: JsonObject } {
  const words = `MaxResults must be an integer between 1 and ${pageLimit}.`;
  const maxResults = optionalInteger(input, 'MaxResults', { min: 1, max: pageLimit, words });
  const token = optionalString(input, 'NextToken');
  const after = token === undefined ? '' : Buffer.from(token, 'base64url').toString();
  if (token !== undefined && (!/^[\w.-]+$/.test(after) || tokenOf(after) !== token)) {
    throw invalidParameterValue('Invalid or expired next token.');
  }
  const left = names.filter((name) => name > after);
  const items = left.slice(0, maxResults ?? pageLimit);
  const last = items.at(-1);
  const hasMore = maxResults !== undefined && items.length < left.length && last !== undefined;
  return { items, next: hasMore ? { NextToken: tokenOf(last) } : {} };
}

const tokenOf = (name: string): string => Buffer.from(name).toString('base64url');

export const listQueues = (sqs: SqsContext): Operation => ({
  input: { members: { QueueNamePrefix: 'string', ...pageInput } },
  output: { members: { QueueUrls: { list: 'string', queryName: 'QueueUrl', queryJsonName: 'queueUrls' } } },
  permissions: () => [permissionOn(sqs, 'ListQueues', '')],
  run: (input, context) => {
    const prefix = optionalString(input, 'QueueNamePrefix') ?? '';
    const names = sqs.queues.all().map(({ name }) => name);
    const { items, next } = page(
      names.filter((name) => name.startsWith(prefix)),
      input,
    );
    return { ...(items.length > 0 && { QueueUrls: items.map((name) => sqs.queueUrl(name, context)) }), ...next };
  },
});

/** Source: SQS Developer Guide, "Queue quotas". */
const tagsLimit = 50;

function tagsWith(tags: Queue['tags'], given: unknown, queueName: string): Queue['tags'] {
  const all = { ...tags, ...(given as Queue['tags'] | undefined) };
  if (Object.keys(all).length <= tagsLimit) return all;
  throw invalidParameterValue(`Too many tags added for queue ${queueName}.`);
}

/** What AWS says of no tags, and of too many, is what moto's tests expect (test_tag_queue_errors). */
export const tagQueue = (sqs: SqsContext): Operation =>
  queueOperation(sqs, 'TagQueue', { input: { Tags: stringMap('Tag', 'Key') } }, (queue, input) => {
    if (Object.keys(input['Tags'] ?? {}).length === 0) throw missingParameter('Tags');
    queue.tags = tagsWith(queue.tags, input['Tags'], queue.name);
    return {};
  });

const setAttributesInput = { Attributes: stringMap('Attribute', 'Name') };

/** AWS takes up to 60 seconds to apply them (retention 15 minutes); here they count at once. */
export const setQueueAttributes = (sqs: SqsContext): Operation =>
  queueOperation(sqs, 'SetQueueAttributes', { input: setAttributesInput }, (queue, given) => {
    if (given['Attributes'] === undefined) throw missingParameter('Attributes');
    const attributes = given['Attributes'] as Record<string, string>;
    const { arn, fifo } = queue;
    queue.configure(changeSettings(queue.settings, attributes, { arn, fifo, queues: sqs.queues }));
    return {};
  });

const attributesShapes = {
  input: { AttributeNames: stringList('AttributeName') },
  output: { Attributes: stringMap('Attribute', 'Name') },
};

/** As on AWS, the answer has no `Attributes` when the request names none, or names only attributes that are not set. */
export const getQueueAttributes = (sqs: SqsContext): Operation =>
  queueOperation(sqs, 'GetQueueAttributes', attributesShapes, (queue, input) => {
    const attributes = readAttributes(queue, strings(input, 'AttributeNames'));
    return Object.keys(attributes).length > 0 ? { Attributes: attributes } : {};
  });

/** AWS takes up to 60 seconds to purge and refuses another purge meanwhile; here the queue is empty at once. */
export const purgeQueue = (sqs: SqsContext): Operation =>
  queueOperation(sqs, 'PurgeQueue', { input: {} }, (queue) => {
    if (queue.purgedAtMs !== undefined && sqs.clock.now() - queue.purgedAtMs < sqs.waitMs) {
      throw purgeQueueInProgress(queue.name);
    }
    queue.purge();
    return {};
  });

export const getQueueUrl = (sqs: SqsContext): Operation => ({
  input: { members: { QueueName: 'string', QueueOwnerAWSAccountId: 'string' } },
  permissions: (input) => [permissionOn(sqs, 'GetQueueUrl', requiredString(input, 'QueueName'))],
  run: (input, context) => {
    const owner = input['QueueOwnerAWSAccountId'];
    if (owner !== undefined && owner !== sqs.accountId) throw queueDoesNotExist();
    return { QueueUrl: sqs.queueUrl(sqs.queues.require(requiredString(input, 'QueueName')).name, context) };
  },
});

const sourceQueuesShapes = { input: pageInput, output: { queueUrls: stringList('QueueUrl') } };

export const listDeadLetterSourceQueues = (sqs: SqsContext): Operation =>
  queueOperation(sqs, 'ListDeadLetterSourceQueues', sourceQueuesShapes, (queue, input, context) => {
    const names = sqs.queues.sourcesOf(queue).map(({ name }) => name);
    const { items, next } = page(names, input);
    return { queueUrls: items.map((name) => sqs.queueUrl(name, context)), ...next };
  });

/** AWS takes up to 60 seconds to delete; here the queue is gone at once. */
export const deleteQueue = (sqs: SqsContext): Operation =>
  queueOperation(sqs, 'DeleteQueue', { input: {} }, (queue) => {
    sqs.queues.delete(queue);
    return {};
  });

/** Keys that the queue does not have are no error, an empty list is (moto's test_untag_queue_errors). */
export const untagQueue = (sqs: SqsContext): Operation =>
  queueOperation(sqs, 'UntagQueue', { input: { TagKeys: stringList('TagKey') } }, (queue, input) => {
    const keys = new Set(strings(input, 'TagKeys'));
    if (keys.size === 0) throw invalidParameterValue('Tag keys must be between 1 and 128 characters in length.');
    queue.tags = Object.fromEntries(Object.entries(queue.tags).filter(([key]) => !keys.has(key)));
    return {};
  });

const queueTagsShapes = { input: {}, output: { Tags: stringMap('Tag', 'Key') } };

export const listQueueTags = (sqs: SqsContext): Operation =>
  queueOperation(sqs, 'ListQueueTags', queueTagsShapes, ({ tags }) =>
    Object.keys(tags).length > 0 ? { Tags: tags } : {},
  );
