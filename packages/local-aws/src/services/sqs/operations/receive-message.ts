import type { CallContext, JsonObject, Operation } from '../../../endpoint/api.ts';
import { inFlightLimit } from '../message-store.ts';
import { md5OfAttributes, type MessageAttributes, type ReceivedMessage } from '../message.ts';
import {
  messageAttributes,
  optionalInteger,
  optionalString,
  queueOperation,
  type SqsContext,
  stringList,
  stringMap,
  strings,
} from '../operation-input.ts';
import type { Queue } from '../queue.ts';
import type { ReceiveOptions } from '../receiving.ts';
import { invalidAttributeName, invalidValue, overLimit } from '../sqs-errors.ts';

const shapes = {
  input: {
    AttributeNames: stringList('AttributeName'),
    MessageSystemAttributeNames: stringList('MessageSystemAttributeName'),
    MessageAttributeNames: stringList('MessageAttributeName'),
    MaxNumberOfMessages: 'integer',
    VisibilityTimeout: 'integer',
    WaitTimeSeconds: 'integer',
    ReceiveRequestAttemptId: 'string',
  },
  output: {
    Messages: {
      list: {
        members: {
          Attributes: stringMap('Attribute', 'Name'),
          MessageAttributes: messageAttributes('MessageAttribute'),
        },
      },
      queryName: 'Message',
      queryJsonName: 'messages',
    },
  },
} as const;

export const receiveMessage = (sqs: SqsContext): Operation =>
  queueOperation(sqs, 'ReceiveMessage', shapes, async (queue, input, context) => {
    const max = optionalInteger(input, 'MaxNumberOfMessages', { min: 1, max: 10 }) ?? 1;
    const visibilityTimeoutSeconds = optionalInteger(input, 'VisibilityTimeout', {
      min: 0,
      max: 43_200,
      words: 'Must be between 0 and 43200.',
    });
    const waitSeconds =
      optionalInteger(input, 'WaitTimeSeconds', { min: 0, max: 20, words: 'Must be >= 0 and <= 20, if provided.' }) ??
      queue.settings.receiveWaitSeconds;
    const selection = attributeSelection(
      strings(input, 'AttributeNames'),
      strings(input, 'MessageSystemAttributeNames'),
      strings(input, 'MessageAttributeNames'),
    );
    const options = { max, ...(visibilityTimeoutSeconds !== undefined && { visibilityTimeoutSeconds }) };
    const attemptId = attemptIdOf(queue, input);
    const again = attemptId && sqs.receiveAttempts.repeat(queue, attemptId, sqs.clock.now(), visibilityTimeoutSeconds);
    const messages =
      again ||
      (waitSeconds > 0 ? await longPoll(sqs, queue, options, waitSeconds, context) : shortPoll(queue, options));
    if (attemptId && messages.length > 0) sqs.receiveAttempts.remember(queue, attemptId, sqs.clock.now(), messages);
    return messages.length === 0 ? {} : { Messages: messages.map((message) => messageDocument(message, selection)) };
  });

function attemptIdOf(queue: Queue, input: JsonObject): string | undefined {
  const attemptId = optionalString(input, 'ReceiveRequestAttemptId');
  if (attemptId === undefined || queue.fifo) return attemptId;
  const reason = 'The request includes a parameter that is not valid for this queue type.';
  throw invalidValue(attemptId, 'ReceiveRequestAttemptId', reason);
}

/** Only a short poll of a standard queue is told that too much is in flight (SQS Developer Guide, "Message quotas"). */
function shortPoll(queue: Queue, options: ReceiveOptions): ReceivedMessage[] {
  if (!queue.fifo && queue.counts['in-flight'] >= inFlightLimit) {
    throw overLimit(`Too many messages are in flight: the limit of a queue is ${inFlightLimit}.`);
  }
  return queue.receive(options);
}

async function longPoll(
  sqs: SqsContext,
  queue: Queue,
  options: ReceiveOptions,
  waitSeconds: number,
  context: CallContext,
): Promise<ReceivedMessage[]> {
  const controller = new AbortController();
  const abort = () => controller.abort();
  const cancelTimer = sqs.clock.after(waitSeconds * 1000, abort);
  if (context.signal.aborted) abort();
  context.signal.addEventListener('abort', abort);
  try {
    return await queue.receiveOrWait(options, controller.signal);
  } finally {
    cancelTimer();
    context.signal.removeEventListener('abort', abort);
  }
}

function messageDocument(message: ReceivedMessage, selection: AttributeSelection): JsonObject {
  return {
    MessageId: message.messageId,
    ReceiptHandle: message.receiptHandle,
    MD5OfBody: message.md5OfBody,
    Body: message.body,
    ...selectAttributes(message, selection),
  };
}

/** Which attributes a receiver asked for. */
interface AttributeSelection {
  readonly system: (name: string) => boolean;
  readonly anySystem: boolean;
  readonly message: (name: string) => boolean;
  readonly anyMessage: boolean;
}

const systemNames = new Set([
  'All',
  'SenderId',
  'SentTimestamp',
  'ApproximateReceiveCount',
  'ApproximateFirstReceiveTimestamp',
  'SequenceNumber',
  'MessageDeduplicationId',
  'MessageGroupId',
  'AWSTraceHeader',
  'DeadLetterQueueSourceArn',
]);

/**
 * `AttributeNames` is the older name of `MessageSystemAttributeNames`: given together, they add up. Message attributes
 * are chosen by name, by prefix (`foo.*`) or all (`All`, `.*`). Source: API reference of ReceiveMessage.
 */
function attributeSelection(
  attributeNames: readonly string[],
  systemAttributeNames: readonly string[],
  messageAttributeNames: readonly string[],
): AttributeSelection {
  const wanted = new Set([...attributeNames, ...systemAttributeNames]);
  for (const name of wanted) if (!systemNames.has(name)) throw invalidAttributeName(`Unknown Attribute ${name}.`);
  const prefixes = messageAttributeNames.filter((name) => name.endsWith('*')).map((name) => name.replace(/\.?\*$/, ''));
  const names = new Set(messageAttributeNames);
  return {
    anySystem: wanted.size > 0,
    system: (name) => wanted.has('All') || wanted.has(name),
    anyMessage: names.size > 0,
    message: (name) => names.has('All') || names.has(name) || prefixes.some((prefix) => name.startsWith(prefix)),
  };
}

/** The `Attributes`, `MessageAttributes` and `MD5OfMessageAttributes` of a message; the MD5 is of those chosen. */
function selectAttributes(message: ReceivedMessage, selection: AttributeSelection): JsonObject {
  const document: JsonObject = {};
  if (selection.anySystem) {
    const attributes = Object.entries(message.attributes).filter(([name]) => selection.system(name));
    if (attributes.length > 0) document['Attributes'] = Object.fromEntries(attributes);
  }
  if (selection.anyMessage && message.messageAttributes !== undefined) {
    const chosen: MessageAttributes = Object.fromEntries(
      Object.entries(message.messageAttributes).filter(([name]) => selection.message(name)),
    );
    if (Object.keys(chosen).length > 0) {
      document['MD5OfMessageAttributes'] = md5OfAttributes(chosen);
      document['MessageAttributes'] = chosen;
    }
  }
  return document;
}
