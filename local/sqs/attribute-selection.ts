import type { JsonObject } from '../endpoint/service.ts';
import { md5OfAttributes } from './message-md5.ts';
import type { MessageAttributes, ReceivedMessage } from './message.ts';
import { invalidAttributeName } from './sqs-errors.ts';

/** Which attributes a receiver asked for. */
export interface AttributeSelection {
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
export function attributeSelection(
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
export function selectAttributes(message: ReceivedMessage, selection: AttributeSelection): JsonObject {
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
