import { Ajv, type AnySchemaObject, type ErrorObject, type Options, type ValidateFunction } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { mistakeIn } from '../orders/input/json-scanner.ts';

/** A schema that no validator can be made of. The message is one sentence with the place, for a person. */
export class SchemaRefused extends Error {
  override readonly name = 'SchemaRefused';
}

/** The schema of an order, and the validator that ajv makes of it. */
export interface OrderSchema {
  readonly schema: AnySchemaObject;
  readonly ajv: Ajv;
  readonly validate: ValidateFunction;
}

const options: Options = {
  allErrors: true,
  strict: true,
  // A schema may say `"type": ["string", "null"]`, and name in `required` what only one branch of an `anyOf` describes.
  allowUnionTypes: true,
  strictRequired: false,
  code: { source: true, esm: true },
};

/** By the schema's `$schema`; draft-07 without. */
const drafts: readonly (readonly [name: string, create: () => Ajv])[] = [
  ['/draft/2020-12/', () => new Ajv2020(options)],
  ['/draft/2019-09/', () => new Ajv2019(options)],
  ['/draft-07/', () => new Ajv(options)],
];

/**
 * Reads the text of order.schema.json. All formats of ajv-formats are known.
 *
 * @param name of the file, for the message of an error
 * @throws {SchemaRefused} for what is no JSON or no JSON Schema, and for what ajv's strict mode takes for a mistake
 */
export function readOrderSchema(text: string, name: string): OrderSchema {
  // Some editors begin a file with a byte order mark, which is none of the JSON.
  const json = text.replace(/^\uFEFF/, '');
  if (json.trim() === '')
    throw new SchemaRefused(`${name} is empty: write the schema of an order, or restore the file.`);
  let schema: unknown;
  try {
    schema = JSON.parse(json);
  } catch (error) {
    const mistake = mistakeIn(json);
    if (mistake === undefined) throw error;
    const { line, column } = mistake.place;
    throw new SchemaRefused(`${name} is no JSON: line ${line}, column ${column}, ${mistake.message}.`, {
      cause: error,
    });
  }
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) {
    throw new SchemaRefused(`${name} is no JSON Schema: it must be an object.`);
  }
  const duplicate = duplicateName(json);
  if (duplicate !== undefined) {
    throw new SchemaRefused(
      `${name}, line ${duplicate.line}: "${duplicate.name}" stands there a second time, and only the last one counts. ` +
        'Leave one of them out.',
    );
  }
  const object = schema as AnySchemaObject;
  const ajv = newAjv(object, name);
  const refusal = (place: string, reason: string) =>
    new SchemaRefused(`${name}, at ${place === '' ? 'its top' : place}: ${reason}.`);
  if (ajv.validateSchema(object) !== true) {
    throw refusal(ajv.errors![0]!.instancePath, ruleText(ajv.errors!));
  }
  if (!isOfObjects(object)) {
    throw refusal('type' in object ? '/type' : '', 'an order is a JSON object: write "type": "object"');
  }
  let validate: ValidateFunction;
  try {
    validate = ajv.compile(object);
  } catch (error) {
    const reason = reasonOf(error);
    throw refusal(placeOf(object, reason, name) ?? '', withRemedy(reason, ajv));
  }
  // Such a validator answers a promise, which would make every order a good one.
  if ('$async' in validate) throw refusal('/$async', 'an order is validated at once, so leave $async out');
  return { schema: object, ajv, validate };
}

function newAjv(schema: { readonly $schema?: unknown }, name: string): Ajv {
  const { $schema = 'http://json-schema.org/draft-07/schema#' } = schema;
  const [, create] = drafts.find(([draft]) => typeof $schema === 'string' && $schema.includes(draft)) ?? [];
  if (create === undefined) {
    throw new SchemaRefused(`${name}, at /$schema: the draft is unknown; known are draft-07, 2019-09 and 2020-12.`);
  }
  const ajv = create();
  addFormats.default(ajv);
  return ajv;
}

