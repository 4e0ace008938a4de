import { describe, expect, test } from '@jest/globals';
import { changeVisibility, type VisibilityEntry } from '../../../lambdas/common/message-visibility.ts';

const { signal } = new AbortController();

function changes(count: number) {
  return Array.from({ length: count }, (_, index) => ({
    messageId: `message-${index}`,
    receiptHandle: `handle-${index}`,
    visibilityTimeoutSeconds: index,
  }));
}

describe('changing the visibility of failed messages', () => {
  test('takes ten a request, each with an id of its own', async () => {
    const requests: (readonly VisibilityEntry[])[] = [];
    const unchanged = await changeVisibility(
      changes(23),
      (entries) => {
        requests.push(entries);
        return Promise.resolve([]);
      },
      signal,
    );
    expect(unchanged).toEqual([]);
    expect(requests.map((entries) => entries.length)).toEqual([10, 10, 3]);
    for (const entries of requests) expect(new Set(entries.map(({ Id }) => Id)).size).toBe(entries.length);
    expect(requests.flat().map(({ ReceiptHandle, VisibilityTimeout }) => [ReceiptHandle, VisibilityTimeout])).toEqual(
      changes(23).map(({ receiptHandle, visibilityTimeoutSeconds }) => [receiptHandle, visibilityTimeoutSeconds]),
    );
  });

  test('says which messages SQS refused to change', async () => {
    const refused = { id: '1', code: 'ReceiptHandleIsInvalid', message: 'No.' };
    expect(await changeVisibility(changes(3), () => Promise.resolve([refused]), signal)).toEqual([
      { messageIds: ['message-1'], error: 'ReceiptHandleIsInvalid: No.' },
    ]);
  });

  test('survives a request that fails, and does the others', async () => {
    const unchanged = await changeVisibility(
      changes(12),
      (entries) => (entries.length === 10 ? Promise.reject(new Error('No network.')) : Promise.resolve([])),
      signal,
    );
    expect(unchanged).toEqual([
      { messageIds: changes(10).map(({ messageId }) => messageId), error: 'Error: No network.' },
    ]);
  });
});
