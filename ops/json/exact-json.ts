/** Node 24 has these (TC39 "JSON.parse source text access"); TypeScript's library does not know them yet. */
interface SourceTextAccess {
  isRawJSON(value: unknown): boolean;
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ): unknown;
  rawJSON(text: string): object;
}

const access = JSON as unknown as SourceTextAccess;

/**
 * Parses JSON such that `JSON.stringify` gives back every number as it was written: an order number of 20 digits must
 * not lose its last ones because another field was mended.
 * @throws {SyntaxError}
 */
export function parseExactly(text: string): unknown {
  return access.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && String(value) !== source ? access.rawJSON(source) : value,
  );
}

/** True for a number that `parseExactly` kept as it was written. */
export function isExactNumber(value: unknown): boolean {
  return access.isRawJSON(value);
}
