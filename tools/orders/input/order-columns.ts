import { readFileSync } from 'node:fs';
import { parseExactly } from '../json.ts';

/** The parts of JSON Schema that say what a cell of a table means. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

const schemaText = readFileSync(new URL('../../../shared/order/order.schema.json', import.meta.url), 'utf8');
// Some editors begin a file with a byte order mark.
const schema = JSON.parse(schemaText.replace(/^\uFEFF/, '')) as Schema;

/** The properties of an order, as columns of a table. */
export const orderColumns: readonly string[] = Object.keys(schema.properties ?? {});

const telling: readonly string[] = schema.required?.length ? schema.required : orderColumns;

/** Whether a column tells a table of orders from another text: each order has this property. */
export function isTelling(column: string): boolean {
  return telling.includes(column);
}

const listSeparator = ';';
const jsonNumber = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/**
 * What a cell of a table means, by the schema of its place in the order: a text, a number, true or false, a list with
 * `;` between the elements, or a JSON list or object. What cannot be read so stays a text, and the schema finds fault
 * with it.
 *
 * @param place from the order down to the value
 * @param root the schema of an order
 */
export function valueOfCell(place: readonly string[], cell: string, root = schema): unknown {
  const part = place.reduce<Schema | undefined>(
    (around, name) => resolved(around?.properties?.[name] ?? (/^\d+$/.test(name) ? around?.items : undefined), root),
    root,
  );
  return valueBy(part, cell, root);
}

function valueBy(part: Schema | undefined, cell: string, root: Schema): unknown {
  const types = [part?.type ?? 'string'].flat();
  if (types.includes('string')) return cell;
  if ((types.includes('number') || types.includes('integer')) && jsonNumber.test(cell)) return parseExactly(cell);
  if (types.includes('boolean') && /^(true|false)$/i.test(cell)) return cell.toLowerCase() === 'true';
  const json = types.includes('array') || types.includes('object') ? jsonOf(cell) : undefined;
  if (json !== undefined) return json;
  if (!types.includes('array')) return cell;
  const elements = cell.split(listSeparator).flatMap((element) => element.trim() || []);
  return elements.map((element) => valueBy(resolved(part?.items, root), element, root));
}

function jsonOf(cell: string): unknown {
  if (!/^[[{]/.test(cell)) return undefined;
  try {
    return parseExactly(cell);
  } catch {
    return undefined;
  }
}

/** Follows references within the schema. */
function resolved(part: Schema | undefined, root: Schema): Schema | undefined {
  if (part?.$ref?.startsWith('#/') !== true) return part;
  const names = part.$ref.slice(2).split('/');
  const found = names.reduce<unknown>(
    (at, name) => (at as Readonly<Record<string, unknown>> | undefined)?.[name],
    root,
  );
  return resolved(found as Schema | undefined, root);
}
