import { parseExactly } from '../json/exact-json.ts';
import { type Assignment, PointerMismatch, setPointer } from '../json/set-pointer.ts';

/** A body after `--set`, or why that is not possible. */
export type MendedBody = { readonly body: string } | { readonly problem: string };

/** Sets values in a body, whose numbers keep their digits; the problem reads on behind the failure's name. */
export function mendedBody(body: string, assignments: readonly Assignment[]): MendedBody {
  let document: unknown;
  try {
    document = parseExactly(body);
  } catch {
    return { problem: 'is not JSON, so --set finds no place in it: mend it with "orders edit" and your $EDITOR' };
  }
  try {
    for (const assignment of assignments) document = setPointer(document, assignment);
  } catch (error) {
    if (!(error instanceof PointerMismatch)) throw error;
    return { problem: `cannot be mended so: ${error.message}` };
  }
  return { body: JSON.stringify(document) };
}
