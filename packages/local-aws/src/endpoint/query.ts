import {
  AwsError,
  faultOf,
  type HttpAnswer,
  type JsonObject,
  type Protocol,
  type RpcService,
  type Shape,
  type StructureShape,
} from './api.ts';

/** Query parameters as the tree their dotted names spell: `Entry.1.Id=a` is `Entry` → `1` → `Id` → a. */
interface Node {
  value?: string;
  readonly children: Map<string, Node>;
}

/**
 * Turns the flat parameters of an AWS Query request into the operation's input. With a shape, flattened lists and
 * maps are read by their Query names and scalars converted; without one the names alone decide: children named
 * `member` or 1, 2, 3 make a list. Source: Smithy, "AWS Query protocol".
 */
export function queryInput(parameters: URLSearchParams, shape: StructureShape | undefined): JsonObject {
  const root: Node = { children: new Map() };
  for (const [name, value] of parameters) {
    let node = root;
    for (const part of name.split('.', 12)) {
      let child = node.children.get(part);
      if (child === undefined) node.children.set(part, (child = { children: new Map() }));
      node = child;
    }
    node.value = value;
  }
  for (const reserved of ['Action', 'Version']) root.children.delete(reserved);
  return shape === undefined ? untypedObject(root) : readStructure(root, shape);
}

function readStructure(node: Node, shape: StructureShape): JsonObject {
  const object: JsonObject = {};
  for (const [name, member] of Object.entries(shape.members)) {
    const flattened = typeof member === 'object' && !('members' in member) ? member.queryName : undefined;
    const child = node.children.get(flattened ?? name);
    if (child !== undefined) object[name] = read(child, member, name, flattened !== undefined);
  }
  return object;
}

function read(node: Node, shape: Shape, name: string, flattened: boolean): unknown {
  if (typeof shape === 'string') return scalar(node.value ?? '', shape, name);
  if ('members' in shape) return readStructure(node, shape);
  if ('list' in shape) {
    return numbered(flattened ? node : node.children.get('member')).map((item) => read(item, shape.list, name, false));
  }
  const [keyName, valueName] = shape.entry;
  return Object.fromEntries(
    numbered(flattened ? node : node.children.get('entry')).map((entry) => {
      const value = entry.children.get(valueName) ?? { children: new Map() };
      return [entry.children.get(keyName)?.value ?? '', read(value, shape.map, name, false)];
    }),
  );
}

function numbered(node: Node | undefined): Node[] {
  return [...(node?.children ?? [])]
    .filter(([key]) => /^\d+$/.test(key))
    .toSorted(([a], [b]) => Number(a) - Number(b))
    .map(([, child]) => child);
}

function scalar(text: string, shape: 'string' | 'integer' | 'boolean' | 'blob', name: string): unknown {
  if (shape === 'integer') {
    if (!/^-?\d{1,15}$/.test(text)) {
      throw new AwsError('MalformedInput', `Value ${text} for parameter ${name} is not an integer.`);
    }
    return Number(text);
  }
  if (shape === 'boolean') return text === 'true';
  return text;
}

function untypedObject(node: Node): JsonObject {
  return Object.fromEntries([...node.children].map(([name, child]) => [name, untyped(child)]));
}

function untyped(node: Node): unknown {
  const list = node.children.get('member') ?? node;
  const items = numbered(list);
  if (items.length > 0) return items.map(untyped);
  return node.children.size > 0 ? untypedObject(node) : (node.value ?? '');
}

/** Writes an output document as the inside of a Query protocol's `<…Result>` element. */
export function xmlMembers(output: Readonly<Record<string, unknown>>, shape: StructureShape | undefined): string {
  let xml = '';
  for (const [name, value] of Object.entries(output)) {
    if (value !== undefined && value !== null) xml += element(name, value, shape?.members[name]);
  }
  return xml;
}

function element(name: string, value: unknown, shape: Shape | undefined): string {
  if (Array.isArray(value)) {
    const list = typeof shape === 'object' && 'list' in shape ? shape : undefined;
    if (list?.queryName !== undefined) {
      const itemName = list.queryName;
      return value.map((item) => element(itemName, item, list.list)).join('');
    }
    return `<${name}>${value.map((item) => element('member', item, list?.list)).join('')}</${name}>`;
  }
  if (value instanceof Date) return `<${name}>${value.toISOString()}</${name}>`;
  if (typeof value === 'object' && value !== null) {
    if (typeof shape === 'object' && 'map' in shape) {
      const [keyName, valueName] = shape.entry;
      const entryName = shape.queryName ?? 'entry';
      const entries = Object.entries(value)
        .map(([key, item]) => {
          const inside = element(keyName, key, 'string') + element(valueName, item, shape.map);
          return `<${entryName}>${inside}</${entryName}>`;
        })
        .join('');
      return shape.queryName === undefined ? `<${name}>${entries}</${name}>` : entries;
    }
    const structure = typeof shape === 'object' && 'members' in shape ? shape : undefined;
    return `<${name}>${xmlMembers(value as Record<string, unknown>, structure)}</${name}>`;
  }
  return `<${name}>${escapeXml(String(value))}</${name}>`;
}

