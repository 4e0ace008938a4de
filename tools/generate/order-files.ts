import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import Ajv from 'ajv';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { build } from 'esbuild';
import { compile } from 'json-schema-to-typescript';
import { maximumErrors } from '../../shared/order/read-order.ts';

const sharedUrl = new URL('../../shared/order/', import.meta.url);
const schemaName = 'order.schema.json';
const header = `// Generated from ${schemaName} by "npm run generate": change the schema, not this file.`;

/** A file of shared/ that follows from the schema. */
export interface GeneratedFile {
  readonly url: URL;
  readonly text: string;
}

/**
 * Everything that is derived from shared/order/order.schema.json: the type, the validator compiled ahead of time (why:
 * docs/decisions/0003) and the schema's version. Pure but for reading the schema, so that a test can tell when the
 * committed files are stale.
 */
export async function renderOrderFiles(): Promise<readonly GeneratedFile[]> {
  const schema = JSON.parse(await readFile(new URL(schemaName, sharedUrl), 'utf8')) as Record<string, unknown>;
  return [
    { url: new URL('order.generated.ts', sharedUrl), text: await renderType(schema) },
    { url: new URL('validate-order.generated.js', sharedUrl), text: await renderValidator(schema) },
    { url: new URL('validate-order.generated.d.ts', sharedUrl), text: validatorDeclaration },
    { url: new URL('order-schema-version.generated.ts', sharedUrl), text: renderVersion(schema) },
  ];
}

function renderType(schema: Record<string, unknown>): Promise<string> {
  return compile(structuredClone(schema), 'Order', {
    bannerComment: header,
    format: true,
    style: { singleQuote: true, printWidth: 120 },
  });
}

/** The schema's own fingerprint: rows of the orders table say which schema their order was held against. */
function renderVersion(schema: Record<string, unknown>): string {
  const version = createHash('sha256').update(JSON.stringify(schema)).digest('hex').slice(0, 12);
  return `${header}

/** First 12 hex digits of the SHA-256 of the schema's JSON, however it is laid out. */
export const orderSchemaVersion = '${version}';
`;
}

/** ajv writes a module that requires its own runtime; esbuild puts that into the file, so that it imports nothing. */
async function renderValidator(schema: Record<string, unknown>): Promise<string> {
  const ajv = new Ajv.Ajv({ allErrors: true, strict: true, code: { source: true, esm: true } });
  const result = await build({
    stdin: {
      contents: capErrors(standaloneCode.default(ajv, ajv.compile(schema))),
      resolveDir: fileURLToPath(sharedUrl),
    },
    absWorkingDir: fileURLToPath(new URL('../../', sharedUrl)),
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['main'],
    target: 'node24',
    legalComments: 'none',
    write: false,
  });
  // The paths in esbuild's comments depend on where node_modules stands.
  const code = result.outputFiles[0]!.text.replaceAll(/^\/\/ .*\n/gm, '');
  return `${header}\n${code}`;
}

/**
 * ajv has no option that ends `allErrors` early (why: read-order.ts), so its statements that add an error get a condition.
 */
function capErrors(code: string): string {
  const capped = code.replaceAll(/vErrors\.push\(err\d+\)/g, `vErrors.length < ${maximumErrors} && $&`);
  if (capped === code) throw new Error('ajv writes other code than it did: mend capErrors in order-files.ts.');
  return capped;
}

const validatorDeclaration = `${header}
import type { ErrorObject } from 'ajv';
import type { Order } from './order.generated.ts';

/** \`errors\` are those of the last call, null when it answered true. */
declare const validate: { (data: unknown): data is Order; errors?: null | ErrorObject[] };
export default validate;
`;
