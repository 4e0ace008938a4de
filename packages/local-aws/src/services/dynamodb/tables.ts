import { isDeepStrictEqual } from 'node:util';
import type { TableIndex, TableKey, TableModel, TableThroughput } from './model.ts';
import { dynamodbError } from './process.ts';

/** The input of CreateTable for a table of the template. */
export function createTableInput(table: TableModel): object {
  const { globalIndexes, localIndexes } = table;
  return {
    TableName: table.name,
    BillingMode: table.billingMode,
    AttributeDefinitions: Object.entries(table.attributeTypes).map(([AttributeName, AttributeType]) => ({
      AttributeName,
      AttributeType,
    })),
    KeySchema: keySchemaInput(table.keySchema),
    ...throughput(table.throughput),
    ...(globalIndexes.length > 0 && { GlobalSecondaryIndexes: globalIndexes.map(index) }),
    ...(localIndexes.length > 0 && { LocalSecondaryIndexes: localIndexes.map(index) }),
  };
}

function index({ name, keySchema: keys, projectionType, nonKeyAttributes, throughput: capacity }: TableIndex): object {
  return {
    IndexName: name,
    KeySchema: keySchemaInput(keys),
    Projection: {
      ProjectionType: projectionType,
      ...(nonKeyAttributes.length > 0 && { NonKeyAttributes: nonKeyAttributes }),
    },
    ...throughput(capacity),
  };
}

function keySchemaInput(keys: readonly TableKey[]): object[] {
  return keys.map(({ attributeName, keyType }) => ({ AttributeName: attributeName, KeyType: keyType }));
}

function throughput(capacity: TableThroughput | undefined): object {
  if (capacity === undefined) return {};
  const { readCapacityUnits, writeCapacityUnits } = capacity;
  return { ProvisionedThroughput: { ReadCapacityUnits: readCapacityUnits, WriteCapacityUnits: writeCapacityUnits } };
}

/**
 * Refuses a template that changes a running table in a way the table cannot follow.
 *
 * @throws {LocalRuntimeError} `TABLE_CHANGED`
 */
export function refuseChange(running: TableModel | undefined, next: TableModel): void {
  const change = running === undefined ? undefined : tableChange(running, next);
  if (change === undefined) return;
  const { stack, logicalId, name } = next;
  throw dynamodbError(
    'TABLE_CHANGED',
    `The running table ${name} cannot change ${change}.`,
    'Start the runtime again, which begins with empty tables.',
    { stack, logicalId },
  );
}

/**
 * What of a running table a new template would change, in words, or undefined when the table can go on. AWS would
 * replace the table for its keys and local indexes, and build or drop global indexes; dynalite can do neither with a
 * table that holds items. Billing and capacity change nothing here.
 */
function tableChange(running: TableModel, next: TableModel): string | undefined {
  if (!isDeepStrictEqual(keysOf(running), keysOf(next))) return 'its keys';
  if (!isDeepStrictEqual(indexesOf(running.localIndexes), indexesOf(next.localIndexes))) return 'its local indexes';
  if (!isDeepStrictEqual(indexesOf(running.globalIndexes), indexesOf(next.globalIndexes))) return 'its global indexes';
  return undefined;
}

/** The keys with their types. The types of an index's keys are compared with the indexes. */
function keysOf({ keySchema, attributeTypes }: TableModel) {
  return keySchema.map((key) => ({ ...key, type: attributeTypes[key.attributeName] }));
}

/** By name, since their order in the template means nothing. */
function indexesOf(indexes: TableModel['globalIndexes']) {
  return new Map(
    indexes.map(({ name, keySchema, projectionType, nonKeyAttributes }) => [
      name,
      { keySchema, projectionType, nonKeyAttributes: new Set(nonKeyAttributes) },
    ]),
  );
}

/** dynalite's table ids lack four digits of a UUID and its variant. The same id becomes the same UUID each time. */
export function withTableUuid(description: string): string {
  return description.replace(
    /"TableId":"([\da-f]{8}-[\da-f]{4}-4[\da-f]{3})-[\da-f]([\da-f]{3})-([\da-f]{8})"/,
    (_all, start: string, variant: string, end: string) =>
      `"TableId":"${start}-8${variant}-${start.slice(0, 4)}${end}"`,
  );
}
