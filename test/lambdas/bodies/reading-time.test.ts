import { expect, test } from '@jest/globals';
import { contentHashOf, sameContent } from '../../../shared/ledger/content.ts';
import { failureOf } from '../../../shared/ledger/failure.ts';
import { failureWritten } from '../../../shared/ledger/transitions.ts';
import { failedCopiesOf, failedCopyText } from '../../../shared/ledger/rows.ts';
import { messageOf } from '../../../shared/ledger/message.ts';
import { readOrder } from '../../../shared/order/read-order.ts';
import { configurationOf } from '../../../lib/configuration/configuration.ts';
import { sqsRecord } from '../sqs-event.ts';
import { hostileBodies, mostBytes } from './hostile-bodies.ts';

/** Of CPU, by all threads: a busy machine does not change it much. The least of three runs. */
function cpuMs(work: () => unknown): number {
  const runs = [1, 2, 3].map(() => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  });
  return Math.min(...runs);
}

/** All that is done for a body beside talking to the table. */
function consume(body: string): void {
  const read = readOrder(body);
  const message = messageOf(sqsRecord(body));
  const names = { orderKey: 'k', failureId: 'f', orderId: read.orderId, replayToken: 't' };
  // Both consumers compare the content before they write, and failed-orders tells the copies of an order.
  const isSame = sameContent(body);
  expect(isSame(contentHashOf(body))).toBe(true);
  failureWritten({ ...failureOf(read), ...names, message, now: '' });
  failedCopiesOf(body, [failedCopyText('', names)]);
}

/**
 * What a consumer of that memory may use of CPU for one body, when its batch is full of such bodies: Lambda gives one
 * vCPU for 1,769 MB (Lambda Developer Guide, "Configure Lambda function memory"). Half of it is for the table.
 */
function budgetMs(): number {
  const { timeoutSeconds, memoryMb, batchSize } = configurationOf('production').processOrders;
  return (timeoutSeconds * 1_000 * (memoryMb / 1_769)) / batchSize / 2;
}

test.each(hostileBodies)('reading a body ($name) leaves its batch the time it has', ({ body }) => {
  expect(cpuMs(() => consume(body))).toBeLessThan(budgetMs());
});

// Shapes that a reader of quadratic time would need minutes for.
test.each([
  ['brackets, nested', (bytes: number) => '['.repeat(bytes / 2) + ']'.repeat(bytes / 2)],
  ['brackets that nobody closes', (bytes: number) => '['.repeat(bytes)],
  ['objects, nested', (bytes: number) => `${'{"a":'.repeat(bytes / 6)}1${'}'.repeat(bytes / 6)}`],
  [
    'wrong items',
    (bytes: number) => `{"customerName":"a","customerAddress":"b","items":[0${',0'.repeat(bytes / 2 - 30)}]}`,
  ],
  [
    'keys of large numbers',
    (bytes: number) => `{${Array.from({ length: bytes / 14 }, (_, key) => `"${1_000_000 + key * 61_567}":1`).join()}}`,
  ],
  ['one name again and again', (bytes: number) => `{"a":1${',"a":1'.repeat(bytes / 6 - 2)}}`],
  [
    'objects in objects, their members not sorted',
    (bytes: number) => `${'{"b":'.repeat(bytes / 12)}1${',"a":1}'.repeat(bytes / 12)}`,
  ],
  ['small numbers', (bytes: number) => `[1${',1'.repeat(bytes / 2 - 2)}]`],
  ['numbers with a power', (bytes: number) => `[1e9${',1e9'.repeat(bytes / 4 - 2)}]`],
  ['empty lists', (bytes: number) => `[[]${',[]'.repeat(bytes / 3 - 2)}]`],
  ['zeros in a number', (bytes: number) => `1${'0'.repeat(bytes - 2)}1`],
  ['digits of a power', (bytes: number) => `1e${'9'.repeat(bytes - 2)}`],
  ['a number', (bytes: number) => '1'.repeat(bytes)],
  ['escapes', (bytes: number) => `"${String.raw`\u0041`.repeat(bytes / 6 - 1)}"`],
])('reading a message full of %s leaves its batch the time it has', (_what, bodyOfBytes) => {
  const body = bodyOfBytes(mostBytes);
  expect(cpuMs(() => consume(body))).toBeLessThan(budgetMs());
});
