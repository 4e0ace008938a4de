import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { attributesByName, type FailureRow, type NamedAttribute } from './rows.ts';

/** What an update does to a row; without a row it makes one. Members of records that are undefined are left out. */
export interface Changes {
  readonly key: Values;
  readonly set?: Values;
  /** Set unless the row has the attribute. */
  readonly setOnce?: Values;
  /** Added at the end of lists, which begin empty. */
  readonly append?: Readonly<Record<string, Value>>;
  /** Added to sets and to numbers, which begin empty and at zero. */
  readonly add?: Readonly<Record<string, ReadonlySet<string> | number>>;
  readonly remove?: readonly string[];
  /** A condition expression; `#name` of any attribute and `:name` of those above may stand in it. */
  readonly condition: string;
  /** What only the condition needs: `:name` of each member. */
  readonly conditionValues?: Values;
}

/** The part of an `UpdateItem` request that follows from its changes: all but the table. */
export interface UpdateRequest {
  readonly Key: Record<string, AttributeValue>;
  readonly UpdateExpression: string;
  readonly ConditionExpression: string;
  readonly ExpressionAttributeNames: Record<string, string>;
  readonly ExpressionAttributeValues: Record<string, AttributeValue>;
}

/** Every name goes through `ExpressionAttributeNames`: hundreds of words are reserved, `status` among them. */
export function updateRequest(changes: Changes): UpdateRequest {
  const { set = {}, setOnce = {}, append = {}, add = {}, remove = [], condition, conditionValues = {} } = changes;
  const values = attributeValues({ ...conditionValues, ...set, ...setOnce, ...add });
  for (const [name, entry] of Object.entries(append)) values[name] = attributeValue([entry]);
  const UpdateExpression = [
    clause('SET', [
      ...given(set).map((name) => `#${name} = :${name}`),
      ...given(setOnce).map((name) => `#${name} = if_not_exists(#${name}, :${name})`),
      ...Object.keys(append).map((name) => `#${name} = list_append(if_not_exists(#${name}, :none), :${name})`),
    ]),
    clause(
      'REMOVE',
      remove.map((name) => `#${name}`),
    ),
    clause(
      'ADD',
      Object.keys(add).map((name) => `#${name} :${name}`),
    ),
  ]
    .filter((text) => text !== '')
    .join(' ');
  return {
    Key: attributeValues(changes.key),
    UpdateExpression,
    ConditionExpression: condition,
    ExpressionAttributeNames: attributeNames(`${UpdateExpression} ${condition}`),
    ExpressionAttributeValues: {
      ...placeholders(values),
      ...(Object.keys(append).length > 0 && { ':none': { L: [] } }),
    },
  };
}

/** What a deletion takes away, and on which condition. */
type Deletion = Required<Pick<Changes, 'key' | 'condition' | 'conditionValues'>>;

/** The part of a `DeleteItem` request that follows from the row: all but the table. */
export type DeleteRequest = Omit<UpdateRequest, 'UpdateExpression'>;

export function deleteRequest({ key, condition, conditionValues }: Deletion): DeleteRequest {
  return {
    Key: attributeValues(key),
    ConditionExpression: condition,
    ExpressionAttributeNames: attributeNames(condition),
    ExpressionAttributeValues: placeholders(attributeValues(conditionValues)),
  };
}

/** The names that expressions use: DynamoDB refuses a request with others. */
function attributeNames(expressions: string): Record<string, string> {
  return Object.fromEntries([...expressions.matchAll(/#(\w+)/g)].map(([reference, name]) => [reference, name!]));
}

function placeholders(values: Record<string, AttributeValue>): Record<string, AttributeValue> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`:${name}`, value]));
}

function given(values: Values): readonly string[] {
  return Object.keys(values).filter((name) => values[name] !== undefined);
}

function clause(keyword: string, parts: readonly string[]): string {
  return parts.length === 0 ? '' : `${keyword} ${parts.join(', ')}`;
}

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
