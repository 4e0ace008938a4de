import { describe, expect, test } from '@jest/globals';
import { contentHashOf } from '../../shared/ledger/content.ts';
import { fromItem, type UpdateRequest } from '../../shared/ledger/expressions.ts';
import {
  errorNoted,
  failedCopyNoted,
  orderClaimed,
  orderWritten,
  refusalNoted,
} from '../../shared/ledger/order-transitions.ts';
import { mostRefusals, type OrderNotes, orderRowKey, refusalOf } from '../../shared/ledger/rows.ts';
import { inAnotherLayout, order } from '../lambdas/pipeline-functions.ts';
import { body, now, received, startTableWithTransitions } from './table-with-transitions.ts';

const { send, itemAt } = await startTableWithTransitions();

type OrderState = 'none' | 'noted' | 'claimed' | 'expired' | 'processed';
type Item = Awaited<ReturnType<typeof itemAt>>;

/** `expired`: claimed until a time that has come. */
function stateOf(item: Item): OrderState {
  if (item === undefined) return 'none';
  if (item['contentHash'] !== undefined) return 'processed';
  if (item['claim'] === undefined) return 'noted';
  return item['claimedUntil']!.S! < now ? 'expired' : 'claimed';
}

const before = '2025-12-31T23:59:59.999Z';
const after = '2026-01-01T00:00:00.001Z';
const other = '{}';
const tryOf = (orderKey: string, text: string, messageId: string) => ({
  orderKey,
  message: received(messageId, text),
  now,
});
const written = (orderKey: string, text = body) => orderWritten(tryOf(orderKey, text, 'm1'));
const claimed = (orderKey: string, text = body, token = 'own', messageId = 'm1') =>
  orderClaimed(tryOf(orderKey, text, messageId), { token, until: after });
const expired = (orderKey: string) => orderClaimed(tryOf(orderKey, body, 'm1'), { token: 'own', until: before });
const errorOf = (orderKey: string, claim: string | null, isOver = true) =>
  errorNoted({ ...tryOf(orderKey, body, 'm1'), claim }, 'TypeError: fetch failed', isOver);
const refusal = (orderKey: string, claim: string | null, messageId = 'm1') =>
  refusalNoted({ ...tryOf(orderKey, body, messageId), claim }, ['/items: not in stock']);
const noted = (orderKey: string) => failedCopyNoted(orderKey, contentHashOf(body), { orderKey, failureId: 'm1' });

describe('the row of an order', () => {
  // For each state before the transition the state after it. A dash: the condition fails, and nothing changes. A claim
  // is that of the delivery `own` for the same body.
  test.each<[string, (orderKey: string) => UpdateRequest, string]>([
    ['orderWritten', (orderKey) => written(orderKey), 'processed processed processed processed processed'],
    [
      'orderWritten, in another layout',
      (orderKey) => written(orderKey, inAnotherLayout(order('o'))),
      'processed processed processed processed processed',
    ],
    ['orderWritten, with another body', (orderKey) => written(orderKey, other), 'processed processed – processed –'],
    ['orderClaimed', (orderKey) => claimed(orderKey), 'claimed claimed claimed claimed –'],
    [
      'orderClaimed, by another delivery',
      (orderKey) => claimed(orderKey, body, 'other'),
      'claimed claimed – claimed –',
    ],
    ['orderClaimed, by another order', (orderKey) => claimed(orderKey, other, 'other'), 'claimed claimed – claimed –'],
    ['errorNoted', (orderKey) => errorOf(orderKey, 'own'), '– – noted noted –'],
    ['errorNoted, while the work goes on', (orderKey) => errorOf(orderKey, 'own', false), '– – claimed expired –'],
    ['errorNoted, by another delivery', (orderKey) => errorOf(orderKey, 'other'), '– – – – –'],
    ['errorNoted, without a claim', (orderKey) => errorOf(orderKey, null), 'noted noted claimed expired –'],
    ['refusalNoted', (orderKey) => refusal(orderKey, 'own'), '– – noted noted –'],
    ['refusalNoted, by another delivery', (orderKey) => refusal(orderKey, 'other'), '– – – – –'],
    ['refusalNoted, without a claim', (orderKey) => refusal(orderKey, null), 'noted noted claimed expired –'],
    ['failedCopyNoted', noted, 'noted noted claimed expired –'],
  ])('after %s', async (name, transition, afterwards) => {
    const expected = afterwards.split(' ');
    const states = ['none', 'noted', 'claimed', 'expired', 'processed'] as const;
    for (const [index, state] of states.entries()) {
      const orderKey = `${name} ${state}`;
      const way = {
        none: [],
        noted: [noted(orderKey)],
        claimed: [claimed(orderKey)],
        expired: [expired(orderKey)],
        processed: [written(orderKey)],
      }[state];
      for (const request of way) expect(await send(request)).toBe(true);
      const former = await itemAt(orderRowKey(orderKey));
      expect(stateOf(former)).toBe(state);
      const holds = await send(transition(orderKey));
      const row = await itemAt(orderRowKey(orderKey));
      expect([state, holds ? stateOf(row) : '–']).toEqual([state, expected[index]]);
      expect(holds ? null : row).toEqual(holds ? null : former);
      // Written once.
      expect(state === 'processed' ? row : null).toEqual(state === 'processed' ? former : null);
    }
  });

  test('knows the last error of its tries, how many there were, and keeps them when it is processed', async () => {
    expect(await send(claimed('erring'))).toBe(true);
    expect(await send(errorOf('erring', 'own'))).toBe(true);
    expect(await send(errorOf('erring', null))).toBe(true);
    expect(await send(written('erring'))).toBe(true);
    expect(await itemAt(orderRowKey('erring'))).toMatchObject({
      errorCount: { N: '2' },
      lastError: { M: { error: { S: 'TypeError: fetch failed' }, claim: { NULL: true } } },
    });
  });

  test('of a refused message is not claimed for it again, and is for any other message', async () => {
    expect(await send(claimed('refused'))).toBe(true);
    expect(await send(refusal('refused', 'own'))).toBe(true);
    expect(await send(claimed('refused'))).toBe(false);
    const row = fromItem<OrderNotes>((await itemAt(orderRowKey('refused')))!);
    expect([refusalOf('m1', row), refusalOf('m2', row)]).toEqual([['/items: not in stock'], undefined]);
    expect(await send(claimed('refused', body, 'own', 'm2'))).toBe(true);
  });

  test('remembers as many refusals as it has room for, and those that it knows', async () => {
    const refusals = Array.from({ length: mostRefusals }, (_, index) => refusal('full', null, `m${index}`));
    for (const request of refusals) expect(await send(request)).toBe(true);
    expect(await send(refusal('full', null, 'one-more'))).toBe(false);
  });
});
