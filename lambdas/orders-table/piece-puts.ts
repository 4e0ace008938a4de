import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { attributeValues } from '../../shared/attribute-value.ts';
import { pieceRows } from '../../shared/body-pieces.ts';
import { maximumInlineBytes } from '../../shared/orders-table.ts';

/** The part of a `PutItem` request that follows from the row: all but the table. */
export interface PutRequest {
  readonly Item: Record<string, AttributeValue>;
}

/**
 * The pieces of a body beyond its row's limit, to be written before the row; none for any other.
 * @param now ISO 8601, when the invocation began or later: `pieceRestMs` from then on they may be deleted if unnamed
 */
export function bodyPuts(orderKey: string, body: string, now: string): readonly PutRequest[] {
  return Buffer.byteLength(body) <= maximumInlineBytes ? [] : piecePuts(orderKey, body, now);
}

/** A text in pieces. */
export function piecePuts(orderKey: string, text: string, now: string): readonly PutRequest[] {
  return pieceRows(orderKey, text, now).map((row) => ({ Item: attributeValues(row) }));
}
