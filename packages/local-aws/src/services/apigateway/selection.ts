import { isJsonObject } from '../../assembly/json.ts';
import { type GatewayRequest, headerValue, queryParameters } from './gateway-request.ts';

/** What selection expressions select from. */
export interface SelectionSources {
  readonly request: GatewayRequest;
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly stageVariables: Readonly<Record<string, string>>;
  /** `$context` variables by their names, without `$context.`. */
  readonly context: Readonly<Record<string, string | undefined>>;
}

const expression = /^\$(request|context|stageVariables)(?:\.|$)/;

/** Why an expression cannot be evaluated, as the end of a sentence; undefined for one that can, and for static texts. */
export function selectionProblem(text: string): string | undefined {
  if (!text.startsWith('$')) return undefined;
  if (!expression.test(text)) return 'it is none of $request, $context and $stageVariables';
  const [, root = '', kind = '', path = ''] = /^\$(\w+)\.?(\w*)(.*)$/s.exec(text) ?? [];
  if (root !== 'request') return undefined;
  if (!['body', 'header', 'path', 'querystring'].includes(kind)) return `$request has no ${kind}`;
  if (kind === 'body' && parsePath(path) === undefined) return 'JSON paths have names and numbers only here';
  return undefined;
}

/**
 * The value of a parameter of a first-class integration: a static text, or what an expression selects. Objects and lists
 * are JSON text. Undefined when there is no such value. Source: API Gateway Developer Guide, "Create AWS service
 * integrations for HTTP APIs".
 */
export function select(text: string, sources: SelectionSources): string | undefined {
  if (!expression.test(text)) return text;
  const { request, pathParameters, stageVariables, context } = sources;
  const [, root = '', rest = ''] = /^\$(\w+)\.?(.*)$/s.exec(text) ?? [];
  if (root === 'context') return context[rest];
  if (root === 'stageVariables') return stageVariables[rest];
  const [, kind = '', name = ''] = /^(\w+)(.*)$/s.exec(rest) ?? [];
  const key = name.replace(/^\./, '');
  switch (kind) {
    case 'header':
      return headerValue(request, key);
    case 'querystring': {
      const values = queryParameters(request).filter(([given]) => given === key);
      return values.length === 0 ? undefined : values.map(([, value]) => value).join(',');
    }
    case 'path':
      return key === '' ? request.path : pathParameters[key];
    default:
      return name === '' ? request.body.toString('utf8') : selectInBody(request.body, name);
  }
}

/** API Gateway cuts a body here before it selects in it. What is cut is no JSON any more. */
const selectableBytes = 100 * 1024;

function selectInBody(body: Buffer, path: string): string | undefined {
  const keys = parsePath(path);
  if (keys === undefined || body.length > selectableBytes) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
  for (const key of keys) {
    if (Array.isArray(value) && typeof key === 'number') value = value[key];
    else if (isJsonObject(value) && Object.hasOwn(value, key)) value = value[key];
    else return undefined;
  }
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** `.customer['first name'].orders[0]` as its names and numbers; undefined for anything else. */
function parsePath(path: string): (string | number)[] | undefined {
  const keys: (string | number)[] = [];
  const part = /\.([^.[\]*?()@\s]+)|\[(\d+)\]|\['([^']*)'\]/gy;
  while (part.lastIndex < path.length) {
    const match = part.exec(path);
    if (match === null) return undefined;
    const [, name, index, quoted] = match;
    keys.push(index === undefined ? (name ?? quoted ?? '') : Number(index));
  }
  return keys;
}
