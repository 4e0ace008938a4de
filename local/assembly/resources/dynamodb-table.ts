import type { TableThroughput } from '../../model.ts';
import type { Properties } from '../properties.ts';
import type { ResourceType } from '../resource-type.ts';
import {
  billingMode,
  capacityUnits,
  expiryReason,
  ignoredLimit,
  ignoredTableProperties,
  refusedTableProperties,
  tableIdentity,
  tableIndex,
  tableSchema,
} from '../table-properties.ts';

const indexProperties = [
  'ContributorInsightsSpecification',
  'IndexName',
  'KeySchema',
  'OnDemandThroughput',
  'Projection',
  'ProvisionedThroughput',
  'WarmThroughput',
];

const { SSESpecification: _read, ...ignoredProperties } = ignoredTableProperties;

/** `AWS::DynamoDB::Table`, the CDK's `Table`. */
export const dynamodbTable: ResourceType = {
  reads: [
    'AttributeDefinitions',
    'BillingMode',
    'GlobalSecondaryIndexes',
    'KeySchema',
    'LocalSecondaryIndexes',
    'ProvisionedThroughput',
    'SSESpecification',
    'TableName',
    'TimeToLiveSpecification',
  ],
  ignores: { ...ignoredProperties, OnDemandThroughput: ignoredLimit },
  refuses: {
    ...refusedTableProperties,
    ImportSourceSpecification: {
      reason: 'The data would come from S3, which the runtime cannot read.',
      remedy: 'Leave the import out for local use, and write the items to the table through the endpoint.',
    },
  },

  identify: tableIdentity,

  declare({ stack, logicalId, type, properties }, { physicalId: name, attributes }, draft) {
    const billing = billingMode(properties);
    const encryption = properties.object('SSESpecification', ['KMSMasterKeyId', 'SSEEnabled', 'SSEType']);
    const kmsMasterKeyId = encryption?.text('KMSMasterKeyId');
    draft.tables.push({
      stack,
      logicalId,
      name,
      arn: attributes['Arn'] ?? '',
      billingMode: billing,
      ...tableSchema(properties),
      ...(kmsMasterKeyId !== undefined && { kmsMasterKeyId }),
      ...(billing === 'PROVISIONED' && { throughput: throughput(properties) }),
      globalIndexes: properties
        .objects('GlobalSecondaryIndexes', indexProperties)
        .map((index) => tableIndex(index, billing === 'PROVISIONED' ? throughput(index) : undefined)),
    });
    const reason = expiryReason(properties);
    if (reason !== undefined) draft.skipped.push({ stack, logicalId, type, reason });
  },
};

function throughput(properties: Properties): TableThroughput {
  const units = properties.object('ProvisionedThroughput', ['ReadCapacityUnits', 'WriteCapacityUnits']);
  const readCapacityUnits = capacityUnits(units, 'ReadCapacityUnits');
  const writeCapacityUnits = capacityUnits(units, 'WriteCapacityUnits');
  if (readCapacityUnits !== undefined && writeCapacityUnits !== undefined) {
    return { readCapacityUnits, writeCapacityUnits };
  }
  throw properties.invalid(
    'ProvisionedThroughput',
    properties.value('ProvisionedThroughput'),
    'ReadCapacityUnits and WriteCapacityUnits, or BillingMode of the table to PAY_PER_REQUEST',
  );
}
