import { ConditionalCheckFailedException, DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { attributeValues } from '../../shared/attribute-value.ts';
import { joinPieces, pieceRows, storedBody } from '../../shared/body-pieces.ts';
import { contentHashOf } from '../../shared/content-hash.ts';
import { bodyPieceKey, pieceAttributes, pieceRestMs, type StoredBody } from '../../shared/orders-table.ts';
import { CommandFailed } from '../command-failed.ts';
import { fromItem } from './attribute-values.ts';
import { collect } from './collect.ts';
import { type OrdersTable, queryItems, type RowKey, tableTimeMs } from './orders-table-client.ts';

/** A text in pieces beside its row. */
export interface InPieces {
  readonly hash: string;
  readonly pieces: number;
}

/** Pieces are missing, or are not what was written. */
export class BodyDamaged extends CommandFailed {}

/** @throws {BodyDamaged} when pieces are missing or the text is not the one that was written */
export async function readPieces(table: OrdersTable, orderKey: string, { hash, pieces }: InPieces): Promise<string> {
  const { pk, sk } = piecesOf(orderKey, hash);
  const items = await collect(
    queryItems(table, {
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :sk)',
      ExpressionAttributeValues: attributeValues({ ':pk': pk, ':sk': sk }),
    }),
  );
  const text = joinPieces(items.map((item) => item[pieceAttributes.bytes]?.B ?? new Uint8Array()));
  if (items.length === pieces && contentHashOf(text) === hash) return text;
  throw new BodyDamaged(
    `The body of order ${orderKey} is damaged: ${items.length} of ${pieces} pieces of ${hash} are in the table. ` +
      'Restore the table to a point in time before it was, and take the pieces from there.',
  );
}

/** Writes the pieces of a body that is too large for its row. Afterwards the row may name them, at once. */
export async function writeBody(table: OrdersTable, orderKey: string, body: string): Promise<StoredBody> {
  const { client, name } = table;
  const stored = storedBody(body);
  if ('body' in stored) return stored;
  let startedAtMs: number;
  do {
    startedAtMs = tableTimeMs(table);
    for (const row of pieceRows(orderKey, body, new Date(startedAtMs).toISOString()))
      await client.send(new PutItemCommand({ TableName: name, Item: attributeValues(row) }));
    // Once more where a computer fell asleep over it: the pieces may have gone.
  } while (tableTimeMs(table) - startedAtMs > pieceRestMs / 2);
  return stored;
}

/** Whether a text's pieces were written so recently that they could not be deleted. */
export async function isRecent(table: OrdersTable, orderKey: string, hash: string): Promise<boolean> {
  const restedBefore = restedBeforeOf(table);
  const pieces = await collect(piecesUnder(table, piecesOf(orderKey, hash)));
  return pieces.some(({ writtenAt }) => writtenAt >= restedBefore);
}

/**
 * Deletes the pieces of an order that no row of it names and that have rested for `pieceRestMs`; younger ones stay for
 * a later purge. Pieces are found by their content, so rows share them, and somebody may just now have written them
 * again to name them in the next request. That no body is lost: whoever names a piece has written it less than
 * `pieceRestMs` before. When it is named before the names are read here, they tell. When later, then `restedBefore`,
 * which is earlier still, comes before that writing: the delete finds a younger piece and fails its condition, or the
 * writing comes after the delete.
 */
export async function deleteUnnamedPieces(table: OrdersTable, orderKey: string): Promise<void> {
  const restedBefore = restedBeforeOf(table);
  const all = await collect(piecesUnder(table, bodyPiecesOf(orderKey)));
  const rested = all.filter(({ writtenAt }) => writtenAt < restedBefore);
  if (rested.length === 0) return;
  const named = await namesOf(table, orderKey);
  for (const { pk, sk } of rested) {
    if (!named.has(sk.split('#')[1] ?? '')) await deleteRested(table, { pk, sk }, restedBefore);
  }
}

function restedBeforeOf(table: OrdersTable): string {
  return new Date(tableTimeMs(table) - pieceRestMs).toISOString();
}

interface PieceSummary extends RowKey {
  readonly writtenAt: string;
}

async function* piecesUnder(table: OrdersTable, { pk, sk }: RowKey): AsyncGenerator<PieceSummary> {
  const found = queryItems(table, {
    ConsistentRead: true,
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :sk)',
    ProjectionExpression: `pk, sk, ${pieceAttributes.writtenAt}`,
    ExpressionAttributeValues: attributeValues({ ':pk': pk, ':sk': sk }),
  });
  for await (const item of found) yield fromItem<PieceSummary>(item);
}

/** Hashes of all texts in pieces that rows of the order name. */
async function namesOf(table: OrdersTable, orderKey: string): Promise<ReadonlySet<string>> {
  const rows = queryItems(table, {
    ConsistentRead: true,
    KeyConditionExpression: 'pk = :pk',
    ProjectionExpression: 'bodyHash, attributesHash',
    ExpressionAttributeValues: attributeValues({ ':pk': bodyPiecesOf(orderKey).pk }),
  });
  const named = new Set<string>();
  for await (const { bodyHash, attributesHash } of rows) {
    for (const hash of [bodyHash?.S, attributesHash?.S]) if (hash !== undefined) named.add(hash);
  }
  return named;
}

async function deleteRested({ client, name }: OrdersTable, key: RowKey, restedBefore: string): Promise<void> {
  try {
    await client.send(
      new DeleteItemCommand({
        TableName: name,
        Key: attributeValues({ ...key }),
        ConditionExpression: `${pieceAttributes.writtenAt} < :restedBefore`,
        ExpressionAttributeValues: attributeValues({ ':restedBefore': restedBefore }),
      }),
    );
  } catch (error) {
    // Written again meanwhile, or deleted by somebody else.
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}

/** What the keys of all pieces of an order begin with. */
function bodyPiecesOf(orderKey: string): RowKey {
  const { pk, sk } = bodyPieceKey(orderKey, '', 0);
  return { pk, sk: sk.slice(0, sk.indexOf('#') + 1) };
}

/** The key of the first piece without its index: what all of them begin with. */
function piecesOf(orderKey: string, hash: string): RowKey {
  const { pk, sk } = bodyPieceKey(orderKey, hash, 0);
  return { pk, sk: sk.slice(0, -'0000'.length) };
}
