import type { FailureRow, StoredAttribute } from '../../shared/orders-table.ts';
import { fromItem } from './attribute-values.ts';
import type { FailureSummary } from './failures.ts';
import { keysPerRead, type OrdersTable, readItems } from './orders-table-client.ts';
import { readPieces } from './pieces.ts';

/** A failure with its body and message attributes, wherever the table keeps them. */
export interface WholeFailure {
  readonly row: FailureRow;
  readonly body: string;
  readonly messageAttributes: Readonly<Record<string, StoredAttribute>>;
}

/** @throws {CommandFailed} when pieces are missing */
export async function wholeFailure(table: OrdersTable, row: FailureRow): Promise<WholeFailure> {
  const { orderKey, attributesHash } = row;
  const body =
    'body' in row ? row.body : await readPieces(table, orderKey, { hash: row.bodyHash, pieces: row.bodyPieces });
  if (attributesHash === undefined) return { row, body, messageAttributes: row.messageAttributes };
  const json = await readPieces(table, orderKey, { hash: attributesHash, pieces: row.attributesPieces ?? 0 });
  return { row, body, messageAttributes: JSON.parse(json) as Readonly<Record<string, StoredAttribute>> };
}

/**
 * The failures of a list, whole, as they are now: an index runs behind its table, so those that have gone, changed
 * their status or failed again since are left out.
 */
export async function* wholeFailures(
  table: OrdersTable,
  summaries: AsyncIterable<FailureSummary>,
): AsyncGenerator<WholeFailure> {
  for await (const some of inChunks(summaries, keysPerRead)) {
    const rows = new Map<string, FailureRow>();
    for (const item of await readItems(table, some)) {
      const row = fromItem<FailureRow>(item);
      rows.set(`${row.pk} ${row.sk}`, row);
    }
    for (const { pk, sk, status, failedAt } of some) {
      const row = rows.get(`${pk} ${sk}`);
      if (row?.status === status && row.failedAt === failedAt) yield await wholeFailure(table, row);
    }
  }
}

/** Groups of `size`, the last one perhaps smaller; reads no further than the group at hand needs. */
export async function* inChunks<T>(source: AsyncIterable<T>, size: number): AsyncGenerator<T[]> {
  let chunk: T[] = [];
  for await (const element of source) {
    chunk.push(element);
    if (chunk.length < size) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}
