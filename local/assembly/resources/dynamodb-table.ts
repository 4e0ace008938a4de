import type { TableThroughput } from '../../model.ts';
import type { Properties } from '../properties.ts';
import type { ResourceType } from '../resource-type.ts';
import {
  billingMode,
  capacityUnits,
  declareTable,
  ignoredLimit,
  ignoredTableProperties,
  refusedTableProperties,
  tableIdentity,
  tableIndex,
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

  declare(resource, identity, draft) {
    const { properties } = resource;
    const billing = billingMode(properties);
    const encryption = properties.object('SSESpecification', ['KMSMasterKeyId', 'SSEEnabled', 'SSEType']);
    const kmsMasterKeyId = encryption?.text('KMSMasterKeyId');
    declareTable(resource, identity, draft, {
      billingMode: billing,
      ...(kmsMasterKeyId !== undefined && { kmsMasterKeyId }),
      ...(billing === 'PROVISIONED' && { throughput: throughput(properties) }),
      globalIndexes: properties
        .objects('GlobalSecondaryIndexes', indexProperties)
        .map((index) => tableIndex(index, billing === 'PROVISIONED' ? throughput(index) : undefined)),
    });
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
