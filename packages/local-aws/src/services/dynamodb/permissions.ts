import type { JsonObject, Permission } from '../../endpoint/api.ts';
import { isObject } from '../../endpoint/json.ts';

/** Where in the input an operation names what it works on. */
type Subject = 'table' | 'table-or-index' | 'tables' | 'resource-arn' | 'everything';

/** Service Authorization Reference, "Actions, resources, and condition keys for Amazon DynamoDB". */
const subjects = {
  BatchGetItem: 'tables',
  BatchWriteItem: 'tables',
  CreateTable: 'table',
  DeleteItem: 'table',
  DeleteTable: 'table',
  DescribeTable: 'table',
  DescribeTimeToLive: 'table',
  GetItem: 'table',
  ListTables: 'everything',
  ListTagsOfResource: 'resource-arn',
  PutItem: 'table',
  Query: 'table-or-index',
  Scan: 'table-or-index',
  TagResource: 'resource-arn',
  UntagResource: 'resource-arn',
  UpdateItem: 'table',
  UpdateTable: 'table',
} as const satisfies Readonly<Record<string, Subject>>;

/** What dynalite implements of DynamoDB. */
export type OperationName = keyof typeof subjects;

export const operationNames = Object.keys(subjects) as OperationName[];

/** What a call needs permission for. `tableArn`: the ARN of a table by its name. */
export function permissionsOf(
  operation: OperationName,
  input: JsonObject,
  tableArn: (name: string) => string,
): Permission[] {
  const needs = (resource: string): Permission => ({ action: `dynamodb:${operation}`, resource });
  const table = tableArn(text(input['TableName']));
  switch (subjects[operation]) {
    case 'table':
      return [needs(table)];
    case 'table-or-index':
      return [needs(typeof input['IndexName'] === 'string' ? `${table}/index/${input['IndexName']}` : table)];
    case 'tables': {
      const items = input['RequestItems'];
      return isObject(items) ? Object.keys(items).map((name) => needs(tableArn(name))) : [];
    }
    case 'resource-arn':
      return [needs(text(input['ResourceArn']))];
    case 'everything':
      return [needs('*')];
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
