import { contentHashOf, sameContent } from '../../../shared/ledger/content.ts';
import { failureOf } from '../../../shared/ledger/failure.ts';
import { messageOf } from '../../../shared/ledger/message.ts';
import { failedCopiesOf, failedCopyText } from '../../../shared/ledger/rows.ts';
import { failureWritten } from '../../../shared/ledger/transitions.ts';
import { readOrder } from '../../../shared/order/read-order.ts';
import { sqsRecord } from '../sqs-event.ts';

/** Makes a body of about so many bytes, never more. */
type BodyOfBytes = (bytes: number) => string;

/**
 * Shapes of bodies for which a reader of quadratic time would need minutes, when the body fills a message. They are made
 * in any size, so that a test can compare sizes. The bench looks for the dearest one.
 */
export const largeBodies: Readonly<Record<string, BodyOfBytes>> = {
  'brackets, nested': (bytes) => '['.repeat(bytes / 2) + ']'.repeat(bytes / 2),
  'brackets that nobody closes': (bytes) => '['.repeat(bytes),
  'objects, nested': (bytes) => `${'{"a":'.repeat(bytes / 6 - 1)}1${'}'.repeat(bytes / 6 - 1)}`,
  'objects that nobody closes': (bytes) => '{"a":'.repeat(bytes / 5),
  'wrong items': (bytes) => `${orderWithItems}0${',0'.repeat(bytes / 2 - 30)}]}`,
  'wrong deep items': (bytes) => `${orderWithItems}[]${',[]'.repeat(bytes / 3 - 20)}]}`,
  'empty items': (bytes) => `${orderWithItems}""${',""'.repeat(bytes / 3 - 20)}]}`,
  'keys of large numbers': (bytes) => members(bytes, 15, (key) => `${1_000_000 + key * 61_567}`),
  'keys of words': (bytes) => members(bytes, 14, (key) => `key${key}`),
  'one name again and again': (bytes) => `{"a":1${',"a":1'.repeat(bytes / 6 - 2)}}`,
  'objects in objects, their members not sorted': (bytes) =>
    `${'{"b":'.repeat(bytes / 12 - 1)}1${',"a":1}'.repeat(bytes / 12 - 1)}`,
  'small numbers': (bytes) => `[1${',1'.repeat(bytes / 2 - 2)}]`,
  'numbers with a power': (bytes) => `[1e9${',1e9'.repeat(bytes / 4 - 2)}]`,
  'empty lists': (bytes) => `[[]${',[]'.repeat(bytes / 3 - 2)}]`,
  'zeros in a number': (bytes) => `1${'0'.repeat(bytes - 2)}1`,
  'digits of a power': (bytes) => `1e${'9'.repeat(bytes - 2)}`,
  'a number': (bytes) => '1'.repeat(bytes),
  'a number that ends badly': (bytes) => `${'1'.repeat(bytes - 1)}x`,
  escapes: (bytes) => `"${String.raw`\u0041`.repeat(bytes / 6 - 1)}"`,
  'a long id': (bytes) => `{"orderId":"${'x'.repeat(bytes - 14)}"}`,
  'a long name': (bytes) => `{"customerName":"${'x'.repeat(bytes - 19)}"}`,
  'a long name of escapes': (bytes) => `{"customerName":"${String.raw`\"`.repeat(bytes / 2 - 10)}"}`,
  'a long name of a property': (bytes) => `{"${'x'.repeat(bytes - 6)}":1}`,
  blanks: (bytes) => ' '.repeat(bytes),
  'line ends': (bytes) => '\n'.repeat(bytes),
  quotes: (bytes) => '"'.repeat(bytes),
  emoji: (bytes) => '🍕'.repeat(bytes / 4),
};

const orderWithItems = '{"customerName":"a","customerAddress":"b","items":[';

function members(bytes: number, bytesEach: number, nameOf: (key: number) => string): string {
  return `{${Array.from({ length: Math.floor(bytes / bytesEach) }, (_, key) => `"${nameOf(key)}":1`).join()}}`;
}

/**
 * All that the consumers do for a body beside talking to the table.
 *
 * @returns whether the body has the content that its own hash says, which is always true
 */
export function consume(body: string): boolean {
  const read = readOrder(body);
  const message = messageOf(sqsRecord(body));
  const names = { orderKey: 'k', failureId: 'f', orderId: read.orderId, replayToken: 't' };
  // Both consumers compare the content before they write, and failed-orders tells the copies of an order.
  const same = sameContent(body)(contentHashOf(body));
  failureWritten({ ...failureOf(read), ...names, message, now: '' });
  failedCopiesOf(body, [failedCopyText('', names)]);
  return same;
}
