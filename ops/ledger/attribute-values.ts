import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { attributesByName, type FailureRow, type NamedAttribute } from '../../shared/orders-table.ts';

type Item = Readonly<Record<string, AttributeValue>>;

/** The plain value; string sets become sets. */
function fromAttributeValue(value: AttributeValue): unknown {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return Number(value.N);
  if (value.BOOL !== undefined) return value.BOOL;
  if (value.NULL !== undefined) return null;
  if (value.L !== undefined) return value.L.map(fromAttributeValue);
  if (value.M !== undefined) return fromItem(value.M);
  if (value.SS !== undefined) return new Set(value.SS);
  throw new TypeError(`The ledger holds a value of a type that it never writes: ${Object.keys(value).join(', ')}.`);
}

/** A row of the table as the type its key says it is: what the functions wrote, they wrote by the same types. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
export function fromItem<Row = Record<string, unknown>>(item: Item): Row {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, fromAttributeValue(value)])) as Row;
}

/** The row of a failure, its message attributes by their names. @param item the whole item */
export function failureRowOf(item: Item): FailureRow {
  const { messageAttributes, ...row } = fromItem<
    Omit<FailureRow, 'messageAttributes'> & { readonly messageAttributes: readonly NamedAttribute[] }
  >(item);
  return { ...row, messageAttributes: attributesByName(messageAttributes) };
}
