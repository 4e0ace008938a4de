import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { piecesOf, splitBody } from '../../shared/body-pieces.ts';
import { contentHashOf } from '../../shared/content-hash.ts';
import { bodyPieceKey, pieceAttribute } from '../../shared/orders-table.ts';
import { attributeValues } from '../../shared/attribute-value.ts';

/** The part of a `PutItem` request that follows from the row: all but the table. */
export interface PutRequest {
  readonly Item: Record<string, AttributeValue>;
}

/** The pieces of a body beyond its row's limit, to be written before the row; none for any other. */
export function bodyPuts(orderKey: string, body: string): readonly PutRequest[] {
  return splitBody(body).pieces.length === 0 ? [] : piecePuts(orderKey, body);
}

/** A text in pieces. Their keys follow from what is in them, so that writing them again changes nothing. */
export function piecePuts(orderKey: string, text: string): readonly PutRequest[] {
  const hash = contentHashOf(text);
  return piecesOf(text).map((piece, index) => ({
    Item: attributeValues({ ...bodyPieceKey(orderKey, hash, index), [pieceAttribute]: piece }),
  }));
}
