import type { FailureRow, StoredAttribute } from '../../shared/orders-table.ts';
import { fromItem } from './attribute-values.ts';
import type { FailureSummary } from './failures.ts';
import { keysPerRead, type OrdersTable, readItems } from './orders-table-client.ts';
import { BodyDamaged, readPieces } from './pieces.ts';

/** A failure with its body and message attributes, wherever the table keeps them. */
export interface WholeFailure {
  readonly row: FailureRow;
  readonly body: string;
  readonly messageAttributes: Readonly<Record<string, StoredAttribute>>;
}

/** A failure of whose body or message attributes pieces are missing. */
export interface DamagedFailure {
  readonly row: FailureRow;
  /** What is missing, in a sentence. */
  readonly damage: string;
}

/** @throws {BodyDamaged} when pieces are missing */
export async function wholeFailure(table: OrdersTable, row: FailureRow): Promise<WholeFailure> {
  const { orderKey, attributesHash } = row;
  const body =
    'body' in row ? row.body : await readPieces(table, orderKey, { hash: row.bodyHash, pieces: row.bodyPieces });
  if (attributesHash === undefined) return { row, body, messageAttributes: row.messageAttributes };
  const json = await readPieces(table, orderKey, { hash: attributesHash, pieces: row.attributesPieces ?? 0 });
  return { row, body, messageAttributes: JSON.parse(json) as Readonly<Record<string, StoredAttribute>> };
}

/** As `wholeFailure`, but a damaged one is no error. */
export async function wholeOrDamaged(table: OrdersTable, row: FailureRow): Promise<WholeFailure | DamagedFailure> {
  try {
    return await wholeFailure(table, row);
  } catch (error) {
    if (!(error instanceof BodyDamaged)) throw error;
    return { row, damage: error.message };
  }
}

/**
 * The failures of a list, whole or damaged, as they are now: an index runs behind its table, so those that have gone,
 * changed their status or failed again since are left out.
 */
export async function* wholeOrDamagedFailures(
  table: OrdersTable,
  summaries: AsyncIterable<FailureSummary>,
): AsyncGenerator<WholeFailure | DamagedFailure> {
  for await (const some of inChunks(summaries, keysPerRead)) {
    const rows = new Map<string, FailureRow>();
    for (const item of await readItems(table, some)) {
      const row = fromItem<FailureRow>(item);
      rows.set(`${row.pk} ${row.sk}`, row);
    }
    for (const { pk, sk, status, failedAt } of some) {
      const row = rows.get(`${pk} ${sk}`);
      if (row?.status === status && row.failedAt === failedAt) yield await wholeOrDamaged(table, row);
    }
  }
}

/** Those of them that are whole. @param damaged is told each of the others; without it, the first is an error */
export async function* wholeFailures(
  table: OrdersTable,
  summaries: AsyncIterable<FailureSummary>,
  damaged: (failure: DamagedFailure) => void = refuse,
): AsyncGenerator<WholeFailure> {
  for await (const failure of wholeOrDamagedFailures(table, summaries)) {
    if ('damage' in failure) damaged(failure);
    else yield failure;
  }
}

function refuse({ damage }: DamagedFailure): never {
  throw new BodyDamaged(damage);
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
