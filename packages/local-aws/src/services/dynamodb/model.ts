import { ResourceList } from '../../assembly/draft.ts';
import type { Declared } from '../../assembly/model.ts';

/** DynamoDB's part of the model. */
export interface DynamodbModel {
  readonly tables: readonly TableModel[];
}

/** `AWS::DynamoDB::Table`, or the one replica of an `AWS::DynamoDB::GlobalTable`. */
export interface TableModel extends Declared {
  readonly name: string;
  readonly arn: string;
  /** ARN or id of the key that encrypts the table on AWS; undefined: one of DynamoDB's own. */
  readonly kmsMasterKeyId?: string;
  readonly billingMode: 'PROVISIONED' | 'PAY_PER_REQUEST';
  /** The capacity of a provisioned table, for DescribeTable to show. Nothing is throttled. */
  readonly throughput?: TableThroughput;
  /** Types of the attributes that are keys, of the table or of an index. */
  readonly attributeTypes: Readonly<Record<string, 'S' | 'N' | 'B'>>;
  readonly keySchema: readonly TableKey[];
  /** The attribute that says when an item expires on AWS: told by DescribeTimeToLive. Items do not expire here. */
  readonly timeToLiveAttribute?: string;
  /** Whether DeleteTable is refused. */
  readonly deletionProtection: boolean;
  readonly globalIndexes: readonly TableIndex[];
  readonly localIndexes: readonly TableIndex[];
}

/** One attribute of a key. Its type stands in `TableModel.attributeTypes`. */
export interface TableKey {
  readonly attributeName: string;
  /** `HASH`: partition key, `RANGE`: sort key. */
  readonly keyType: 'HASH' | 'RANGE';
}

/** A secondary index, global or local. */
export interface TableIndex {
  readonly name: string;
  readonly keySchema: readonly TableKey[];
  readonly projectionType: 'ALL' | 'INCLUDE' | 'KEYS_ONLY';
  /** What an index with `INCLUDE` holds beside the keys. */
  readonly nonKeyAttributes: readonly string[];
  readonly throughput?: TableThroughput;
}

/** Provisioned capacity, in units a second (DynamoDB Developer Guide, "Provisioned capacity mode"). */
export interface TableThroughput {
  readonly readCapacityUnits: number;
  readonly writeCapacityUnits: number;
}

export const declaredTables = new ResourceList<TableModel>();
