import { expect, test } from '@jest/globals';
import { seededRandom } from 'local-aws';
import { messageLimits } from '../../../shared/pipeline.ts';
import { carelessMessages, tooLargeBody } from '../../../tools/chaos/actors.ts';
import { bytesOf } from '../../../tools/orders/aws/send.ts';

test('careless senders send messages up to the very limit, and one of a byte more', () => {
  const names = { groupId: '', deduplicationId: '' };
  const sizes = carelessMessages(seededRandom(1, 'orders')).map((message) => bytesOf({ ...message, ...names }));
  expect(Math.max(...sizes)).toBe(messageLimits.bytes);
  expect(sizes.filter((bytes) => bytes > messageLimits.bytes - 2_000)).toHaveLength(3);
  expect(Buffer.byteLength(tooLargeBody)).toBe(messageLimits.bytes + 1);
});
