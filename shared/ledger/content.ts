import { createHash } from 'node:crypto';

/*
 * When two message bodies are the same order. The value counts, not the bytes:
 *
 *     {"orderId":"A-1","total":100}     { "total": 1e2, "orderId": "A-1" }      the same
 *     {"id":12345678901234567890}       {"id":12345678901234567891}             not the same
 *
 * A body that is not JSON is the same as another one with the same bytes.
 */

/** SHA-256 (hex) of what a body says: what tells a duplicate of an order from another order with its id. */
export function contentHashOf(body: string): string {
  return sha256(canonicalText(body));
}

/**
 * A name for the work on an order, for what is called meanwhile: the same for the same order at any time.
 *
 * @param orderKey what the order is written under
 * @returns a UUID of version 8, whose bits mean what its maker likes (RFC 9562, section 5.8)
 */
export function idempotencyKeyOf(orderKey: string, body: string): string {
  const hex = sha256(JSON.stringify([orderKey, contentHashOf(body)]));
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}

/** What a row has of a body. */
export const contentOf = (body: string) => ({ body, contentHash: contentHashOf(body) });

/**
 * Makes the test whether a hash in the table is of the same order as a body. Rows that older releases wrote have the
 * SHA-256 of the body's bytes. They are the same as a body with the same bytes.
 */
export function sameContent(body: string): (contentHash: string | undefined) => boolean {
  const hashes = [contentHashOf(body), sha256(body)];
  return (contentHash) => contentHash !== undefined && hashes.includes(contentHash);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** An object or an array that is being read. */
interface Open {
  readonly isObject: boolean;
  readonly members: { readonly name: string; readonly text: string }[];
  /** Of the member whose value comes next. */
  name: string | undefined;
}

/** The tokens of JSON, without commas and colons. A string is long perhaps, so only its begin is matched. */
const tokens = /[[\]{}"]|[^\s,:[\]{}"]+/g;

/**
 * The one text of all JSON texts that say the same. It has no spaces, and the members of each object in the order of
 * their names. Strings have as few escapes as they can. So far it is RFC 8785, whose numbers lose digits. Here a number
 * is its digits and its power of ten: `100`, `1e2` and `100.0` are `1e2`. A name that an object has twice stays twice.
 *
 * Nothing here recurses, because a body may have a hundred thousand brackets in each other.
 */
function canonicalText(body: string): string {
  if (!isJson(body)) return body;
  const open: Open[] = [];
  let whole = '';
  for (const token of tokensOf(body)) {
    const innermost = open.at(-1);
    let text: string;
    if (token === '{' || token === '[') {
      open.push({ isObject: token === '{', members: [], name: undefined });
      continue;
    } else if (token === '}' || token === ']') {
      text = closed(open.pop()!);
    } else if (token.startsWith('"')) {
      text = JSON.stringify(JSON.parse(token));
      if (innermost?.isObject === true && innermost.name === undefined) {
        innermost.name = text;
        continue;
      }
    } else {
      text = /^[-\d]/.test(token) ? canonicalNumber(token) : token;
    }
    const around = open.at(-1);
    if (around === undefined) whole = text;
    else {
      around.members.push({ name: around.name ?? '', text });
      around.name = undefined;
    }
  }
  return whole;
}

/** @param json a sound text */
function* tokensOf(json: string): Generator<string> {
  const next = new RegExp(tokens);
  for (let match = next.exec(json); match !== null; match = next.exec(json)) {
    if (match[0] === '"') next.lastIndex = endOfString(json, match.index);
    yield json.slice(match.index, next.lastIndex);
  }
}

function endOfString(json: string, start: number): number {
  let quote = start;
  let backslash: number;
  do {
    quote = json.indexOf('"', quote + 1);
    backslash = quote;
    while (json[backslash - 1] === '\\') backslash -= 1;
  } while ((quote - backslash) % 2 === 1);
  return quote + 1;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function closed({ isObject, members }: Open): string {
  // Sorting is stable: of members with the same name, the later one stays behind the earlier one.
  if (isObject) members.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  // Adding to a text is cheap. A join would copy the text of what is inside once for each bracket around it.
  let text = isObject ? '{' : '[';
  for (const [index, member] of members.entries()) {
    if (index > 0) text += ',';
    text += isObject ? `${member.name}:` : '';
    text += member.text;
  }
  return text + (isObject ? '}' : ']');
}

/** `-12.50e3` → `-125e2`. Zero has no sign and no power. */
function canonicalNumber(token: string): string {
  const [, sign, whole, fraction = '', power = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]\+?(-?\d+))?$/.exec(token)!;
  const digits = (whole! + fraction).replace(/^0+/, '');
  if (digits === '') return '0';
  // A regular expression for the zeros at the end would try each row of zeros, and again from each of its places.
  let end = digits.length;
  while (digits[end - 1] === '0') end -= 1;
  return `${sign}${digits.slice(0, end)}e${BigInt(power) - BigInt(fraction.length - (digits.length - end))}`;
}
