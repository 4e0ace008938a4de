import type { Draft } from '../../assembly/draft.ts';
import { generatedName } from '../../assembly/physical-names.ts';
import type { Properties } from '../../assembly/properties.ts';
import type { DeclaredResource, Identity } from '../../assembly/resource-type.ts';
import { declaredTables, type TableIndex, type TableKey, type TableModel, type TableThroughput } from './model.ts';

/** What `AWS::DynamoDB::Table` and `AWS::DynamoDB::GlobalTable` have in common. */
export function tableIdentity({ stack, logicalId, properties, environment }: DeclaredResource): Identity {
  const { partition, region, accountId } = environment;
  const name = properties.text('TableName') ?? generatedName(stack, logicalId, 255);
  return { physicalId: name, attributes: { Arn: `arn:${partition}:dynamodb:${region}:${accountId}:table/${name}` } };
}

/** Adds a table to the draft. `own` is what the two types write differently. */
export function declareTable(
  { stack, logicalId, type, properties }: DeclaredResource,
  { physicalId: name, attributes }: Identity,
  draft: Draft,
  own: Pick<TableModel, 'billingMode' | 'deletionProtection' | 'throughput' | 'kmsMasterKeyId' | 'globalIndexes'>,
): void {
  const timeToLiveAttribute = readTimeToLive(properties);
  draft.add(declaredTables, {
    stack,
    logicalId,
    name,
    arn: attributes['Arn'] ?? '',
    ...tableSchema(properties),
    ...(timeToLiveAttribute !== undefined && { timeToLiveAttribute }),
    ...own,
  });
  if (timeToLiveAttribute === undefined) return;
  const limit = `Items do not expire here (TimeToLiveSpecification, ${timeToLiveAttribute}).`;
  draft.limit({ stack, logicalId, type, limit });
}

/** Whether the schema makes sense is for DynamoDB to say, when the table is created. */
function tableSchema(properties: Properties): Pick<TableModel, 'attributeTypes' | 'keySchema' | 'localIndexes'> {
  const definitions = properties.objects('AttributeDefinitions', ['AttributeName', 'AttributeType']);
  return {
    attributeTypes: Object.fromEntries(
      definitions.map((definition) => [
        definition.requiredText('AttributeName'),
        required(definition, 'AttributeType', ['S', 'N', 'B']),
      ]),
    ),
    keySchema: keySchema(properties),
    localIndexes: properties
      .objects('LocalSecondaryIndexes', ['IndexName', 'KeySchema', 'Projection'])
      .map((index) => tableIndex(index)),
  };
}

/** Throws `LocalRuntimeError` where a property is missing or has a value that DynamoDB does not know. */
export function tableIndex(index: Properties, throughput?: TableThroughput): TableIndex {
  const projection = index.object('Projection', ['ProjectionType', 'NonKeyAttributes']);
  if (projection === undefined) throw index.invalid('Projection', undefined, 'an object with a ProjectionType');
  return {
    name: index.requiredText('IndexName'),
    keySchema: keySchema(index),
    projectionType: required(projection, 'ProjectionType', ['ALL', 'INCLUDE', 'KEYS_ONLY']),
    nonKeyAttributes: projection.texts('NonKeyAttributes'),
    ...(throughput === undefined ? {} : { throughput }),
  };
}

/** `PROVISIONED` is DynamoDB's default. */
export function billingMode(properties: Properties): TableModel['billingMode'] {
  return properties.choice('BillingMode', ['PROVISIONED', 'PAY_PER_REQUEST']) ?? 'PROVISIONED';
}

/** 1 or more, as DynamoDB takes them; undefined when absent. */
export function capacityUnits(properties: Properties | undefined, name: string): number | undefined {
  return properties?.integer(name, 1, Number.MAX_SAFE_INTEGER);
}

function keySchema(properties: Properties): TableKey[] {
  return properties.objects('KeySchema', ['AttributeName', 'KeyType']).map((key) => ({
    attributeName: key.requiredText('AttributeName'),
    keyType: required(key, 'KeyType', ['HASH', 'RANGE']),
  }));
}

function required<const T extends string>(properties: Properties, name: string, choices: readonly T[]): T {
  const value = properties.choice(name, choices);
  if (value === undefined) throw properties.invalid(name, value, `one of ${choices.join(', ')}`);
  return value;
}

/** The attribute with the time to live; undefined when there is none, or when it is switched off. */
function readTimeToLive(properties: Properties): string | undefined {
  const specification = properties.object('TimeToLiveSpecification', ['AttributeName', 'Enabled']);
  return specification?.boolean('Enabled') === true ? specification.requiredText('AttributeName') : undefined;
}

const withoutLocal = (what: string): string => `Leave ${what} out when the stack is synthesized for local use.`;

/** Properties that both types have, or `GlobalTable` has in its replicas, and that cannot be followed. */
export const refusedTableProperties = {
  KinesisStreamSpecification: { reason: 'Tables have no streams here.', remedy: withoutLocal('the Kinesis stream') },
  ResourcePolicy: {
    reason: 'The resource policies of tables are not evaluated.',
    remedy: 'Grant access in the policies of roles (grantReadData, grantWriteData).',
  },
  StreamSpecification: { reason: 'Tables have no streams here.', remedy: withoutLocal('the stream') },
  VectorIndexes: { reason: 'Tables have no vector indexes here.', remedy: withoutLocal('the vector indexes') },
} as const;

const unthrottled = 'Nothing is throttled here.';

/** Properties that both types have, or `GlobalTable` has in its replicas, and that change nothing here. */
export const ignoredTableProperties = {
  ContributorInsightsSpecification: 'No metrics are published.',
  PointInTimeRecoverySpecification: 'Items live in memory: there is nothing to recover them from.',
  SSESpecification: 'Nothing is encrypted in memory.',
  TableClass: 'It sets prices.',
  Tags: 'Nothing reads the tags of a table.',
  WarmThroughput: unthrottled,
} as const;

/** The capacity limits of on-demand tables. */
export const ignoredLimit = unthrottled;
