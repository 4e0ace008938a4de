import type { Shape, StructureShape } from './service.ts';

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
