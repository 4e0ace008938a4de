import assert from 'node:assert/strict';
import { DeleteItemCommand, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, describe, expect, test } from '@jest/globals';
import {
  attributeValues,
  type DeleteRequest,
  failureRowOf,
  fromItem,
  type UpdateRequest,
} from '../../shared/ledger/expressions.ts';
import { failureOf } from '../../shared/ledger/failure.ts';
import { messageOf } from '../../shared/ledger/message.ts';
import {
  contentHashOf,
  type FailureRow,
  failureRowKey,
  mostRefusals,
  type OrderNotes,
  orderRowKey,
  refusalOf,
} from '../../shared/ledger/rows.ts';
import {
  bodyChanged,
  copyProcessed,
  errorNoted,
  failedAgain,
  failedCopyNoted,
  failedLate,
  failureWritten,
  orderClaimed,
  orderWritten,
  purged,
  refusalNoted,
  replayNoted,
  replayProcessed,
  replaySent,
} from '../../shared/ledger/transitions.ts';
import { readOrder } from '../../shared/order/read-order.ts';
import { startLocalTable, tableName } from '../lambdas/local-table.ts';
import { message, order } from '../lambdas/pipeline-functions.ts';

const local = await startLocalTable();
afterAll(async () => {
  await local[Symbol.asyncDispose]();
});

/** Sends a transition. @returns whether its condition held */
async function send(request: UpdateRequest | DeleteRequest): Promise<boolean> {
  if ('UpdateExpression' in request) {
    return (await local.table.update(request, new AbortController().signal)).kind === 'written';
  }
  try {
    await local.client.send(new DeleteItemCommand({ TableName: tableName, ...request }));
    return true;
  } catch {
    return false;
  }
}

async function itemAt(key: ReturnType<typeof orderRowKey> | ReturnType<typeof failureRowKey>) {
  const Key = attributeValues(key);
  return (await local.client.send(new GetItemCommand({ TableName: tableName, Key, ConsistentRead: true }))).Item;
}

const now = '2026-01-01T00:00:00.000Z';
const by = 'ada';
const sent = { messageId: 'm2', by, at: now };
const body = JSON.stringify(order('o'));
const received = (messageId: string, text = body) => messageOf(message(messageId, text));

describe('the row of a failure', () => {
  type State = 'none' | 'failed' | 'replayed' | 'processed';
  const token = 'token';

  /** A failure of message m1, brought into a state. `seen` is the row as somebody read it in another state. */
  class FailureInState {
    readonly place: { readonly orderKey: string; readonly failureId: string };

    constructor(name: string) {
      this.place = { orderKey: name, failureId: 'm1' };
    }

    toWrite(messageId: string, text = body) {
      const failure = { ...failureOf(readOrder(text)), ...this.place, orderId: 'o', replayToken: token };
      return { ...failure, message: received(messageId, text), now };
    }

    async row(): Promise<FailureRow | undefined> {
      const item = await itemAt(failureRowKey(this.place.orderKey, this.place.failureId));
      return item && failureRowOf(item);
    }

    /** @returns the row as it was while it was `failed` */
    async bring(state: State): Promise<FailureRow> {
      assert(await send(failureWritten(this.toWrite('m1'))));
      const seen = (await this.row())!;
      const { place } = this;
      const way = {
        none: [purged(seen)],
        failed: [],
        replayed: [replaySent(seen, sent)],
        processed: [copyProcessed(place, received('m2'), now)],
      }[state];
      for (const request of way) assert(await send(request));
      return seen;
    }
  }

  type Transition = (failure: FailureInState, seen: FailureRow) => UpdateRequest | DeleteRequest;
  const lineage = { ...sent, count: 1, token };
  const changed = { body: '{}', by, at: now };

  // For each state before the transition the state after it. A dash: the condition fails, and nothing changes.
  test.each<[string, Transition, string]>([
    ['failureWritten, by its message', (f) => failureWritten(f.toWrite('m1')), 'failed – – –'],
    ['failedAgain, by a replay', (f) => failedAgain(f.toWrite('m2'), 1), '– failed failed failed'],
    ['failedAgain, by a message that it knows', (f) => failedAgain(f.toWrite('m1'), 1), '– – – –'],
    ['failedAgain, with another body', (f) => failedAgain(f.toWrite('m2', '{}'), 1), '– – – –'],
    ['failedAgain, by an earlier replay', (f) => failedAgain(f.toWrite('m2'), 0), '– failed – failed'],
    ['failedLate, by an earlier replay', (f) => failedLate(f.toWrite('m2'), 0), '– – replayed –'],
    ['failedLate, with another body', (f) => failedLate(f.toWrite('m2', '{}'), 0), '– – – –'],
    [
      'replayProcessed',
      ({ place }) => replayProcessed({ ...lineage, ...place }, received('m2'), now),
      '– processed processed –',
    ],
    [
      'replayProcessed, with a made-up token',
      ({ place }) => replayProcessed({ ...lineage, ...place, token: 'guess' }, received('m2'), now),
      '– – – –',
    ],
    ['copyProcessed', ({ place }) => copyProcessed(place, received('m2'), now), '– processed processed –'],
    ['copyProcessed, with another body', ({ place }) => copyProcessed(place, received('m2', '{}'), now), '– – – –'],
    ['replaySent, read as failed', (_, seen) => replaySent(seen, sent), '– replayed – –'],
    ['replayNoted', (_, seen) => replayNoted(seen, sent), '– failed replayed processed'],
    ['bodyChanged, read as failed', (_, seen) => bodyChanged(seen, changed), '– failed – –'],
    ['purged, read as failed', (_, seen) => purged(seen), 'none none – –'],
  ])('after %s', async (name, transition, after) => {
    const expected = after.split(' ');
    for (const [index, state] of (['none', 'failed', 'replayed', 'processed'] as const).entries()) {
      const failure = new FailureInState(`${name} ${state}`);
      const seen = await failure.bring(state);
      const before = await failure.row();
      const holds = await send(transition(failure, seen));
      const row = await failure.row();
      expect([state, holds ? (row?.status ?? 'none') : '–']).toEqual([state, expected[index]]);
      // Whatever happens to a failure makes its history longer.
      const entries = (before?.history.length ?? 0) + (holds ? 1 : 0);
      expect(row?.history.length ?? entries).toBe(entries);
      expect(holds ? null : row).toEqual(holds ? null : before);
      // In the indexes is what waits for somebody.
      expect(row?.statusShard?.split('#')[0]).toBe(row?.status === 'processed' ? undefined : row?.status);
      expect(row?.causeShard !== undefined).toBe(row?.status === 'failed');
    }
  });

  test('that is replayed is sent again, edited never and purged, by whoever read it so', async () => {
    const failure = new FailureInState('read as replayed');
    await failure.bring('replayed');
    const seen = (await failure.row())!;
    expect(await send(bodyChanged(seen, changed))).toBe(false);
    expect(await send(replaySent(seen, sent))).toBe(true);
    expect(await failure.row()).toMatchObject({ status: 'replayed', replayCount: 2 });
    expect(await send(purged(seen))).toBe(false);
    expect(await send(purged((await failure.row())!))).toBe(true);
  });
});

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
