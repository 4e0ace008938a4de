import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Clock, Runtime } from 'local-aws';
import { countFailures, countProcessed } from '../ledger/count-failures.ts';
import type { Books } from './tally.ts';

/** The books as the orders table keeps them. */
export interface TableCounts {
  readonly processed: number;
  readonly failed: number;
}

/** Counts the rows of a runtime's table, through its endpoint, as one would on AWS. */
export async function countRows({ endpoint, model }: Runtime, name: string, clock: Clock): Promise<TableCounts> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint: endpoint.url, region: model.region, credentials });
  try {
    const table = { client, name, clock, random: Math.random };
    const [processed, failed] = await Promise.all([countProcessed(table), countFailures(table, { status: 'failed' })]);
    return { processed, failed };
  } finally {
    client.destroy();
  }
}

/** Undefined when table and books agree. An order that two messages brought is one row. */
export function disagreement(table: TableCounts, { processed, failed, copies }: Books): string | undefined {
  if (table.processed === processed - copies && table.failed === failed) return undefined;
  return (
    `The orders table disagrees: it holds ${table.processed} processed orders and ${table.failed} failures, ` +
    `the queues say ${processed - copies} and ${failed}.`
  );
}
