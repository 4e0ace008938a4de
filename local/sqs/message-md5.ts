import { hash } from 'node:crypto';
import type { MessageAttributes } from './message.ts';

/** MD5 of a message body, in hex. */
export function md5OfText(text: string): string {
  return hash('md5', text, 'hex');
}

/**
 * `MD5OfMessageAttributes`: of each attribute in the order of names, the length-prefixed name and data type, one byte
 * for the kind of value (1 string or number, 2 binary) and the length-prefixed value. Source: SQS Developer Guide,
 * "Calculating the MD5 message digest for message attributes".
 */
export function md5OfAttributes(attributes: MessageAttributes): string {
  const parts: Buffer[] = [];
  const append = (bytes: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    parts.push(length, bytes);
  };
  for (const name of Object.keys(attributes).toSorted()) {
    const attribute = attributes[name];
    if (attribute === undefined) continue;
    append(Buffer.from(name, 'utf8'));
    append(Buffer.from(attribute.DataType, 'utf8'));
    const isBinary = attribute.DataType.startsWith('Binary');
    parts.push(Buffer.of(isBinary ? 2 : 1));
    append(isBinary ? Buffer.from(attribute.BinaryValue ?? '', 'base64') : Buffer.from(attribute.StringValue ?? ''));
  }
  return hash('md5', Buffer.concat(parts), 'hex');
}
