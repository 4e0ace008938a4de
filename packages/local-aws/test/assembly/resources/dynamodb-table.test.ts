import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import {
  AttributeType,
  Billing,
  BillingMode,
  Capacity,
  ProjectionType,
  Table,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb';
import { readAssembly } from '../../../src/assembly/read-assembly.ts';
import type { LocalModel } from '../../../src/model.ts';
import { endpointUrl, readResources, refusalOf } from '../../../src/testing/written-assembly.ts';

const text = (name: string) => ({ name, type: AttributeType.STRING });
const index = (partitionKey: string) => ({
  indexName: `by-${partitionKey}`,
  partitionKey: text(partitionKey),
  sortKey: text('at'),
  projectionType: ProjectionType.INCLUDE,
  nonKeyAttributes: ['kind'],
});
const keys = { partitionKey: text('pk'), sortKey: text('sk'), removalPolicy: RemovalPolicy.DESTROY };

/** What the runtime reads of a stack that the CDK synthesizes. */
function readSynthesized(build: (stack: Stack) => unknown): LocalModel {
  const directory = mkdtempSync(join(tmpdir(), 'cdk-tables-'));
  try {
    const app = new App({ outdir: directory });
    build(new Stack(app, 'Shop'));
    app.synth();
    return readAssembly(directory, { endpointUrl, codeRoot: join(directory, 'code') });
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const readIndex = (partitionKey: string) => ({
  name: `by-${partitionKey}`,
  keySchema: [
    { attributeName: partitionKey, keyType: 'HASH' },
    { attributeName: 'at', keyType: 'RANGE' },
  ],
  projectionType: 'INCLUDE',
  nonKeyAttributes: ['kind'],
});

const readTable = {
  stack: 'Shop',
  attributeTypes: { pk: 'S', sk: 'S', status: 'S', cause: 'S', at: 'S' },
  keySchema: [
    { attributeName: 'pk', keyType: 'HASH' },
    { attributeName: 'sk', keyType: 'RANGE' },
  ],
  localIndexes: [],
};

describe("the CDK's Table", () => {
  test('is read with its keys and indexes', () => {
    const model = readSynthesized((stack) => {
      const table = new Table(stack, 'Orders', {
        ...keys,
        billingMode: BillingMode.PAY_PER_REQUEST,
        pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
        deletionProtection: true,
      });
      table.addGlobalSecondaryIndex(index('status'));
      table.addGlobalSecondaryIndex(index('cause'));
    });
    const [table] = model.tables;
    expect(table?.name).toMatch(/^Shop-Orders[0-9A-F]{8}-[A-Z0-9]{12}$/);
    expect(table).toMatchObject({
      ...readTable,
      arn: `arn:aws:dynamodb:us-east-1:000000000000:table/${table?.name}`,
      billingMode: 'PAY_PER_REQUEST',
      globalIndexes: [readIndex('status'), readIndex('cause')],
    });
  });

  test('has its capacity when it is provisioned, and scaling is skipped', () => {
    const model = readSynthesized((stack) => {
      const table = new Table(stack, 'Orders', { ...keys, readCapacity: 5, writeCapacity: 6 });
      table
        .autoScaleReadCapacity({ minCapacity: 1, maxCapacity: 9 })
        .scaleOnUtilization({ targetUtilizationPercent: 70 });
      table.addLocalSecondaryIndex({ indexName: 'local', sortKey: text('at') });
    });
    expect(model.tables[0]).toMatchObject({
      billingMode: 'PROVISIONED',
      throughput: { readCapacityUnits: 5, writeCapacityUnits: 6 },
      localIndexes: [{ name: 'local', projectionType: 'ALL' }],
    });
    expect(model.skipped.map(({ type }) => type.split('::')[1])).toEqual([
      'ApplicationAutoScaling',
      'ApplicationAutoScaling',
    ]);
  });
});

describe("the CDK's TableV2", () => {
  test('is read with its keys and indexes', () => {
    const model = readSynthesized(
      (stack) =>
        new TableV2(stack, 'Orders', {
          ...keys,
          billing: Billing.onDemand({ maxWriteRequestUnits: 100 }),
          globalSecondaryIndexes: [index('status'), index('cause')],
          pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
          tags: [{ key: 'a', value: 'b' }],
        }),
    );
    expect(model.tables).toEqual([
      expect.objectContaining({
        ...readTable,
        billingMode: 'PAY_PER_REQUEST',
        globalIndexes: [readIndex('status'), readIndex('cause')],
      }),
    ]);
  });

  test('has the least capacity that it scales down to when it is provisioned', () => {
    const model = readSynthesized(
      (stack) =>
        new TableV2(stack, 'Orders', {
          ...keys,
          billing: Billing.provisioned({
            readCapacity: Capacity.fixed(7),
            writeCapacity: Capacity.autoscaled({ minCapacity: 3, maxCapacity: 10 }),
          }),
          globalSecondaryIndexes: [index('status')],
        }),
    );
    const throughput = { readCapacityUnits: 7, writeCapacityUnits: 3 };
    expect(model.tables[0]).toMatchObject({ throughput, globalIndexes: [{ throughput }] });
  });

  test('with a replica in another region is refused', () => {
    const Replicas = [{ Region: { Ref: 'AWS::Region' } }, { Region: 'eu-central-1' }];
    const error = refusalOf({ Orders: { Type: 'AWS::DynamoDB::GlobalTable', Properties: { Replicas } } });
    expect(error).toMatchObject({ code: 'PROPERTY_UNSUPPORTED', place: { property: '/Properties/Replicas' } });
  });

  test('with a resource policy, which stands in the replica, is refused', () => {
    const Replicas = [{ Region: 'us-east-1', ResourcePolicy: { PolicyDocument: {} } }];
    expect(refusalOf({ Orders: { Type: 'AWS::DynamoDB::GlobalTable', Properties: { Replicas } } })).toMatchObject({
      code: 'PROPERTY_UNSUPPORTED',
      place: { property: '/Properties/Replicas/0/ResourcePolicy' },
    });
  });
});

const tableWith = (properties: object) => ({
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    TableName: 'orders',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    ...properties,
  },
});

describe('a table', () => {
  test.each([
    ['StreamSpecification', { StreamViewType: 'NEW_IMAGE' }],
    ['KinesisStreamSpecification', { StreamArn: 'arn' }],
    ['ResourcePolicy', { PolicyDocument: {} }],
    ['ImportSourceSpecification', { InputFormat: 'CSV' }],
  ])('with %s is refused with a remedy', (property, value) => {
    const error = refusalOf({ Orders: tableWith({ [property]: value }) });
    expect(error).toMatchObject({ code: 'PROPERTY_UNSUPPORTED', place: { property: `/Properties/${property}` } });
    expect(error.remedy).toMatch(/\.$/);
  });

  test('whose stream is referred to is refused', () => {
    const queue = { Type: 'AWS::SQS::Queue', Properties: { QueueName: { 'Fn::GetAtt': ['Orders', 'StreamArn'] } } };
    expect(refusalOf({ Orders: tableWith({}), Queue: queue }).code).toBe('ATTRIBUTE_UNKNOWN');
  });

  test('that lets items expire says that they do not', () => {
    const model = readResources({
      Orders: tableWith({ TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true } }),
    });
    expect(model.tables).toHaveLength(1);
    expect(model.skipped).toEqual([]);
    expect(model.limited).toEqual([
      expect.objectContaining({ logicalId: 'Orders', limit: expect.stringContaining('do not expire here') }),
    ]);
  });

  test('gives its name and ARN to references', () => {
    const model = readResources(
      { Orders: tableWith({}) },
      { Outputs: { Name: { Value: { Ref: 'Orders' } }, Arn: { Value: { 'Fn::GetAtt': ['Orders', 'Arn'] } } } },
    );
    expect(model.stacks[0]?.outputs.map(({ value }) => value)).toEqual([
      'orders',
      'arn:aws:dynamodb:us-east-1:000000000000:table/orders',
    ]);
  });

  test.each([
    ['KeySchema', [{ AttributeName: 'id', KeyType: 'SORT' }]],
    ['AttributeDefinitions', ['id']],
    ['BillingMode', 'FREE'],
  ])('with a malformed %s is refused', (property, value) => {
    expect(refusalOf({ Orders: tableWith({ [property]: value }) }).code).toBe('PROPERTY_INVALID');
  });

  test('with an attribute that is no key is refused', () => {
    const AttributeDefinitions = ['id', 'total'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' }));
    expect(refusalOf({ Orders: tableWith({ AttributeDefinitions }) })).toMatchObject({
      code: 'REFUSED_BY_AWS',
      message: expect.stringContaining('AttributeDefinitions: [id, total], keys used: [id]'),
    });
  });

  test('that is provisioned needs its capacity', () => {
    expect(refusalOf({ Orders: tableWith({ BillingMode: 'PROVISIONED' }) })).toMatchObject({
      code: 'PROPERTY_INVALID',
      place: { property: '/Properties/ProvisionedThroughput' },
    });
  });

  test('may not have the name of another', () => {
    expect(refusalOf({ A: tableWith({}), B: tableWith({}) }).code).toBe('DUPLICATE_NAME');
  });
});
