import { isExactNumber, parseExactly } from './exact-json.ts';

/** A place at which two documents differ; undefined where there is nothing. Values are JSON text. */
export interface Change {
  /** JSON pointer; empty for the whole text. */
  readonly pointer: string;
  readonly before?: string;
  readonly after?: string;
}

/** Where two message bodies differ. Those that are not JSON are compared as a whole. */
export function difference(before: string, after: string): readonly Change[] {
  if (before === after) return [];
  const documents = [before, after].map(parsed);
  const [old, fresh] = documents;
  if (old === undefined || fresh === undefined) return [{ pointer: '', before, after }];
  return changes('', old.value, fresh.value);
}

function parsed(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: parseExactly(text) };
  } catch {
    return undefined;
  }
}

function changes(pointer: string, before: unknown, after: unknown): Change[] {
  const a = membersOf(before);
  const b = membersOf(after);
  if (a === undefined || b === undefined || Array.isArray(before) !== Array.isArray(after)) {
    const texts = { before: textOf(before), after: textOf(after) };
    if (texts.before === texts.after) return [];
    return [
      {
        pointer,
        ...(texts.before !== undefined && { before: texts.before }),
        ...(texts.after !== undefined && { after: texts.after }),
      },
    ];
  }
  const names = new Set([...a.keys(), ...b.keys()]);
  return [...names].flatMap((name) =>
    changes(`${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`, a.get(name), b.get(name)),
  );
}

function membersOf(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (typeof value !== 'object' || value === null || isExactNumber(value)) return undefined;
  return new Map(Object.entries(value));
}

function textOf(value: unknown): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value);
}
