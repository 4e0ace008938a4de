import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { AttributeType, BillingMode, ProjectionType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { indexes, projectedAttributes } from '../shared/ledger/rows.ts';
import type { Contribution } from './monitoring/contribution.ts';
import { newTableWritesPerSecond } from './configuration/settings.ts';
import { protectedRemovalPolicy } from './removal-policy.ts';

export interface OrdersTableProps {
  /** Whether the table outlives its stack and cannot be deleted by mistake. */
  readonly retainData: boolean;
  /** Writes of 1 KB that the table takes in a second from the start. Default: 4,000, as AWS makes a new table. */
  readonly warmWritesPerSecond?: number;
  /** Key of the account for the table. Default: a key of DynamoDB. */
  readonly encryptionKey?: IKey;
}

/**
 * The table where every order ends as a row (shared/ledger/rows.ts). It is a `Table` and not a `TableV2`: TableV2 makes
 * an `AWS::DynamoDB::GlobalTable`, which is for replicas in other regions and is unknown to many emulators of AWS.
 */
export class OrdersTable extends Construct {
  readonly table: Table;
  readonly monitored: Contribution;

  constructor(scope: Construct, id: string, props: OrdersTableProps) {
    super(scope, id);
    const { retainData, encryptionKey, warmWritesPerSecond = newTableWritesPerSecond } = props;
    this.table = new Table(this, 'Table', {
      // CloudFormation generates the name: a table that outlives its stack is not in the way of the next one.
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      // Orders come in bursts, and an idle pipeline should cost nothing.
      billingMode: BillingMode.PAY_PER_REQUEST,
      // Not of the indexes: they have only failures.
      ...(warmWritesPerSecond > newTableWritesPerSecond && {
        warmThroughput: { writeUnitsPerSecond: warmWritesPerSecond },
      }),
      encryption: encryptionKey === undefined ? TableEncryption.DEFAULT : TableEncryption.CUSTOMER_MANAGED,
      ...(encryptionKey !== undefined && { encryptionKey }),
      // Any second of the last 35 days can be restored.
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: protectedRemovalPolicy(retainData),
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

    this.monitored = { lines: { requests: { right: [this.#units('Write'), this.#units('Read')] } } };
  }

  /** The table's own metric leaves its indexes out (DynamoDB Developer Guide, "DynamoDB metrics and dimensions"). */
  #units(kind: 'Write' | 'Read'): MathExpression {
    const period = Duration.minutes(1);
    const table = { TableName: this.table.tableName };
    const places = [table, ...Object.values(indexes).map(({ name }) => ({ ...table, GlobalSecondaryIndexName: name }))];
    const metrics = places.map((dimensionsMap, index) => {
      const metricName = `Consumed${kind}CapacityUnits`;
      const metric = new Metric({ namespace: 'AWS/DynamoDB', metricName, dimensionsMap, statistic: Stats.SUM, period });
      return [`${kind.toLowerCase()}${index}`, metric] as const;
    });
    return new MathExpression({
      // The indexes are of failures, and have no metric while nothing fails. SUM takes those that there are.
      expression: `SUM([${metrics.map(([id]) => `FILL(${id}, 0)`).join(', ')}])`,
      usingMetrics: Object.fromEntries(metrics),
      period,
      label: `${kind.toLowerCase()} units`,
    });
  }
}
