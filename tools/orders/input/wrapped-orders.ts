import { orderColumns } from './order-columns.ts';

/** A document that is no order, but has orders in it. */
export interface WrappedOrders {
  /** What the document is: `the answer of SQS to a receive`. */
  readonly what: string;
  /** The program of jq that takes the orders out of the document. */
  readonly filter: string;
}

/** Answers whose elements have an order's text, by the member of the list and that of the text. */
const envelopes = [
  // SQS API reference, ReceiveMessage.
  { list: 'Messages', text: 'Body', what: 'what "aws sqs receive-message" prints' },
  // Lambda Developer Guide, "Using Lambda with Amazon SQS": the event.
  { list: 'Records', text: 'body', what: 'the event of a function with a queue' },
] as const;

type Members = Readonly<Record<string, unknown>>;

/**
 * Tells a document with orders in it from an order that is wrong: it has no property of an order, and has a list of
 * objects. Undefined for everything else.
 */
export function wrappedOrders(body: string): WrappedOrders | undefined {
  const document = membersOf(body);
  if (document === undefined || orderColumns.some((name) => Object.hasOwn(document, name))) return undefined;
  for (const { list, text, what } of envelopes) {
    if (hasText(document[list], text)) return { what, filter: `.${list}[].${text}` };
  }
  const [list, ...others] = Object.keys(document).filter((name) => isListOfOrders(document[name]));
  if (list === undefined || others.length > 0) return undefined;
  const path = /^[A-Za-z_]\w*$/.test(list) ? `.${list}` : `.[${JSON.stringify(list)}]`;
  return { what: `a document with orders in "${list}"`, filter: `${path}[]` };
}

function membersOf(body: string): Members | undefined {
  try {
    const document: unknown = JSON.parse(body);
    return isObject(document) ? document : undefined;
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function hasText(list: unknown, name: string): boolean {
  return (
    Array.isArray(list) && list.length > 0 && list.every((each) => isObject(each) && typeof each[name] === 'string')
  );
}

/** Whether the elements have a property of an order at least. */
function isListOfOrders(list: unknown): boolean {
  if (!Array.isArray(list) || list.length === 0) return false;
  return list.every(
    (each) => isObject(each) && !isItem(each) && orderColumns.some((name) => Object.hasOwn(each, name)),
  );
}

/** DynamoDB's own form, which jq alone makes no order of: `{"orderId": {"S": "A-1"}}` (API reference, AttributeValue). */
function isItem(element: Members): boolean {
  const values = Object.values(element);
  return values.every((value) => isObject(value) && /^(S|N|B|SS|NS|BS|M|L|NULL|BOOL)$/.test(Object.keys(value).join()));
}
