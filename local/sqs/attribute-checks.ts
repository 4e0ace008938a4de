import type { MessageAttribute, MessageAttributes } from './message.ts';
import { invalidParameterValue } from './sqs-errors.ts';

/** Source: SQS Developer Guide, "Message attributes" and "Message quotas". */
const attributesLimit = 10;
const nameLimit = 256;

/** Throws `InvalidParameterValue` for what AWS refuses in message attributes. */
export function checkAttributes(attributes: MessageAttributes, isForbidden: (text: string) => boolean): void {
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
export function attributesSizeBytes(attributes: MessageAttributes): number {
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
  if (!/^[\p{L}\p{N}_.-]+$/u.test(name)) {
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
