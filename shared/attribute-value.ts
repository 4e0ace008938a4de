import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** What rows are made of. An undefined member of a record is left out. */
export type Value = string | number | boolean | null | ReadonlySet<string> | readonly Value[] | Values;
export interface Values {
  readonly [name: string]: Value | undefined;
}

/** A value as DynamoDB's API spells it. A set must not be empty: DynamoDB has no empty sets. */
export function attributeValue(value: Value): AttributeValue {
  if (value === null) return { NULL: true };
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (isSet(value)) return { SS: [...value] };
  if (isList(value)) return { L: value.map(attributeValue) };
  return { M: attributeValues(value) };
}

export function attributeValues(values: Values): Record<string, AttributeValue> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, attributeValue(value)]])),
  );
}

// Array.isArray and instanceof do not narrow to readonly types.
function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

function isSet(value: Value): value is ReadonlySet<string> {
  return value instanceof Set;
}
