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
  /** The members of an object; undefined for an array. */
  readonly members: Member[] | undefined;
  /** The text of an array so far. */
  text: string;
  /** The name of the member whose value comes next; empty before there is one. */
  name: string;
  readonly around: Open | undefined;
}

interface Member {
  readonly name: string;
  readonly text: string;
}

/**
 * The one text of all JSON texts that say the same. It has no spaces, and the members of each object in the order of
 * their names. Strings have as few escapes as they can. So far it is RFC 8785, whose numbers lose digits. Here a number
 * is its digits and its power of ten: `100`, `1e2` and `100.0` are `1e2`. A name that an object has twice stays twice.
 *
 * A batch may hold 6 MB of any JSON, and all of it has to be read in the time of a function. So nothing here recurses,
 * no text is copied once for each bracket around it, and no regular expression sees more than a number.
 */
function canonicalText(body: string): string {
  if (!isJson(body)) return body;
  let innermost: Open | undefined;
  let whole = '';
  for (let at = 0; at < body.length;) {
    const character = body[at]!;
    const start = at;
    at += 1;
    let text: string;
    if (character === '[' || character === '{') {
      innermost = { members: character === '{' ? [] : undefined, text: '[', name: '', around: innermost };
      continue;
    } else if (character === ']' || character === '}') {
      const { members, text: begun, around } = innermost!;
      text = members === undefined ? `${begun}]` : objectText(members);
      innermost = around;
    } else if (character === '"') {
      at = endOfString(body, start);
      text = canonicalString(body.slice(start, at));
      if (innermost?.members !== undefined && innermost.name === '') {
        innermost.name = text;
        continue;
      }
    } else if (isBetween(character)) {
      continue;
    } else {
      while (at < body.length && !isBetween(body[at]!) && body[at] !== ']' && body[at] !== '}') at += 1;
      const token = body.slice(start, at);
      text = /^[a-z]/.test(token) ? token : canonicalNumber(token);
    }
    if (innermost === undefined) whole = text;
    else if (innermost.members === undefined) innermost.text += innermost.text === '[' ? text : `,${text}`;
    else {
      innermost.members.push({ name: innermost.name, text });
      innermost.name = '';
    }
  }
  return whole;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** What may stand between values and names. */
function isBetween(character: string): boolean {
  return character <= ' ' || character === ',' || character === ':';
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

function canonicalString(token: string): string {
  return token.includes('\\') ? JSON.stringify(JSON.parse(token)) : token;
}

function objectText(members: Member[]): string {
  // Sorting is stable: of members with the same name, the later one stays behind the earlier one.
  if (members.length > 1) members.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  let text = '{';
  for (const { name, text: value } of members) {
    text += text === '{' ? `${name}:` : `,${name}:`;
    text += value;
  }
  return `${text}}`;
}

/**
 * `-12.50e3` → `-125e2`, `12` → `12`. Zero has no sign and no power. A power of more than 15 digits, which nobody means,
 * is compared as it is written: arithmetic with a power of 200,000 digits takes as long as all the rest.
 */
function canonicalNumber(token: string): string {
  if (/^-?\d*[1-9]$/.test(token)) return token;
  const [, sign, whole, fraction = '', power = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]\+?(-?\d+))?$/.exec(token)!;
  const digits = (whole! + fraction).replace(/^0+/, '');
  if (digits === '') return '0';
  if (power.length > 15) return token;
  // A regular expression for the zeros at the end would try each row of zeros, and again from each of its places.
  let end = digits.length;
  while (digits[end - 1] === '0') end -= 1;
  const exponent = Number(power) - fraction.length + digits.length - end;
  return `${sign}${digits.slice(0, end)}${exponent === 0 ? '' : `e${exponent}`}`;
}
