import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { UpdateRequest } from '../../../shared/ledger/expressions.ts';

/** The most that an item may have. */
export const maximumItemBytes = 400 * 1024;

/**
 * An item's size as DynamoDB counts it (Developer Guide, "DynamoDB item sizes and formats"): names and values in UTF-8,
 * numbers at their longest, 3 bytes for each list and map, and 1 for each element in it.
 */
export function itemBytes(item: Readonly<Record<string, AttributeValue>>): number {
  return Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value), 0);
}

function valueBytes(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return 21;
  if (value.SS !== undefined) return value.SS.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (value.L !== undefined) return value.L.reduce((sum, element) => sum + 1 + valueBytes(element), 3);
  if (value.M !== undefined) return 3 + Object.keys(value.M).length + itemBytes(value.M);
  return 1;
}

/** The item that an update makes where there was none; what only its condition needs is counted with it. */
export function newItem({ Key, ExpressionAttributeValues: values }: UpdateRequest): Record<string, AttributeValue> {
  return { ...Key, ...Object.fromEntries(Object.entries(values).map(([name, value]) => [name.slice(1), value])) };
}
