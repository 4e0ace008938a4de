import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { attributeValue, attributeValues, type Value, type Values } from '../../shared/attribute-value.ts';

/** What an update does to a row, made if there is none. Members of records that are undefined are left out. */
export interface Changes {
  readonly key: Values;
  readonly set?: Values;
  /** Set unless the row has the attribute. */
  readonly setOnce?: Values;
  /** Added at the end of lists, which begin empty. */
  readonly append?: Readonly<Record<string, Value>>;
  /** Added to sets. */
  readonly add?: Readonly<Record<string, ReadonlySet<string>>>;
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
    // Those that are used: DynamoDB refuses others.
    ExpressionAttributeNames: Object.fromEntries(
      [...`${UpdateExpression} ${condition}`.matchAll(/#(\w+)/g)].map(
        ([reference, name]) => [reference, name!] as const,
      ),
    ),
    ExpressionAttributeValues: {
      ...Object.fromEntries(Object.entries(values).map(([name, value]) => [`:${name}`, value] as const)),
      ...(Object.keys(append).length > 0 && { ':none': { L: [] } }),
    },
  };
}

function given(values: Values): readonly string[] {
  return Object.keys(values).filter((name) => values[name] !== undefined);
}

function clause(keyword: string, parts: readonly string[]): string {
  return parts.length === 0 ? '' : `${keyword} ${parts.join(', ')}`;
}
