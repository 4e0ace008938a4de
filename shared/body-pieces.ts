import { contentHashOf } from './content-hash.ts';
import type { Values } from './attribute-value.ts';
import { bodyPieceKey, maximumInlineBytes, pieceAttributes, type StoredBody } from './orders-table.ts';

/** A body as its row keeps it: SQS takes messages of 1 MiB, DynamoDB items of 400 KB. What does not fit is in pieces. */
export function storedBody(body: string): StoredBody {
  const bytes = Buffer.byteLength(body);
  if (bytes <= maximumInlineBytes) return { body };
  return { bodyHash: contentHashOf(body), bodyPieces: Math.ceil(bytes / maximumInlineBytes) };
}

/** A text in pieces of at most `maximumInlineBytes`. Bytes, not text: cutting a character in two does no harm. */
export function piecesOf(text: string): readonly Uint8Array[] {
  const bytes = Buffer.from(text);
  return Array.from({ length: Math.ceil(bytes.length / maximumInlineBytes) }, (_, index) =>
    bytes.subarray(index * maximumInlineBytes, (index + 1) * maximumInlineBytes),
  );
}

/**
 * A text's pieces as rows of the table, to be written before the row that names them. Their keys follow from what is
 * in them, so writing them again changes nothing but `writtenAt` (ISO 8601): when the writing began, or earlier.
 */
export function pieceRows(orderKey: string, text: string, writtenAt: string): readonly Values[] {
  const hash = contentHashOf(text);
  return piecesOf(text).map((piece, index) => ({
    ...bodyPieceKey(orderKey, hash, index),
    [pieceAttributes.bytes]: piece,
    [pieceAttributes.writtenAt]: writtenAt,
  }));
}

/** The text that `piecesOf` cut up. @param pieces all of them, in order */
export function joinPieces(pieces: readonly Uint8Array[]): string {
  return Buffer.concat(pieces).toString();
}
