import { type Draft, refuseSameNames } from '../../assembly/draft.ts';
import { assemblyError, refusedByAws } from '../../assembly/error-codes.ts';
import type { Properties } from '../../assembly/properties.ts';
import type { DeclaredResource, ResourceType, ResourceTypes } from '../../assembly/resource-type.ts';
import { declaredTables, type DynamodbModel, type TableModel, type TableThroughput } from './model.ts';
import {
  billingMode,
  capacityUnits,
  declareTable,
  ignoredLimit,
  ignoredTableProperties,
  refusedTableProperties,
  tableIdentity,
  tableIndex,
} from './table-properties.ts';

const { KinesisStreamSpecification, ResourcePolicy, StreamSpecification, VectorIndexes } = refusedTableProperties;

const refusedReplicaProperties: ResourceType['refuses'] = {
  KinesisStreamSpecification,
  ReplicaStreamSpecification: StreamSpecification,
  ResourcePolicy,
};

const replicaProperties = [
  ...Object.keys(refusedReplicaProperties),
  ...Object.keys(ignoredTableProperties),
  'DeletionProtectionEnabled',
  'DisassociationProtectionEnabled',
  'GlobalSecondaryIndexes',
  'GlobalTableSettingsReplicationMode',
  'ReadOnDemandThroughputSettings',
  'ReadProvisionedThroughputSettings',
  'Region',
];

const globalIndexProperties = [
  'IndexName',
  'KeySchema',
  'Projection',
  'ReadOnDemandThroughputSettings',
  'ReadProvisionedThroughputSettings',
  'WarmThroughput',
  'WriteOnDemandThroughputSettings',
  'WriteProvisionedThroughputSettings',
];

const oneRegion = 'One runtime is one region, so there is nothing to replicate to.';

/** `AWS::DynamoDB::GlobalTable`, the CDK's `TableV2`, with one replica: the one in the stack's region. */
const globalTableType: ResourceType = {
  reads: [
    'AttributeDefinitions',
    'BillingMode',
    'GlobalSecondaryIndexes',
    'KeySchema',
    'LocalSecondaryIndexes',
    'Replicas',
    'TableName',
    'TimeToLiveSpecification',
    'WriteProvisionedThroughputSettings',
  ],
  ignores: {
    MultiRegionConsistency: oneRegion,
    ReadOnDemandThroughputSettings: ignoredLimit,
    ReadProvisionedThroughputSettings: 'It concerns replicas that are added later.',
    SSESpecification: ignoredTableProperties.SSESpecification,
    WarmThroughput: ignoredLimit,
    WriteOnDemandThroughputSettings: ignoredLimit,
  },
  refuses: {
    GlobalTableSourceArn: { reason: oneRegion, remedy: 'Leave it out when the stack is synthesized for local use.' },
    GlobalTableWitnesses: { reason: oneRegion, remedy: 'Leave it out when the stack is synthesized for local use.' },
    StreamSpecification,
    TableType: {
      reason: 'The runtime knows no types of global tables.',
      remedy: 'Leave it out when the stack is synthesized for local use.',
    },
    VectorIndexes,
  },

  identify: tableIdentity,

  declare(resource, identity, draft) {
    const { properties } = resource;
    const replica = onlyReplica(resource);
    const billing = billingMode(properties);
    const provisioned = billing === 'PROVISIONED';
    declareTable(resource, identity, draft, {
      billingMode: billing,
      deletionProtection: replica.boolean('DeletionProtectionEnabled') ?? false,
      ...(provisioned && { throughput: replicaThroughput(properties, replica) }),
      globalIndexes: properties
        .objects('GlobalSecondaryIndexes', globalIndexProperties)
        .map((index) =>
          tableIndex(index, provisioned ? replicaThroughput(index, replicaIndex(replica, index)) : undefined),
        ),
    });
  },
};

