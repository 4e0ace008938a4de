import { hash } from 'node:crypto';
import type { JsonObject } from '../../endpoint/api.ts';
import { isObject } from '../../endpoint/json.ts';
import type { MessageAttributes } from '../sqs/message.ts';
import type { Protocol } from './model.ts';
import { invalidMessageAttribute, invalidParameter, missingMember } from './sns-errors.ts';
import type { Topic } from './topic.ts';

/** A message that a topic takes, checked. */
export interface Publication {
  readonly subject?: string;
  /** What filter policies see. */
  readonly attributes: MessageAttributes;
  /** Attributes are sent only when the structure is not JSON (SNS Developer Guide, "Amazon SNS message attributes"). */
  readonly sendsAttributes: boolean;
  readonly groupId?: string;
  /** FIFO topics: given, or the SHA-256 of the message. */
  readonly deduplicationId?: string;
  /** What goes to subscriptions of a protocol (`MessageStructure`: `json`), or to all. */
  readonly textFor: (protocol: Protocol) => string;
}

/** Publish's input, or an entry of PublishBatch's. */
export interface PublishedInput extends JsonObject {
  readonly Message?: string;
  readonly Subject?: string;
  readonly MessageStructure?: string;
  readonly MessageAttributes?: MessageAttributes;
  readonly MessageGroupId?: string;
  readonly MessageDeduplicationId?: string;
}

/**
 * Checks a message against SNS's rules, in its words. Sources: API reference of Publish; answers recorded by LocalStack
 * (TestSNSPublishCrud, test_validations_for_fifo, test_empty_or_wrong_message_attributes).
 *
 * @param path of the message's attributes in errors about missing members; Publish's own is empty
 */
export function readPublication(input: PublishedInput, topic: Topic, path = ''): Publication {
  const { Message: message = '', Subject: subject, MessageStructure: structure } = input;
  const attributes = input.MessageAttributes ?? {};
  if (subject !== undefined && !isSubject(subject)) throw invalidParameter('Subject');
  if (message === '') throw invalidParameter('Empty message');
  if (publishedBytes(input) > topic.settings.maximumMessageSizeBytes) throw invalidParameter('Message too long');
  const texts = structure === 'json' ? readStructure(message) : undefined;
  checkAttributes(attributes, path);
  return {
    ...(subject !== undefined && { subject }),
    attributes,
    sendsAttributes: texts === undefined,
    ...(topic.fifo ? fifoParts(input, topic) : standardParts(input)),
    textFor: (protocol) => texts?.[protocol] ?? texts?.['default'] ?? message,
  };
}

/** Message and attributes (names, types, values) together. */
export function publishedBytes({ Message = '', MessageAttributes = {} }: PublishedInput): number {
  let bytes = Buffer.byteLength(Message);
  for (const [name, { DataType, StringValue, BinaryValue }] of Object.entries(MessageAttributes)) {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(DataType ?? '') + Buffer.byteLength(StringValue ?? '');
    bytes += Buffer.byteLength(BinaryValue ?? '', 'base64');
  }
  return bytes;
}

/** API reference of Publish: at most 100 characters, without line breaks and control characters. */
function isSubject(subject: string): boolean {
  return /^[^\p{Cc}\u2028\u2029]{1,100}$/u.test(subject);
}

/** Keys with other values than texts are as good as absent (API reference of Publish, JSON-specific constraints). */
function readStructure(message: string): Readonly<Record<string, string>> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(message);
  } catch {
    throw invalidParameter('Message Structure - JSON message body failed to parse');
  }
  const texts = isObject(parsed) ? parsed : {};
  if (typeof texts['default'] !== 'string') {
    throw invalidParameter('Message Structure - No default entry in JSON message body');
  }
  return Object.fromEntries(
    Object.entries(texts).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

type Parts = Pick<Publication, 'groupId' | 'deduplicationId'>;

/** On a standard topic a group is passed on to standard queues, which serve groups fairly. */
function standardParts({ MessageGroupId: groupId, MessageDeduplicationId }: PublishedInput): Parts {
  if (MessageDeduplicationId !== undefined) {
    throw invalidParameter(
      'MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for this topic type',
    );
  }
  if (groupId === undefined) return {};
  checkId(groupId, 'MessageGroupId');
  return { groupId };
}

function fifoParts(input: PublishedInput, topic: Topic): Parts {
  const { MessageGroupId: groupId, MessageDeduplicationId: given, Message = '' } = input;
  if (groupId === undefined || groupId === '') {
    throw invalidParameter('The MessageGroupId parameter is required for FIFO topics');
  }
  checkId(groupId, 'MessageGroupId');
  if (given !== undefined) {
    checkId(given, 'MessageDeduplicationId');
    return { groupId, deduplicationId: given };
  }
  if (!topic.settings.contentBasedDeduplication) {
    throw invalidParameter(
      'The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
    );
  }
  return { groupId, deduplicationId: hash('sha256', Message, 'hex') };
}

/** Characters and length: API reference of Publish. */
function checkId(id: string, parameter: 'MessageGroupId' | 'MessageDeduplicationId'): void {
  if (/^[\x21-\x7e]{1,128}$/.test(id)) return;
  throw invalidParameter(
    `${parameter} Reason: ${parameter} can only include alphanumeric and punctuation characters. 1 to 128 in length`,
  );
}

function checkAttributes(attributes: MessageAttributes, path: string): void {
  for (const [name, attribute] of Object.entries(attributes)) {
    checkName(name);
    const { DataType: type, StringValue: text, BinaryValue: binary } = attribute;
    if (type === undefined) throw missingMember(`${path}messageAttributes.${name}.member.dataType`);
    const [kind = ''] = type.split('.', 1);
    if (!/^(?:String|Number|Binary)(?:\..+)?$/s.test(type)) {
      throw invalidMessageAttribute(
        `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is ` +
          'Binary, Number, and String.',
      );
    }
    const [value, other, field] = kind === 'Binary' ? [binary, text, 'Binary'] : [text, binary, 'String'];
    if (value === undefined && other !== undefined && other !== '') {
      throw invalidMessageAttribute(`The message attribute '${name}' with type '${type}' must use field '${field}'.`);
    }
    if (value === undefined || value === '') {
      throw invalidMessageAttribute(
        `The message attribute '${name}' must contain non-empty message attribute value for message attribute type '${type}'.`,
      );
    }
    if (
      kind === 'Number' &&
      !type.endsWith('.Array') &&
      !/^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/.test(value)
    ) {
      throw invalidMessageAttribute(`Could not cast message attribute '${name}' value to number.`);
    }
  }
}

function checkName(name: string): void {
  if (Buffer.byteLength(name) >= 256) {
    throw invalidMessageAttribute('Length of message attribute name must be less than 256 bytes.');
  }
  const stranger = /[^\w.-]/u.exec(name)?.[0];
  if (stranger !== undefined) {
    const code = stranger.codePointAt(0)?.toString(16).toUpperCase();
    throw invalidMessageAttribute(
      `Invalid non-alphanumeric character '#x${code}' was found in the message attribute name. Can only include ` +
        'alphanumeric characters, hyphens, underscores, or dots.',
    );
  }
  if (name.startsWith('.')) {
    throw invalidMessageAttribute("Invalid message attribute name starting with character '.' was found.");
  }
  if (name.endsWith('.')) {
    throw invalidMessageAttribute("Invalid message attribute name ending with character '.' was found.");
  }
  if (name.includes('..')) {
    throw invalidMessageAttribute("Message attribute name can not have successive '.' character.");
  }
}