/** Whether the schema is one of JSON objects, as far as its top tells: a reference or a choice may say so elsewhere. */
function isOfObjects(schema: AnySchemaObject): boolean {
  if ('type' in schema) return [schema['type']].flat().every((type) => type === 'object');
  return ['$ref', 'allOf', 'anyOf', 'oneOf', 'if'].some((keyword) => keyword in schema);
}

/** What JSON Schema has against a part, with the values that it allows. Ajv tells of each way that a part may be. */
function ruleText(errors: readonly ErrorObject[]): string {
  const [{ instancePath, message = 'is no JSON Schema', params }] = errors as readonly [ErrorObject];
  const allowed = (params as { readonly allowedValues?: readonly string[] }).allowedValues;
  if (allowed === undefined) return message;
  const others = errors.filter((error) => error.keyword === 'type' && error.instancePath === instancePath);
  return `must be one of ${allowed.join(', ')}${others.length > 0 ? ', or a list of them' : ''}`;
}

/** What ajv says, and how to mend that. */
function withRemedy(reason: string, ajv: Ajv): string {
  const [, format] = /^unknown format "(.*)"$/.exec(reason) ?? [];
  if (format !== undefined) return `${reason}; known are ${Object.keys(ajv.formats).join(', ')}`;
  if (reason.startsWith('unknown keyword')) return `${reason}; mend its spelling, or leave the keyword out`;
  if (reason.startsWith("can't resolve")) return `${reason}; write this part into the file, or mend the reference`;
  const [, type] = /^missing type (.*) for keyword/.exec(reason) ?? [];
  return type === undefined ? reason : `${reason}; write "type": ${type.replaceAll(',', ' or ')} beside the keyword`;
}

/** Without the place, which ajv tells for some mistakes only, and without ajv's own words for its mode. */
function reasonOf(error: unknown): string {
  return (error as Error).message
    .replace(/^strict mode: /, '')
    .replace(/ from id .*$/, '')
    .replace(/( ignored in schema)? at (path )?"[^"]*"( \(\w+\))?$/, '');
}

/** The innermost part of a schema that ajv refuses for this reason, as a JSON pointer. */
function placeOf(schema: AnySchemaObject, reason: string, name: string): string | undefined {
  const { $defs, definitions } = schema as Readonly<Record<string, unknown>>;
  const isRefused = (part: object) => {
    try {
      newAjv(schema, name).compile({
        ...($defs !== undefined && { $defs }),
        ...(definitions !== undefined && { definitions }),
        ...part,
        $id: '',
      });
      return false;
    } catch (error) {
      return reasonOf(error) === reason;
    }
  };
  const innermost = (part: unknown, pointer: string): string | undefined => {
    if (typeof part !== 'object' || part === null) return undefined;
    // A part that only refers to a definition is refused for the definition's sake.
    const members = Object.entries(part).toSorted(([a], [b]) => Number(isDefinitions(b)) - Number(isDefinitions(a)));
    for (const [key, value] of members) {
      const found = innermost(value, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`);
      if (found !== undefined) return found;
    }
    return isRefused(part) ? pointer : undefined;
  };
  return innermost(schema, '');
}

const isDefinitions = (key: string) => key === '$defs' || key === 'definitions';

/** A name that stands twice in one object of a JSON text. */
interface DuplicateName {
  readonly name: string;
  /** Of the second one, from 1. */
  readonly line: number;
}

/**
 * The first name that an object has twice. JSON.parse takes the last value without a word.
 * @param json a text that JSON.parse accepts
 */
function duplicateName(json: string): DuplicateName | undefined {
  // A set for each object that is open, undefined for each list.
  const open: (Set<string> | undefined)[] = [];
  for (const { 0: token, index } of json.matchAll(/"(?:\\.|[^"\\])*"(\s*:)?|[{}[\]]/g)) {
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(undefined);
    else if (token === '}' || token === ']') open.pop();
    else if (token.endsWith(':')) {
      const name = JSON.parse(token.replace(/\s*:$/, '')) as string;
      const names = open.at(-1)!;
      if (names.has(name)) return { name, line: json.slice(0, index).split('\n').length };
      names.add(name);
    }
  }
  return undefined;
}
