/**
 * The texts of an array's elements, just as they stand in the JSON: parsed and written anew, a number such as
 * 12345678901234567890 would lose digits. Nothing recurses, so brackets may be nested as deep as they like.
 *
 * @returns the texts, or in words why there are none
 */
export function elementsOf(json: string): readonly string[] | string {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return json.trim() === '' ? 'the body is empty' : 'the body is not JSON';
  }
  if (!Array.isArray(value)) return 'the body is not an array';
  if (value.length === 0) return [];
  const elements: string[] = [];
  const first = json.indexOf('[') + 1;
  let start = first;
  let depth = 0;
  for (let at = first; depth >= 0; at += 1) {
    const character = json[at]!;
    if (character === '"') at = endOfString(json, at);
    else if (character === '[' || character === '{') depth += 1;
    else if (character === ']' || character === '}') depth -= 1;
    if (depth < 0 || (depth === 0 && character === ',')) {
      elements.push(json.slice(start, at).trim());
      start = at + 1;
    }
  }
  return elements;
}

/** Position of the quote that ends the string which begins at `start`. */
function endOfString(json: string, start: number): number {
  let at = start + 1;
  while (json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
  return at;
}
