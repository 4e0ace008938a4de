import type { TableIndex, TableKey, TableModel, TableThroughput } from '../model.ts';

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
    KeySchema: keySchema(table.keySchema),
    ...throughput(table.throughput),
    ...(globalIndexes.length > 0 && { GlobalSecondaryIndexes: globalIndexes.map(index) }),
    ...(localIndexes.length > 0 && { LocalSecondaryIndexes: localIndexes.map(index) }),
  };
}

function index({ name, keySchema: keys, projectionType, nonKeyAttributes, throughput: capacity }: TableIndex): object {
  return {
    IndexName: name,
    KeySchema: keySchema(keys),
    Projection: {
      ProjectionType: projectionType,
      ...(nonKeyAttributes.length > 0 && { NonKeyAttributes: nonKeyAttributes }),
    },
    ...throughput(capacity),
  };
}

function keySchema(keys: readonly TableKey[]): object[] {
  return keys.map(({ attributeName, keyType }) => ({ AttributeName: attributeName, KeyType: keyType }));
}

function throughput(capacity: TableThroughput | undefined): object {
  if (capacity === undefined) return {};
  const { readCapacityUnits, writeCapacityUnits } = capacity;
  return { ProvisionedThroughput: { ReadCapacityUnits: readCapacityUnits, WriteCapacityUnits: writeCapacityUnits } };
}