function onlyReplica({ properties, environment }: DeclaredResource): Properties {
  const replicas = properties.objects('Replicas', replicaProperties);
  const [replica] = replicas;
  if (replica === undefined || replicas.length > 1 || replica.text('Region') !== environment.region) {
    throw assemblyError(
      'PROPERTY_UNSUPPORTED',
      oneRegion,
      `Give the table one replica, in ${environment.region}, when the stack is synthesized for local use.`,
      properties.placeOf('Replicas'),
    );
  }
  for (const [name, { reason, remedy }] of Object.entries(refusedReplicaProperties)) {
    if (replica.value(name) === undefined) continue;
    throw assemblyError('PROPERTY_UNSUPPORTED', reason, remedy, replica.placeOf(name));
  }
  return replica;
}

function replicaIndex(replica: Properties, index: Properties): Properties | undefined {
  const known = [
    'ContributorInsightsSpecification',
    'IndexName',
    'ReadOnDemandThroughputSettings',
    'ReadProvisionedThroughputSettings',
  ];
  return replica
    .objects('GlobalSecondaryIndexes', known)
    .find((own) => own.text('IndexName') === index.text('IndexName'));
}

/** Where capacity scales it starts at its minimum; where only the table's settings say something, those count. */
function replicaThroughput(written: Properties, read: Properties | undefined): TableThroughput {
  const writes = written.object('WriteProvisionedThroughputSettings', ['WriteCapacityAutoScalingSettings']);
  const reads = read?.object('ReadProvisionedThroughputSettings', [
    'ReadCapacityAutoScalingSettings',
    'ReadCapacityUnits',
  ]);
  return {
    writeCapacityUnits: minimum(writes, 'WriteCapacityAutoScalingSettings') ?? 1,
    readCapacityUnits:
      capacityUnits(reads, 'ReadCapacityUnits') ?? minimum(reads, 'ReadCapacityAutoScalingSettings') ?? 1,
  };
}

function minimum(settings: Properties | undefined, name: string): number | undefined {
  const known = ['MaxCapacity', 'MinCapacity', 'SeedCapacity', 'TargetTrackingScalingPolicyConfiguration'];
  return capacityUnits(settings?.object(name, known), 'MinCapacity');
}

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
const tableType: ResourceType = {
  reads: [
    'AttributeDefinitions',
    'BillingMode',
    'DeletionProtectionEnabled',
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
      deletionProtection: properties.boolean('DeletionProtectionEnabled') ?? false,
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

/** DynamoDB's resource types in templates. */
export const dynamodbResourceTypes: ResourceTypes = {
  'AWS::DynamoDB::GlobalTable': globalTableType,
  'AWS::DynamoDB::Table': tableType,
};

/** DynamoDB's part of the model. */
export function readDynamodbModel(draft: Draft): DynamodbModel {
  const tables = draft.all(declaredTables);
  refuseSameNames('tables', tables);
  checkTables(tables);
  return { tables };
}

/** Refuses what CreateTable would refuse and dynalite lets through: attributes that are no key of anything. */
function checkTables(tables: readonly TableModel[]): void {
  for (const { stack, logicalId, attributeTypes, keySchema, globalIndexes, localIndexes } of tables) {
    const keys = [keySchema, ...[...globalIndexes, ...localIndexes].map((index) => index.keySchema)].flat();
    const used = new Set(keys.map(({ attributeName }) => attributeName));
    const defined = Object.keys(attributeTypes);
    const unused = defined.find((name) => !used.has(name));
    if (unused === undefined) continue;
    throw refusedByAws(
      'ValidationException',
      `One or more parameter values were invalid: Some AttributeDefinitions are not used. AttributeDefinitions: [${defined.join(', ')}], keys used: [${[...used].join(', ')}]`,
      `Define only attributes that are keys of the table or of an index, and so not ${unused}.`,
      { stack, logicalId, property: '/Properties/AttributeDefinitions' },
    );
  }
}