/** A carriage return is escaped too: XML parsers turn a bare one into a line feed. */
export function escapeXml(text: string): string {
  return text.replaceAll(/[&<>"\r]/g, (character) => escapes[character] ?? character);
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
};

/** AWS Query: the form field `Action` names the operation, answers are XML. */
export function queryProtocol(action: string, service: RpcService | undefined): Protocol {
  const namespace = service?.xmlNamespace === undefined ? '' : ` xmlns="${service.xmlNamespace}"`;
  const detail = service?.queryErrorDetail === true ? '<Detail/>' : '';
  return {
    success: (output, requestId) => {
      const operation = service?.operations[action];
      const members = xmlMembers(output, operation?.output);
      const empty = operation?.output === undefined ? '' : `<${action}Result/>`;
      const result = members === '' ? empty : `<${action}Result>${members}</${action}Result>`;
      const metadata = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
      return xmlAnswer(200, requestId, `<${action}Response${namespace}>${result}${metadata}</${action}Response>`);
    },
    failure: (error, requestId) => {
      const members = Object.entries(error.members).map(([name, value]) => `<${name}>${escapeXml(value)}</${name}>`);
      const document =
        `<Error><Type>${faultOf(error)}</Type><Code>${escapeXml(error.queryCode)}</Code>` +
        `<Message>${escapeXml(error.queryMessage)}</Message>${members.join('')}${detail}</Error><RequestId>${requestId}</RequestId>`;
      return xmlAnswer(error.httpStatus, requestId, `<ErrorResponse${namespace}>${document}</ErrorResponse>`);
    },
  };
}

/** A Query request whose `Accept` asks for JSON is answered so, with lists of entries in place of maps. */
export function queryJsonProtocol(action: string, service: RpcService | undefined): Protocol {
  return {
    success: (output, requestId) => {
      const shape = service?.operations[action]?.output;
      const hasResult = shape !== undefined || Object.keys(output).length > 0;
      const answer = {
        ...(hasResult && { [`${action}Result`]: jsonMembers(output, shape) }),
        ResponseMetadata: { RequestId: requestId },
      };
      return jsonAnswer(200, requestId, { [`${action}Response`]: answer });
    },
    failure: (error, requestId) => {
      const { httpStatus, queryCode, queryMessage, members } = error;
      const Error = { Code: queryCode, ...members, Message: queryMessage, Type: faultOf(error) };
      return jsonAnswer(httpStatus, requestId, { Error, RequestId: requestId });
    },
  };
}

function jsonAnswer(status: number, requestId: string, document: JsonObject): HttpAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json', 'x-amzn-RequestId': requestId },
    body: JSON.stringify(document),
  };
}

function jsonMembers(output: JsonObject, shape: StructureShape | undefined): JsonObject {
  return Object.fromEntries(
    Object.entries(output).map(([name, value]) => {
      const member = shape?.members[name];
      const jsonName = typeof member === 'object' && 'list' in member ? member.queryJsonName : undefined;
      return [jsonName ?? name, jsonValue(value, member)];
    }),
  );
}

function jsonValue(value: unknown, shape: Shape | undefined): unknown {
  if (typeof shape !== 'object' || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return 'list' in shape ? value.map((item) => jsonValue(item, shape.list)) : value;
  if ('members' in shape) return jsonMembers(value as JsonObject, shape);
  if (!('map' in shape)) return value;
  const [keyName, valueName] = shape.entry;
  return Object.entries(value).map(([key, item]) => ({ [keyName]: key, [valueName]: jsonValue(item, shape.map) }));
}

/** What AWS answers to a request for a queue's URL that names no action, whatever the client accepts. */
export function unknownQueryOperation(requestId: string): HttpAnswer {
  return xmlAnswer(404, requestId, '<UnknownOperationException/>');
}

function xmlAnswer(status: number, requestId: string, body: string): HttpAnswer {
  return {
    status,
    headers: { 'content-type': 'text/xml', 'x-amzn-RequestId': requestId },
    body: `<?xml version="1.0"?>${body}`,
  };
}
