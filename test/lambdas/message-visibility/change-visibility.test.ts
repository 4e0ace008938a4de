import { describe, expect, test } from '@jest/globals';
import { changeVisibility, type VisibilityEntry } from '../../../lambdas/common/message-visibility.ts';
import { captureConsole } from '../captured-console.ts';

const lines = captureConsole();

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
    const changeBatch = (entries: readonly VisibilityEntry[]) => {
      requests.push(entries);
      return Promise.resolve([]);
    };
    await changeVisibility(changes(23), () => Promise.resolve(changeBatch), signal);
    expect(requests.map((entries) => entries.length)).toEqual([10, 10, 3]);
    for (const entries of requests) expect(new Set(entries.map(({ Id }) => Id)).size).toBe(entries.length);
    expect(requests.flat().map(({ ReceiptHandle, VisibilityTimeout }) => [ReceiptHandle, VisibilityTimeout])).toEqual(
      changes(23).map(({ receiptHandle, visibilityTimeoutSeconds }) => [receiptHandle, visibilityTimeoutSeconds]),
    );
  });

  test('says which messages SQS refused to change, and when the others come back', async () => {
    const refused = { id: '1', code: 'ReceiptHandleIsInvalid', message: 'No.' };
    await changeVisibility(changes(4), () => Promise.resolve(() => Promise.resolve([refused])), signal);
    expect(lines).toEqual([warningOf(['message-1'], 'ReceiptHandleIsInvalid: No.'), scheduled(2, 3)]);
  });

  test('says nothing of messages that come back at once', async () => {
    await changeVisibility(changes(1), () => Promise.resolve(() => Promise.resolve([])), signal);
    expect(lines).toEqual([]);
  });

  test('survives a request that fails, and does the others', async () => {
    await changeVisibility(changes(12), () => Promise.resolve(refusingTen), signal);
    const messageIds = changes(10).map(({ messageId }) => messageId);
    expect(lines).toEqual([warningOf(messageIds, 'Error: No network.'), scheduled(10, 11)]);
  });
});

function refusingTen(entries: readonly VisibilityEntry[]) {
  return entries.length === 10 ? Promise.reject(new Error('No network.')) : Promise.resolve([]);
}

function warningOf(messageIds: readonly string[], error: string) {
  return { level: 'warn', line: { message: 'Visibility Not Changed', messageIds, error } };
}

function scheduled(...numbers: readonly number[]) {
  const tries = numbers.map((number) => ({ messageId: `message-${number}`, inSeconds: number }));
  return { level: 'info', line: { message: 'Tries Scheduled', tries } };
}
