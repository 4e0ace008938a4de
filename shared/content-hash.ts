import { createHash } from 'node:crypto';

/** SHA-256 (hex) of a body, byte for byte: what tells a duplicate of an order from another order with its id. */
export function contentHashOf(body: string): string {
  return createHash('sha256').update(body).digest('hex');
}
