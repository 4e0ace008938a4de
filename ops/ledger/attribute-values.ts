import type { AttributeValue } from '@aws-sdk/client-dynamodb';

type Item = Readonly<Record<string, AttributeValue>>;

/** DynamoDB's typed values of plain ones: text, number, boolean, null, list, map; `undefined` members are left out. */
export function toAttributeValue(value: unknown): AttributeValue {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value === null) return { NULL: true };
  if (Array.isArray(value)) return { L: value.map(toAttributeValue) };
  if (typeof value === 'object') return { M: toItem(value) };
  throw new TypeError(`DynamoDB has no type for ${typeof value}.`);
}

export function toItem(row: object): Record<string, AttributeValue> {
  const given = Object.entries(row).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [name, toAttributeValue(value)]));
}

/** The plain value; string sets become sets. */
export function fromAttributeValue(value: AttributeValue): unknown {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return Number(value.N);
  if (value.BOOL !== undefined) return value.BOOL;
  if (value.NULL !== undefined) return null;
  if (value.L !== undefined) return value.L.map(fromAttributeValue);
  if (value.M !== undefined) return fromItem(value.M);
  if (value.SS !== undefined) return new Set(value.SS);
  if (value.B !== undefined) return value.B;
  throw new TypeError(`The ledger holds a value of a type that it never writes: ${Object.keys(value).join(', ')}.`);
}

/** A row of the table as the type its key says it is: what the functions wrote, they wrote by the same types. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
export function fromItem<Row = Record<string, unknown>>(item: Item): Row {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, fromAttributeValue(value)])) as Row;
}
