import { hash } from 'node:crypto';
import type { CallContext, Caller, JsonObject } from '../../endpoint/api.ts';
import type { MessageAttribute, MessageAttributes, NewMessage } from './message.ts';
import { optionalInteger, optionalString, requiredString } from './operation-input.ts';
import type { Queue } from './queue.ts';
import {
  invalidMessageContents,
  invalidParameterValue,
  invalidValue,
  missingParameter,
  unsupportedLists,
} from './sqs-errors.ts';

/** Outside the characters of XML 1.0, lone surrogates included. Source: API reference of SendMessage. */
const forbiddenCharacter = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

function hasForbiddenCharacter(text: string): boolean {
  return forbiddenCharacter.test(text);
}

/** Body and attributes (names, types and values) of a SendMessage input or a batch entry. */
export function messageSizeBytes(input: JsonObject): number {
  return Buffer.byteLength(optionalString(input, 'MessageBody') ?? '') + attributesSizeBytes(attributesOf(input));
}

/**
 * Who sends, and the trace the request belongs to: it becomes `AWSTraceHeader` unless the message names its own
 * (recorded by LocalStack, test_aws_trace_header_propagation).
 */
type Sender = Pick<CallContext, 'caller' | 'traceHeader'>;

/**
 * Checks a SendMessage input or batch entry against AWS's rules, in AWS's words. SQS has another sentence for an entry
 * that is too long than for a message that is (recorded by LocalStack, test_send_batch_message_size).
 */
export function newMessage(input: JsonObject, queue: Queue, sender: Sender, isEntry = false): NewMessage {
  const body = requiredString(input, 'MessageBody');
  const limitBytes = queue.settings.maximumMessageSizeBytes;
  if (messageSizeBytes(input) > limitBytes) {
    const fault = isEntry ? 'cannot be validated' : 'are invalid';
    throw invalidParameterValue(
      `One or more parameters ${fault}. Reason: Message must be shorter than ${limitBytes} bytes.`,
    );
  }
  if (hasForbiddenCharacter(body)) throw invalidMessageContents();
  const attributes = attributesOf(input);
  checkAttributes(attributes, hasForbiddenCharacter);
  const traceHeader = traceHeaderOf(input) ?? sender.traceHeader;
  const delaySeconds = optionalInteger(input, 'DelaySeconds', {
    min: 0,
    max: 900,
    words: 'DelaySeconds must be >= 0 and <= 900.',
  });
  return {
    body,
    ...(Object.keys(attributes).length > 0 && { messageAttributes: attributes }),
    senderId: senderIdOf(sender.caller),
    ...(traceHeader !== undefined && { traceHeader }),
    ...(queue.fifo ? fifoParts(input, queue, body, delaySeconds) : standardParts(input, delaySeconds)),
  };
}

function attributesOf(input: JsonObject): MessageAttributes {
  return (input['MessageAttributes'] ?? {}) as MessageAttributes;
}

function standardParts(input: JsonObject, delaySeconds: number | undefined): Partial<NewMessage> {
  const deduplicationId = optionalString(input, 'MessageDeduplicationId');
  if (deduplicationId !== undefined) {
    checkId(deduplicationId, 'MessageDeduplicationId');
    throw invalidValue(
      deduplicationId,
      'MessageDeduplicationId',
      'The request includes a parameter that is not valid for this queue type.',
    );
  }
  // A group on a standard queue makes it a fair queue: it changes who is served first when one group floods it.
  const groupId = optionalString(input, 'MessageGroupId');
  if (groupId !== undefined) checkId(groupId, 'MessageGroupId');
  return { ...(groupId !== undefined && { groupId }), ...(delaySeconds !== undefined && { delaySeconds }) };
}

function fifoParts(
  input: JsonObject,
  queue: Queue,
  body: string,
  delaySeconds: number | undefined,
): Partial<NewMessage> {
  if (delaySeconds !== undefined && delaySeconds > 0) {
    throw invalidValue(
      delaySeconds,
      'DelaySeconds',
      'The request include parameter that is not valid for this queue type.',
    );
  }
  const groupId = optionalString(input, 'MessageGroupId');
  if (groupId === undefined) throw missingParameter('MessageGroupId');
  checkId(groupId, 'MessageGroupId');
  const given = optionalString(input, 'MessageDeduplicationId');
  if (given !== undefined) checkId(given, 'MessageDeduplicationId');
  else if (!queue.settings.contentBasedDeduplication) throw missingDeduplication();
  return { groupId, deduplicationId: given ?? hash('sha256', body, 'hex') };
}

/** What a FIFO queue refuses a whole batch for. */
export function checkFifoBatch(entries: readonly JsonObject[], queue: Queue): void {
  if (!queue.fifo) return;
  for (const entry of entries) {
    if (entry['MessageDeduplicationId'] === undefined && !queue.settings.contentBasedDeduplication) {
      throw missingDeduplication();
    }
    if (entry['MessageGroupId'] === undefined) {
      throw invalidParameterValue('The request must contain the parameter MessageGroupId.');
    }
  }
}

const missingDeduplication = () =>
  invalidParameterValue(
    'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
  );

