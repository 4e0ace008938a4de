const compiled = new Map<string, RegExp>();

/** Whether `text` fits a pattern of IAM: `*` is any characters, `?` one; everything else is itself. */
export function matchesWildcard(pattern: string, text: string): boolean {
  if (pattern === '*' || pattern === text) return true;
  if (!/[*?]/u.test(pattern)) return false;
  let expression = compiled.get(pattern);
  if (expression === undefined) {
    const source = pattern.replaceAll(/[\\^$.|+()[\]{}]/gu, String.raw`\$&`);
    expression = new RegExp(`^${source.replaceAll(/\*+/gu, '.*').replaceAll('?', '.')}$`, 'su');
    compiled.set(pattern, expression);
  }
  return expression.test(text);
}
