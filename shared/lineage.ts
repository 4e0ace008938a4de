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
  const { orderKey, failureId, count, by, token } = value as Readonly<Record<string, unknown>>;
  const sound = isKey(orderKey) && isKey(failureId) && isReplayCount(count) && typeof by === 'string' && isKey(token);
  return sound ? { orderKey, failureId, count, by, token } : null;
}

/** What order keys and failure ids are, ids of orders (order.schema.json) or of messages, and tokens, too. */
function isKey(value: unknown): value is string {
  return typeof value === 'string' && /^[\w-]{1,100}$/.test(value);
}

function isReplayCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 1;
}
