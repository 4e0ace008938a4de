import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { attributeValues } from '../../shared/attribute-value.ts';
import { joinPieces, splitBody } from '../../shared/body-pieces.ts';
import { contentHashOf } from '../../shared/content-hash.ts';
import { bodyPieceKey, pieceAttribute, type StoredBody } from '../../shared/orders-table.ts';
import { CommandFailed } from '../command-failed.ts';
import { fromItem } from './attribute-values.ts';
import { collect } from './collect.ts';
import { type OrdersTable, queryItems, type RowKey } from './orders-table-client.ts';

/** A text in pieces beside its row. */
export interface InPieces {
  readonly hash: string;
  readonly pieces: number;
}

/** @throws {CommandFailed} when pieces are missing or the text is not the one that was written */
export async function readPieces(table: OrdersTable, orderKey: string, { hash, pieces }: InPieces): Promise<string> {
  const { pk, sk } = piecesOf(orderKey, hash);
  const items = await collect(
    queryItems(table, {
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :sk)',
      ExpressionAttributeValues: attributeValues({ ':pk': pk, ':sk': sk }),
    }),
  );
  const text = joinPieces(items.map((item) => item[pieceAttribute]?.B ?? new Uint8Array()));
  if (items.length === pieces && contentHashOf(text) === hash) return text;
  throw new CommandFailed(
    `The body of order ${orderKey} is damaged: ${items.length} of ${pieces} pieces of ${hash} are in the table. ` +
      'Restore the table to a point in time before it was, and take the pieces from there.',
  );
}

/** Writes the pieces of a body that is too large for its row. Afterwards the row may name them. */
export async function writeBody(table: OrdersTable, orderKey: string, body: string): Promise<StoredBody> {
  const { stored, pieces } = splitBody(body);
  if (!('bodyHash' in stored)) return stored;
  for (const [index, piece] of pieces.entries()) {
    const Item = { ...attributeValues(bodyPieceKey(orderKey, stored.bodyHash, index)), [pieceAttribute]: { B: piece } };
    await table.client.send(new PutItemCommand({ TableName: table.name, Item }));
  }
  return stored;
}

/**
 * Deletes those pieces of an order that were named by a row which no longer names them, unless another row of the
 * order does: pieces are found by their content, so rows share them.
 */
export async function deleteUnnamedPieces(
  table: OrdersTable,
  orderKey: string,
  hashes: readonly string[],
): Promise<void> {
  if (hashes.length === 0) return;
  const { pk } = piecesOf(orderKey, '');
  const keys = queryItems(table, {
    ConsistentRead: true,
    KeyConditionExpression: 'pk = :pk',
    ProjectionExpression: 'pk, sk, bodyHash, attributesHash',
    ExpressionAttributeValues: attributeValues({ ':pk': pk }),
  });
  const pieces: RowKey[] = [];
  const named = new Set<string>();
  for await (const item of keys) {
    const { bodyHash, attributesHash, ...key } = fromItem<RowKey & { bodyHash?: string; attributesHash?: string }>(
      item,
    );
    if (key.sk.startsWith('BODY#')) pieces.push(key);
    for (const hash of [bodyHash, attributesHash]) if (hash !== undefined) named.add(hash);
  }
  for (const { sk } of pieces) {
    const hash = sk.split('#')[1] ?? '';
    if (!hashes.includes(hash) || named.has(hash)) continue;
    await table.client.send(new DeleteItemCommand({ TableName: table.name, Key: attributeValues({ pk, sk }) }));
  }
}

/** The key of the first piece without its index: what all of them begin with. */
function piecesOf(orderKey: string, hash: string): RowKey {
  const { pk, sk } = bodyPieceKey(orderKey, hash, 0);
  return { pk, sk: sk.slice(0, -'0000'.length) };
}
