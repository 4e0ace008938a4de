/** A domain word, in lower case: `order` and `orders`. */
export interface Word {
  readonly singular: string;
  readonly plural: string;
}

/** The plural that English makes by rule. Others are given: `--plural people`. */
export function pluralOf(singular: string): string {
  if (/(?:s|x|z|ch|sh)$/.test(singular)) return `${singular}es`;
  return /[^aeiou]y$/.test(singular) ? `${singular.slice(0, -1)}ies` : `${singular}s`;
}

/** Names of AWS and of the CDK. Those of the workspaces come in addition. */
const namesOfAws = ['orderBy', 'OrderBy', 'mountTargetOrderInsensitiveLogicalId', 'SortOrder', 'sortOrder'];

/**
 * Where `order` means a sequence, in sentences of comments and pages. The words around it decide: `in any order` is a
 * sequence, `deeper in the order` is not.
 */
const sequences = [
  // `'body' in order ? …` is JavaScript.
  String.raw`(?<!['"\x60)\]]\x20)[Ii]n order(?!\x20(?:[=!]==|\?|&&|\|\|))`,
  'out of order|out-of-order|re-order',
  '[Ii]n the order (?:of|in which|they|that|as)',
  '(?:[Ii]n|into) (?:this|that|which|any|no|another|arbitrary|reverse|random) order',
  '(?:[Ii]n|into) (?:the|an?) (?:other|reverse|arbitrary|fixed|right|wrong|given) order',
  'the (?:other|reverse|arbitrary|right|wrong) order of',
  '(?:(?:the|an|no) )?order of (?:messages|members|records|reasons|properties|elements|steps|events|keys|lines|time|arrival|their|a list)',
  'their order(?! (?:was|were|is(?! no )|had|has)\\b)',
  '(?:arbitrary|alphabetical) order',
  'a list has an order',
  'seed, same order',
];

/** What stands between two words of a sentence: spaces, or the end of a comment's line and the marks of the next. */
const between = String.raw`(?: |[ \t]*\n[ \t]*(?:\*|\/\/|#|>)?[ \t]*)`;

const capitalised = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/**
 * A text with another domain word: `badOrders` becomes `badShipments`, `ORDERS_QUEUE_URL` becomes `SHIPMENTS_QUEUE_URL`,
 * and `an order` becomes `a shipment`. A word is found by its borders, so `border` and `ordered` stay.
 * @param keptNames identifiers that stay, for example those of a package
 */
export function renamer(from: Word, to: Word, keptNames: readonly string[] = []): (text: string) => string {
  const kept = [...keptNames, ...namesOfAws].map((name) => String.raw`(?<![\w$])${name}(?![\w$])`);
  const phrases = sequences.map((phrase) => String.raw`(?<![\w-])(?:${phrase.replaceAll(' ', between)})(?![\w-])`);
  const pattern = new RegExp(
    [
      `(?<kept>${[...kept, ...phrases].join('|')})`,
      String.raw`\b(?<article>[Aa]n?)(?<gap>${between}[\x60*_"'[(]*)(?=${formsOf(from)})`,
      `(?<word>${formsOf(from)})`,
    ].join('|'),
    'g',
  );
  const renamedForm = (form: string) => {
    const lower = form.toLowerCase() === from.plural ? to.plural : to.singular;
    if (form === form.toUpperCase()) return lower.toUpperCase();
    return form === form.toLowerCase() ? lower : capitalised(lower);
  };
  return (text) =>
    text.replaceAll(pattern, (match: string, ...rest: readonly unknown[]) => {
      const { article, gap, word } = rest.at(-1) as Readonly<Record<string, string | undefined>>;
      if (word !== undefined) return renamedForm(word);
      return article === undefined ? match : `${withSound(article, to.singular)}${gap}`;
    });
}

/** Whether a text has the word in any form. */
export function contains(text: string, word: Word): boolean {
  return new RegExp(formsOf(word)).test(text);
}

/** The article before a word, by its first letter. `hour` and `unit` are exceptions of English, and are not known. */
function withSound(article: string, word: string): string {
  return article.charAt(0) + (/^[aeiou]/.test(word) ? 'n' : '');
}

/**
 * Finds `order`, `Order` and `ORDER`, and their plurals, where a word of an identifier or of a sentence begins and ends:
 * before `\norder` of a string stands an escape, and after `QueuesOrders` a checksum.
 */
function formsOf({ singular, plural }: Word): string {
  const either = [plural, singular].toSorted((a, b) => b.length - a.length);
  const forms = (change: (text: string) => string) => `(?:${either.map(change).join('|')})`;
  const begins = String.raw`(?:(?<![A-Za-z])|(?<=(?<!\\)\\[bfnrtv]))`;
  return [
    `${begins}${forms((text) => text)}(?![a-z])`,
    `${forms(capitalised)}(?![a-z])`,
    `${begins}${forms((text) => text.toUpperCase())}(?![A-Za-z])`,
  ].join('|');
}
