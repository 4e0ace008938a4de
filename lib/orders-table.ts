import { AttributeType, BillingMode, ProjectionType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { indexes, projectedAttributes } from '../shared/orders-table.ts';
import type { Configuration } from './configuration.ts';
import { removalPolicy } from './removal-policy.ts';

/**
 * The table where every order ends as a row; what is in it: shared/orders-table.ts. `Table` and not `TableV2`, whose
 * `AWS::DynamoDB::GlobalTable` is for replicas in other regions and is unknown to many a stand-in for AWS.
 */
export class OrdersTable extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string, { retainData }: Configuration) {
    super(scope, id);
    this.table = new Table(this, 'Table', {
      // No name: a table that outlives its stack must not be in the way of the next one.
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      // Paid by the request: orders come in bursts, and an idle pipeline costs nothing.
      billingMode: BillingMode.PAY_PER_REQUEST,
      // At rest by a key of DynamoDB's own.
      encryption: TableEncryption.DEFAULT,
      // Any second of the last 35 days can be restored.
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: removalPolicy(retainData),
      deletionProtection: retainData,
    });
    for (const { name, partitionKey, sortKey } of Object.values(indexes)) {
      this.table.addGlobalSecondaryIndex({
        indexName: name,
        partitionKey: { name: partitionKey, type: AttributeType.STRING },
        sortKey: { name: sortKey, type: AttributeType.STRING },
        projectionType: ProjectionType.INCLUDE,
        nonKeyAttributes: [...projectedAttributes],
      });
    }
  }
}
