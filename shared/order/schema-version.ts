import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** Without the byte order mark that some editors write. */
const textOf = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8').replace(/^\uFEFF/, '');

/** A schema's own fingerprint: 12 hex digits of the SHA-256 of its JSON, however the JSON is laid out. */
export function schemaVersionOf(schema: object): string {
  return createHash('sha256').update(JSON.stringify(schema)).digest('hex').slice(0, 12);
}

/**
 * Whether order.schema.json was changed after `npm run generate`. Then the validator is still that of the former schema.
 */
export function isSchemaStale(): boolean {
  let schema: object;
  try {
    schema = JSON.parse(textOf('order.schema.json')) as object;
  } catch {
    return true;
  }
  return !textOf('order-schema-version.generated.ts').includes(schemaVersionOf(schema));
}
