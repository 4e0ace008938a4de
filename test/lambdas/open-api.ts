import { readFileSync } from 'node:fs';
import { expect } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { httpRoutes } from '../../shared/http-door.ts';

type Route = keyof typeof httpRoutes;
type Json = Readonly<Record<string, unknown>>;

interface Operation {
  readonly responses: Readonly<
    Record<string, { readonly content: Json; readonly headers?: Readonly<Record<string, Json>> }>
  >;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Json };
}

/** The document as it is committed. */
export const openApi = JSON.parse(
  readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8'),
) as Document;

const { Order: _order, ...schemas } = openApi.components.schemas;
const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
ajv.addKeyword('components');
addFormats.default(ajv);
ajv.addSchema({ $id: 'answers', components: { schemas } });

/** What the document says of the answers of a route, by their statuses. */
export function responsesOf(route: Route): Operation['responses'] {
  const { method, path } = httpRoutes[route];
  return openApi.paths[path]![method.toLowerCase()]!.responses;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly document: unknown;
}

/** Fails unless the document describes the answer: its status, its type, its headers and its body. */
export function expectDescribed(route: Route, { status, headers, document }: Answer): void {
  const response = responsesOf(route)[status];
  const type = headers['content-type'] ?? '';
  const schema = (response?.content[type] as { readonly schema: { readonly $ref: string } } | undefined)?.schema;
  expect({ route, status, type, described: schema !== undefined }).toEqual({ route, status, type, described: true });
  const validate = ajv.getSchema(`answers${schema!.$ref}`)!;
  const isValid = validate(document);
  expect({ document, errors: isValid ? [] : validate.errors }).toEqual({ document, errors: [] });
  const own = Object.keys(headers).filter((name) => !['content-type', 'cache-control'].includes(name));
  const described = Object.keys(response!.headers ?? {}).map((name) => name.toLowerCase());
  expect(own.filter((name) => !described.includes(name))).toEqual([]);
}
