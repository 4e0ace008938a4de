import { expect, test } from '@jest/globals';
import { seededRandom } from 'local-aws';
import { bytesOf } from '../../../ops/aws/message-batches.ts';
import { carelessMessages, tooLargeBody } from '../../../ops/chaos/orders-to-send.ts';
import { messageLimits } from '../../../shared/message-limits.ts';

test('careless senders send messages up to the very limit, and one of a byte more', () => {
  const names = { groupId: '', deduplicationId: '' };
  const sizes = carelessMessages(seededRandom(1, 'orders')).map((message) => bytesOf({ ...message, ...names }));
  expect(Math.max(...sizes)).toBe(messageLimits.bytes);
  expect(sizes.filter((bytes) => bytes > messageLimits.bytes - 2_000)).toHaveLength(3);
  expect(Buffer.byteLength(tooLargeBody)).toBe(messageLimits.bytes + 1);
});