function checkId(id: string, parameter: 'MessageGroupId' | 'MessageDeduplicationId'): void {
  if (/^[\x21-\x7e]{1,128}$/.test(id)) return;
  const reason = `${parameter} can only include alphanumeric and punctuation characters. 1 to 128 in length.`;
  throw invalidValue(id, parameter, reason);
}

/** `AWSTraceHeader` is the only system attribute a sender may give. */
function traceHeaderOf(input: JsonObject): string | undefined {
  const attributes = (input['MessageSystemAttributes'] ?? {}) as MessageAttributes;
  for (const name of Object.keys(attributes)) {
    if (name !== 'AWSTraceHeader') {
      throw invalidParameterValue(
        `Message system attribute name '${name}' is invalid: only AWSTraceHeader is allowed.`,
      );
    }
  }
  return attributes['AWSTraceHeader']?.StringValue;
}

/** Source: SQS Developer Guide, "Message attributes" and "Message quotas". */
const attributesLimit = 10;
const nameLimit = 256;

/** Throws `InvalidParameterValue` for what AWS refuses in message attributes. */
function checkAttributes(attributes: MessageAttributes, isForbidden: (text: string) => boolean): void {
  const entries = Object.entries(attributes);
  if (entries.length > attributesLimit) {
    throw invalidParameterValue(`Number of message attributes [${entries.length}] exceeds the allowed maximum [10].`);
  }
  for (const [name, attribute] of entries) {
    checkName(name);
    checkType(name, attribute);
    checkValue(name, attribute, isForbidden);
  }
}

/** Names, types and values count towards the size of a message. */
function attributesSizeBytes(attributes: MessageAttributes): number {
  let bytes = 0;
  for (const [name, { DataType, StringValue, BinaryValue }] of Object.entries(attributes)) {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(DataType ?? '') + Buffer.byteLength(StringValue ?? '');
    bytes += Buffer.byteLength(BinaryValue ?? '', 'base64');
  }
  return bytes;
}

function checkName(name: string): void {
  if (name === '') throw invalidParameterValue('The message attribute name cannot be empty.');
  if (name.length >= nameLimit) {
    throw invalidParameterValue('Message (user) attribute names must be shorter than 256 Bytes');
  }
  if (!/^[A-Za-z0-9_.-]+$/.test(name)) {
    throw invalidParameterValue(
      'Message (user) attributes name can only contain upper and lower score characters, digits, periods, hyphens ' +
        'and underscores. ',
    );
  }
  if (/^(?:aws\.|amazon\.|\.)/i.test(name) || name.endsWith('.') || name.includes('..')) {
    throw invalidParameterValue(
      "You can't use message attribute names beginning with 'AWS.' or 'Amazon.'. These strings are reserved for " +
        "internal use. Additionally, they cannot start or end with '.'.",
    );
  }
}

function checkType(name: string, { DataType: type }: MessageAttribute): void {
  if (type === undefined || type === '') {
    throw invalidParameterValue(`The message attribute '${name}' must contain a non-empty message attribute type.`);
  }
  if (type.length >= nameLimit) {
    throw invalidParameterValue('Message (user) attribute types must be shorter than 256 Bytes');
  }
  if (!/^(?:String|Number|Binary)(?:\.|$)/.test(type)) {
    throw invalidParameterValue(
      `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is ` +
        'Binary, Number, and String.',
    );
  }
}

function checkValue(name: string, attribute: MessageAttribute, isForbidden: (text: string) => boolean): void {
  const { StringListValues: strings = [], BinaryListValues: blobs = [] } = attribute;
  if (strings.length + blobs.length > 0) throw unsupportedLists();
  const kind = /^\w+/.exec(attribute.DataType)?.[0] ?? '';
  const value = kind === 'Binary' ? attribute.BinaryValue : attribute.StringValue;
  if (value === undefined || value === '') {
    throw invalidParameterValue(`Message (user) attribute '${name}' must contain a non-empty value of type '${kind}'.`);
  }
  if (kind === 'Number' && !/^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/.test(value)) {
    throw invalidParameterValue(`Can't cast the value of message (user) attribute '${name}' to a number.`);
  }
  if (kind !== 'Binary' && isForbidden(value)) {
    throw invalidParameterValue(
      'Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | ' +
        '#x10000 to #x10FFFF',
    );
  }
}

const known = new Map<string, string>();

/**
 * `SenderId`: a user's unique id, or a role's with the session's name after it (IAM User Guide, "Unique identifiers").
 * Here both are made of what is known of the caller, and stay the same for the same caller.
 */
function senderIdOf({ accessKeyId, roleArn, sessionName }: Caller): string {
  const key = `${roleArn ?? ''} ${sessionName ?? accessKeyId}`;
  let id = known.get(key);
  if (id === undefined) {
    const unique = hash('sha256', roleArn ?? accessKeyId, 'hex')
      .slice(0, 17)
      .toUpperCase();
    id = roleArn === undefined ? `AIDA${unique}` : `AROA${unique}:${sessionName ?? accessKeyId}`;
    known.set(key, id);
  }
  return id;
}
