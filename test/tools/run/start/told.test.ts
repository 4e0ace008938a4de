import { expect, test } from '@jest/globals';
import { failedEvent, messageOfEvent, type OrderEvent, processedEvent } from '../../../../shared/order-event.ts';
import { Told, toldText } from '../../../../tools/run/start/told.ts';

const at = '2026-01-01T00:00:00.000Z';
const processed = (id: string) =>
  processedEvent({ orderId: id, orderKey: id, messageId: `message-${id}`, processedAt: at });
const failed = (id: string) =>
  failedEvent(
    { orderId: id, orderKey: id, messageId: id, failureId: id, kind: 'invalid', reasons: [], cause: '', failedAt: at },
    false,
  );

function toldOf(events: readonly OrderEvent[], topicName = 'order-events') {
  const told = new Told('order-events');
  const messages = events.map((event, index) => ({
    messageId: String(index),
    body: messageOfEvent(event).Message,
    deliveries: 0,
    filtered: 0,
    isDuplicate: false,
  }));
  told.add({ type: 'messages-published', atMs: 0, topicName, messages });
  return told;
}

test('events count once for what they tell, and those that tell it again are counted apart', () => {
  const told = toldOf([processed('a'), processed('b'), processed('a'), failed('c')]);
  expect(told.counts).toEqual({ processed: 2, failed: 1, repeats: 1 });
  expect(toldText(told.counts)).toBe(
    'Events told of 2 processed orders and 1 failure. 1 event said what another had said.',
  );
  expect(told.disagreement({ processed: 2, failed: 1 })).toBeUndefined();
});

test.each([
  [{ processed: 2, failed: 0 }, 'an order that nobody was told of'],
  [{ processed: 1, failed: 1 }, 'a failure that nobody was told of'],
  [{ processed: 0, failed: 0 }, 'an event of nothing'],
])('a table of %j has %s', (table) => {
  expect(toldOf([processed('a')]).disagreement(table)).toBe(
    `The events disagree: they tell of 1 processed order and 0 failures, and the orders table has ${table.processed} and ${table.failed}.`,
  );
});

test('other topics are not looked at, and what is no event is a problem', () => {
  expect(toldOf([processed('a')], 'alarms').counts).toEqual({ processed: 0, failed: 0, repeats: 0 });
  const told = new Told('order-events');
  const message = { messageId: 'm', body: 'hello', deliveries: 0, filtered: 0, isDuplicate: false };
  told.add({ type: 'messages-published', atMs: 0, topicName: 'order-events', messages: [message] });
  expect(told.disagreement({ processed: 0, failed: 0 })).toBe('1 message of the topic order-events are no events.');
});
