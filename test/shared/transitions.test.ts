import assert from 'node:assert/strict';
import { describe, expect, test } from '@jest/globals';
import { type DeleteRequest, failureRowOf, type UpdateRequest } from '../../shared/ledger/expressions.ts';
import { failureOf } from '../../shared/ledger/failure.ts';
import { type FailureRow, failureRowKey } from '../../shared/ledger/rows.ts';
import {
  bodyChanged,
  copyProcessed,
  failedAgain,
  failedLate,
  failureWritten,
  purged,
  replayNoted,
  replayProcessed,
  replaySent,
} from '../../shared/ledger/transitions.ts';
import { readOrder } from '../../shared/order/read-order.ts';
import { inAnotherLayout, order } from '../lambdas/pipeline-functions.ts';
import { body, now, received, startTableWithTransitions } from './table-with-transitions.ts';

const { send, itemAt } = await startTableWithTransitions();
const by = 'ada';
const sent = { messageId: 'm2', by, at: now };

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
    [
      'failedAgain, with a token of another life',
      (f) => failedAgain({ ...f.toWrite('m2'), replayToken: '' }, 1),
      '– – – –',
    ],
    [
      'failedLate, with a token of another life',
      (f) => failedLate({ ...f.toWrite('m2'), replayToken: '' }, 0),
      '– – – –',
    ],
    ['failedAgain, with another body', (f) => failedAgain(f.toWrite('m2', '{}'), 1), '– – – –'],
    ['failedAgain, by an earlier replay', (f) => failedAgain(f.toWrite('m2'), 0), '– failed – failed'],
    ['failedLate, by an earlier replay', (f) => failedLate(f.toWrite('m2'), 0), '– – replayed –'],
    [
      'failedAgain, in another layout',
      (f) => failedAgain(f.toWrite('m2', inAnotherLayout(order('o'))), 1),
      '– failed failed failed',
    ],
    [
      'copyProcessed, in another layout',
      ({ place }) => copyProcessed(place, received('m2', inAnotherLayout(order('o'))), now),
      '– processed processed –',
    ],
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

describe('a failure that was purged and is written down again', () => {
  test.each<[string, (seen: FailureRow) => UpdateRequest | DeleteRequest]>([
    ['sent again', (seen) => replaySent(seen, sent)],
    ['said to be sent again', (seen) => replayNoted(seen, sent)],
    ['edited', (seen) => bodyChanged(seen, { body: '{}', by, at: now })],
    ['purged', (seen) => purged(seen)],
  ])('is not %s by whoever read it before the purge', async (what, transition) => {
    const place = { orderKey: what, failureId: 'm1' };
    const writeDown = (replayToken: string) => {
      const failure = { ...failureOf(readOrder(body)), ...place, orderId: 'o', replayToken };
      return send(failureWritten({ ...failure, message: received('m1'), now }));
    };
    const rowNow = async () => failureRowOf((await itemAt(failureRowKey(what, 'm1')))!);
    await writeDown('token of its first life');
    const seen = await rowNow();
    assert(await send(purged(seen)));
    await writeDown('token of its second life');
    const again = await rowNow();
    expect(again).toMatchObject({ status: seen.status, history: seen.history });
    expect(await send(transition(seen))).toBe(false);
    expect(await rowNow()).toEqual(again);
  });
});
