import type { JsonObject, Permission } from '../../endpoint/api.ts';
import { isObject } from '../../endpoint/json.ts';
import { transactionPermissions } from './transaction-parts.ts';

/** Where in the input an operation names what it works on. */
type Subject = 'table' | 'table-or-index' | 'tables' | 'transaction' | 'resource-arn' | 'everything';

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
  TransactGetItems: 'transaction',
  TransactWriteItems: 'transaction',
  UntagResource: 'resource-arn',
  UpdateItem: 'table',
  UpdateTable: 'table',
  UpdateTimeToLive: 'table',
} as const satisfies Readonly<Record<string, Subject>>;

/** The operations of DynamoDB that are served: by dynalite, and by what stands in front of it (service.ts). */
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
    case 'transaction':
      return transactionPermissions(input).map(({ action, table: name }) => ({
        action: `dynamodb:${action}`,
        resource: tableArn(text(name)),
      }));
    case 'resource-arn':
      return [needs(text(input['ResourceArn']))];
    case 'everything':
      return [needs('*')];
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
