/** `${Name}`, and `${!Name}`, which Fn::Sub turns into a plain `${Name}`. */
const placeholder = /\$\{(!?)([^}]*)\}/gu;

/** Fills the placeholders of an `Fn::Sub` template. */
export function substitute(template: string, valueOf: (name: string) => string): string {
  return template.replaceAll(placeholder, (_, literal: string, name: string) =>
    literal === '!' ? `\${${name}}` : valueOf(name.trim()),
  );
}

/** The names an `Fn::Sub` template asks for. */
export function placeholders(template: string): string[] {
  return [...template.matchAll(placeholder)].filter((match) => match[1] === '').map((match) => (match[2] ?? '').trim());
}
