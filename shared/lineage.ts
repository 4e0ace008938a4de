import { type Lineage, lineageAttribute } from './orders-table.ts';

/** What the lineage of a message is read from: its attribute as an SQS event holds it. */
export type LineageCarrier = Readonly<Record<string, { readonly stringValue?: string | undefined } | undefined>>;

/** A replayed message's lineage. Null for any other, and for one that is not sound: senders can write what they like. */
export function lineageOf(messageAttributes: LineageCarrier): Lineage | null {
  const text = messageAttributes[lineageAttribute]?.stringValue;
  if (text === undefined) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { orderKey, failureId, count, by } = value as Readonly<Record<string, unknown>>;
  const sound = isKey(orderKey) && isKey(failureId) && isReplayCount(count) && typeof by === 'string';
  return sound ? { orderKey, failureId, count, by } : null;
}

/**
 * Keys stay far below what DynamoDB takes (a sort key of 1,024 bytes), and are UTF-8, as DynamoDB has texts: a lone
 * surrogate is refused or replaced, and then nothing is found under the key again.
 */
function isKey(value: unknown): value is string {
  return typeof value === 'string' && value.length >= 1 && value.length <= 200 && value.isWellFormed();
}

function isReplayCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 1;
}
