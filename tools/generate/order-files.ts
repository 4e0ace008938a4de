import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { build, type Plugin } from 'esbuild';
import { compile } from 'json-schema-to-typescript';
import { exampleOrder, exampleUserX } from '../../shared/order/example-order.ts';
import { maximumErrors, reasonsFrom } from '../../shared/order/reasons.ts';
import type { OrderDefect } from '../../shared/order/broken-order.ts';
import { schemaVersionOf } from '../../shared/order/schema-version.ts';
import { defectsOf } from './order-defects.ts';
import { openApiOf } from './openapi.ts';
import { type OrderSchema, readOrderSchema } from './order-schema.ts';

const sharedUrl = new URL('../../shared/order/', import.meta.url);
const openApiUrl = new URL('../../docs/openapi.json', import.meta.url);
const schemaName = 'order.schema.json';
const header = `// Generated from ${schemaName} by "npm run generate": change the schema, not this file.`;

/** A file that follows from the schema: of shared/, or the OpenAPI document. */
export interface GeneratedFile {
  readonly url: URL;
  readonly text: string;
}

/** The files, and what a person should know about the schema. */
export interface RenderedFiles {
  readonly files: readonly GeneratedFile[];
  /** Sentences. */
  readonly remarks: readonly string[];
}

/** As many examples as have all their variants. */
const examples = Array.from({ length: 20 }, (_, index) => exampleOrder(index));

/**
 * Everything that is derived from shared/order/order.schema.json: the type, the validator compiled ahead of time (why:
 * docs/decisions/0003), the schema's version, the ways in which an order can be wrong, and the OpenAPI document of the HTTP door. Pure but for reading the
 * schema, so that a test can tell when the committed files are stale.
 *
 * @throws {SchemaRefused} for a schema of which no validator can be made
 */
export async function renderOrderFiles(): Promise<RenderedFiles> {
  return renderFiles(
    readOrderSchema(await readFile(new URL(schemaName, sharedUrl), 'utf8'), `shared/order/${schemaName}`),
  );
}

/** The same, of any schema. The examples are those of shared/order/example-order.ts. */
export async function renderFiles(orderSchema: OrderSchema): Promise<RenderedFiles> {
  const { schema } = orderSchema;
  const { defects, unbroken } = defectsOf(orderSchema, examples);
  const files = {
    'order.generated.ts': await renderType(schema),
    'validate-order.generated.js': await renderValidator(orderSchema),
    'validate-order.generated.d.ts': validatorDeclaration,
    'order-schema-version.generated.ts': renderVersion(schema),
    'order-defects.generated.ts': renderDefects(defects),
  };
  return {
    files: [
      ...Object.entries(files).map(([name, text]) => ({ url: new URL(name, sharedUrl), text })),
      { url: openApiUrl, text: `${JSON.stringify(openApiOf(schema), undefined, 2)}\n` },
    ],
    remarks: remarksOn(orderSchema, unbroken),
  };
}

/** What to change in the example, once the schema has changed. */
function remarksOn({ validate }: OrderSchema, unbroken: readonly string[]): readonly string[] {
  const fault = examples.find((example): boolean => !validate(example));
  if (fault !== undefined) {
    const reasons = reasonsFrom(validate.errors ?? []).join(', ');
    return [`exampleOrder does not pass the schema: ${reasons}. Change shared/order/example-order.ts.`];
  }
  if (validate(exampleUserX(6))) {
    return [
      'exampleUserX passes the schema, but must not: the schema must have a rule that this order breaks, such as ' +
        '"required": ["customerAddress"]. Change shared/order/order.schema.json, or the order in ' +
        'shared/order/example-order.ts.',
    ];
  }
  return unbroken.map(
    (rule) => `No bad order was found for the rule ${rule}. It may help when exampleOrder has a value there.`,
  );
}

function renderType(schema: OrderSchema['schema']): Promise<string> {
  return compile(structuredClone(schema), 'Order', {
    bannerComment: header,
    format: true,
    // A list with minItems would become a tuple, which no list in a program is.
    ignoreMinAndMaxItems: true,
    style: { singleQuote: true, printWidth: 120 },
  });
}

