import assert from 'node:assert/strict';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type LocalLedger, startLocalLedger } from '../../tools/orders/ledger/local-ledger.ts';
import { captureConsole } from '../captured-console.ts';
import { LedgerTwin } from './ledger-twin.ts';

captureConsole();
let ledger: LocalLedger;
let runs = 0;

beforeAll(async () => {
  ledger = await startLocalLedger();
});
afterAll(async () => {
  await ledger[Symbol.asyncDispose]();
});

type Step = (twin: LedgerTwin) => unknown;
type Command = fc.AsyncCommand<object, LedgerTwin>;

function command(name: string, step: Step): Command {
  return {
    check: () => true,
    run: async (_, twin) => void (await step(twin)),
    toString: () => name,
  };
}

/** The newest is 0: what was just sent or seen is what most often goes on. */
const pick = <T>(from: readonly T[], which: number): T | undefined =>
  from[from.length - 1 - (which % Math.max(from.length, 1))];
const which = fc.oneof(fc.nat(2), fc.nat(20));
/** Two orders with an id of their own and any number without; two bodies of each, good or bad, in two layouts. */
const body = fc.tuple(fc.constantFrom(0, 1, null), fc.nat(1), fc.boolean(), fc.boolean());

function deliver(name: string, step: (twin: LedgerTwin, sent: LedgerTwin['sent'][number]) => Promise<void>) {
  return which.map((index) =>
    command(`${name} message ${index}`, async (twin) => {
      const sent = pick(twin.sent, index);
      if (sent !== undefined) await step(twin, sent);
    }),
  );
}

function ofFailure(name: string, step: (twin: LedgerTwin, seen: LedgerTwin['seen'][number]) => unknown) {
  return fc.tuple(which, fc.boolean()).map(([index, stale]) =>
    command(`${name} failure ${index}${stale ? ', as somebody saw it before' : ''}`, async (twin) => {
      const now = pick([...twin.model.failures.values()], index);
      const seen = stale ? pick(twin.seen, index) : now && (await twin.look(now));
      if (seen !== undefined) await step(twin, seen);
    }),
  );
}

/** Every message may be delivered at any time, to either function and again; whoever acts may have looked before. */
const commands: fc.Arbitrary<Command>[] = [
  body.map((wanted) => command(`send ${JSON.stringify(wanted)}`, (twin) => twin.send(...wanted))),
  deliver('process-orders gets', (twin, sent) => twin.process(sent)),
  ...(['failed', 'refused', 'crashed'] as const).map((ending) =>
    deliver(`with work that is ${ending}, process-orders gets`, (twin, sent) => twin.process(sent, ending)),
  ),
  deliver('failed-orders gets', (twin, sent) => twin.fail(sent)),
  deliver('failed-orders gets', (twin, sent) => twin.fail(sent)),
  ofFailure('somebody replays', (twin, seen) => twin.replay(seen)),
  which.map((index) =>
    command(`replay ${index} is marked`, async (twin) => {
      if (twin.unmarked.length > 0) await twin.mark(index % twin.unmarked.length);
    }),
  ),
  body.chain((wanted) =>
    ofFailure(`with ${JSON.stringify(wanted)} somebody edits`, (twin, seen) => twin.edit(seen, twin.body(...wanted))),
  ),
  ofFailure('somebody purges', (twin, seen) => twin.purge(seen)),
];

/** Sends again what waits and could be processed, and lets it arrive. */
async function replayAll(twin: LedgerTwin): Promise<void> {
  while (twin.unmarked.length > 0) await twin.mark(0);
  for (const failure of twin.model.failures.values()) {
    if (failure.status === 'processed' || !failure.body.valid) continue;
    twin.replay(await twin.look(failure));
    await twin.mark(0);
    const sent = twin.sent.at(-1)!;
    await twin.process(sent);
    // Only where another order has its id it fails again, with that reason.
    if (twin.model.failures.get(failure.failureId)?.status === 'processed') continue;
    await twin.fail(sent);
    assert.equal(twin.model.failures.get(failure.failureId)?.kind, 'conflicting-id');
  }
  await twin.compare();
}

test('whatever is delivered, replayed, edited and purged, in any order, table and ledger keep their rules', async () => {
  const property = fc.asyncProperty(fc.commands(commands, { maxCommands: 60, size: 'max' }), async (steps) => {
    runs += 1;
    const twin = new LedgerTwin(ledger, `run-${runs}`);
    await fc.asyncModelRun(() => ({ model: {}, real: twin }), steps);
    // Histories only grow, so that the end tells of every step.
    await twin.compare();
    await replayAll(twin);
    expect(twin.lost()).toEqual([]);
  });
  // Making a counterexample smaller takes minutes, in which the test would only be said to be late.
  await fc.assert(property, { numRuns: 40, endOnFailure: true });
});
