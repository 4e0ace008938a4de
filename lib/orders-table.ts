import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, Billing, ProjectionType, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { indexes, projectedAttributes } from '../shared/orders-table.ts';
import type { Configuration } from './configuration.ts';

/** The table where every order ends as a row; what is in it: shared/orders-table.ts. */
export class OrdersTable extends Construct {
  readonly table: TableV2;

  constructor(scope: Construct, id: string, { ordersTable }: Configuration) {
    super(scope, id);
    this.table = new TableV2(this, 'Table', {
      // No name: a table that outlives its stack must not be in the way of the next one.
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      globalSecondaryIndexes: Object.values(indexes).map(({ name, partitionKey, sortKey }) => ({
        indexName: name,
        partitionKey: { name: partitionKey, type: AttributeType.STRING },
        sortKey: { name: sortKey, type: AttributeType.STRING },
        projectionType: ProjectionType.INCLUDE,
        nonKeyAttributes: [...projectedAttributes],
      })),
      // Paid by the request: orders come in bursts, and an idle pipeline costs nothing.
      billing: Billing.onDemand(),
      encryption: TableEncryptionV2.dynamoOwnedKey(),
      // Any second of the last 35 days can be restored.
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: ordersTable.retained ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
  }
}