/** Rows of the orders table say which schema their order was held against. */
function renderVersion(schema: OrderSchema['schema']): string {
  return `${header}

/** First 12 hex digits of the SHA-256 of the schema's JSON, however it is laid out. */
export const orderSchemaVersion = '${schemaVersionOf(schema)}';
`;
}

function renderDefects(defects: readonly OrderDefect[]): string {
  return `${header}
import type { OrderDefect } from './broken-order.ts';

/** An order for each rule of the schema that it can break. */
export const orderDefects: readonly OrderDefect[] = [
${defects.map((defect) => `  ${JSON.stringify(defect)},\n`).join('')}];
`;
}

/** ajv writes a module that requires its own runtime; esbuild puts that into the file, so that it imports nothing. */
async function renderValidator({ ajv, validate }: OrderSchema): Promise<string> {
  const code = standaloneCode.default(ajv, validate);
  const result = await build({
    stdin: { contents: capErrors(code), resolveDir: fileURLToPath(sharedUrl) },
    absWorkingDir: fileURLToPath(new URL('../../', sharedUrl)),
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['main'],
    target: 'node24',
    legalComments: 'none',
    write: false,
    plugins: [onlyFormats(code)],
  });
  // The paths in esbuild's comments depend on where node_modules stands.
  return `${header}\n${result.outputFiles[0]!.text.replaceAll(/^\/\/ .*\n/gm, '')}`;
}

/**
 * ajv has no option that ends `allErrors` early (why: reasons.ts). So its statements that add an error get a
 * condition. `errors` goes on counting, because ajv compares counts to learn whether a part is valid.
 */
function capErrors(code: string): string {
  const capped = code
    .replaceAll(/vErrors\.push\(err\d+\)/g, `vErrors.length < ${maximumErrors} && $&`)
    .replaceAll(
      /(vErrors\.concat\((\w+)\.errors\));\s*errors = vErrors\.length;/g,
      `vErrors.length < ${maximumErrors} ? $1 : vErrors;errors += $2.errors.length;`,
    )
    .replaceAll(/vErrors\.length = (_errs\d+)/g, 'vErrors.length = Math.min($1, vErrors.length)');
  const uncapped = /(?<!&& )vErrors\.push|(?<!\? )vErrors\.concat|errors = vErrors\.length/;
  if (capped === code || uncapped.test(capped))
    throw new Error('ajv writes other code than it did: mend capErrors in order-files.ts.');
  return capped;
}

/**
 * ajv puts formats that are patterns into the code, and requires a module of all formats for the others, such as dates.
 * Of this module, only what the code names goes into the file.
 */
function onlyFormats(code: string): Plugin {
  const used = new Set(
    [...code.matchAll(/fullFormats(?:\.(\w+)|\["([^"]+)"\])/g)].map(([, name, quoted]) => name ?? quoted!),
  );
  return {
    name: 'only the formats of the schema',
    setup(bundling) {
      bundling.onLoad({ filter: /ajv-formats\/dist\/formats\.js$/ }, async ({ path }) => {
        const all = await readFile(path, 'utf8');
        const [, entries = '', rest = ''] =
          /^exports\.fullFormats = \{\n(.*?)^\};\n.*?(^function isLeapYear.*)$/ms.exec(all) ?? [];
        const kept = entries.split('\n').filter((line) => used.has(/^ {4}"?([\w-]+)"?[:,]/.exec(line)?.[1] ?? ''));
        if (kept.length !== used.size)
          throw new Error('ajv-formats has another layout: mend onlyFormats in order-files.ts.');
        const [, helper = ''] = /^(function fmtDef.*?^\}\n)/ms.exec(all) ?? [];
        return { contents: `${helper}export const fullFormats = {\n${kept.join('\n')}\n};\n${rest}` };
      });
    },
  };
}

const validatorDeclaration = `${header}
import type { ErrorObject } from 'ajv';
import type { Order } from './order.generated.ts';

/** \`errors\` are those of the last call, null when it answered true. */
declare const validate: { (data: unknown): data is Order; errors?: null | ErrorObject[] };
export default validate;
`;
