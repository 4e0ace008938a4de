import { AwsError } from './aws-error.ts';
import type { JsonObject, Shape, StructureShape } from './service.ts';

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
  return shape === undefined ? untypedObject(root) : structure(root, shape);
}

function structure(node: Node, shape: StructureShape): JsonObject {
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
  if ('members' in shape) return structure(node, shape);
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
