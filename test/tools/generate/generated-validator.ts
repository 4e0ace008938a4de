import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TemporaryFolder } from '../../../tools/run/synthesize.ts';
import { type RenderedFiles, renderFiles } from '../../../tools/generate/order-files.ts';
import { readOrderSchema } from '../../../tools/generate/order-schema.ts';

/** A JSON Schema of an order. */
export type Schema = Readonly<Record<string, unknown>>;

/** What the generated module exports. */
export interface GeneratedValidator {
  (data: unknown): boolean;
  readonly errors?: null | readonly { readonly instancePath: string; readonly keyword: string }[];
}

/** A schema of an order with these properties and nothing else. */
export function schemaOf(properties: Schema, more: Schema = {}): Schema {
  return { $schema: 'http://json-schema.org/draft-07/schema#', type: 'object', properties, ...more };
}

export function rendered(schema: Schema): Promise<RenderedFiles> {
  return renderFiles(readOrderSchema(JSON.stringify(schema), 'order.schema.json'));
}

export async function textOf(schema: Schema, name: string): Promise<string> {
  const { files } = await rendered(schema);
  return files.find(({ url }) => url.pathname.endsWith(name))!.text;
}

/** The validator that "npm run generate" would write, loaded as the functions load it. */
export async function generatedValidator(schema: Schema): Promise<GeneratedValidator> {
  using folder = new TemporaryFolder();
  const file = join(folder.path, 'validate-order.mjs');
  writeFileSync(file, await textOf(schema, 'validate-order.generated.js'));
  return ((await import(file)) as { readonly default: GeneratedValidator }).default;
}
