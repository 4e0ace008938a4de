import { AwsError, type JsonObject } from '../../endpoint/api.ts';
import { isObject } from '../../endpoint/json.ts';

/**
 * The same request with names of tables, where it has ARNs of tables: dynalite knows names only. The request itself when
 * it has none. Answers name a table by its name. Source: DynamoDB API reference, "TableName": a name or an ARN.
 */
export function withTableNames(input: JsonObject, nameOf: (arn: string) => string): JsonObject {
  const { TableName: table, RequestItems: requests, TransactItems: items } = input;
  const name = (value: unknown) => (typeof value === 'string' && value.startsWith('arn:') ? nameOf(value) : value);
  const changed: JsonObject = {};
  if (name(table) !== table) changed['TableName'] = name(table);
  if (isObject(requests) && Object.keys(requests).some((key) => name(key) !== key)) {
    changed['RequestItems'] = Object.fromEntries(Object.entries(requests).map(([key, value]) => [name(key), value]));
  }
  if (Array.isArray(items)) {
    changed['TransactItems'] = items.map((item: unknown) =>
      isObject(item)
        ? Object.fromEntries(
            Object.entries(item).map(([member, part]) => [
              member,
              isObject(part) ? withTableNames(part, nameOf) : part,
            ]),
          )
        : item,
    );
  }
  return Object.keys(changed).length === 0 ? input : { ...input, ...changed };
}

/** The name in an ARN of a table here. Throws what DynamoDB answers where there is no such table. */
export function tableNameOf(arn: string, region: string, accountId: string): string {
  const [, name] = /^arn:[^:]+:dynamodb:[^:]*:[^:]*:table\/([\w.-]+)$/.exec(arn) ?? [];
  if (name !== undefined && arn.includes(`:dynamodb:${region}:${accountId}:`)) return name;
  throw new AwsError('ResourceNotFoundException', 'Requested resource not found');
}
