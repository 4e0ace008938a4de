/** A name that stands twice in one object of a JSON text. */
export interface DuplicateName {
  readonly name: string;
  /** Of the second one, from 1. */
  readonly line: number;
}

/**
 * The first name that an object has twice. JSON.parse takes the last value without a word.
 * @param json a text that JSON.parse accepts
 */
export function duplicateName(json: string): DuplicateName | undefined {
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
