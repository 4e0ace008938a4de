import { describe, expect, test } from '@jest/globals';
import { idempotencyKeyOf } from '../../../shared/ledger/content.ts';
import { causeOf } from '../../../shared/ledger/failure.ts';
import { causeShard } from '../../../shared/ledger/rows.ts';
import type { Evidence } from '../../../tools/trial/evidence.ts';
import { type invariants, violations } from '../../../tools/chaos/invariants.ts';
import { isRefused, refusal } from '../../../tools/trial/label-service.ts';
import { bodyOf, conflict, failureRow, good, invalid, sound, unlucky } from './sound-books.ts';

const label = { body: '{}', requests: 1, made: 1 };
/** An order that the label service refuses: a search for a body whose key it refuses. */
const refusedBody = Array.from({ length: 1_000 }, (_, index) => bodyOf('refused', { items: [`${index}`] })).find(
  (body) => isRefused(idempotencyKeyOf('refused', body)),
)!;
const refusalReasons = [`the label API: ${refusal}`];
const refused = failureRow('refused', 'm-9', refusedBody, {
  kind: 'refused',
  reasons: refusalReasons,
  cause: causeOf('refused', refusalReasons),
  causeShard: causeShard(causeOf('refused', refusalReasons), 'm-9'),
});
const lastError = ['LabelApiError: The label API answered 503.'];
const failedByService = failureRow('unlucky', 'm-4', unlucky, {
  reasons: lastError,
  cause: causeOf('out-of-attempts', lastError),
  causeShard: causeShard(causeOf('out-of-attempts', lastError), 'm-4'),
});
const effects = { labels: new Map([[idempotencyKeyOf('good', good), label]]), mismatches: [] };
/** The same with a label for the processed order, one order that was refused, and one that failed because of the service. */
const soundEffects: Evidence = {
  ...sound,
  sent: new Map([...sound.sent, ['m-9', refusedBody]]),
  failures: [conflict, failedByService, invalid, refused],
  effects,
};

test('sound effects violate nothing', () => {
  expect(violations(soundEffects, { afterReplay: false })).toEqual([]);
});

test.each<[what: string, changes: Partial<Evidence>, broken: keyof typeof invariants]>([
  [
    'an order is processed and has no label',
    { effects: { ...effects, labels: new Map() } },
    'no order is processed without its effect',
  ],
  [
    'a refused order has a label',
    {
      effects: { ...effects, labels: new Map([...effects.labels, [idempotencyKeyOf('refused', refusedBody), label]]) },
    },
    'what is refused has no effect',
  ],
  [
    'a label has two keys',
    { effects: { ...effects, labels: new Map([...effects.labels, ['another key', label]]) } },
    'an effect is of one order that was sent, and has one key',
  ],
  [
    'a key came with two requests',
    { effects: { ...effects, mismatches: ['a key'] } },
    'an effect is of one order that was sent, and has one key',
  ],
  [
    'an order is called refused that the service takes',
    { failures: [conflict, { ...failedByService, kind: 'refused', reasons: refusalReasons }, invalid, refused] },
    'no good order is called a bad one',
  ],
  [
    'the last error is none that the service gives',
    { failures: [conflict, { ...failedByService, reasons: ['Error: nonsense'] }, invalid, refused] },
    'no good order is called a bad one',
  ],
])('it is found when %s', (_what, changes, broken) => {
  const found = violations({ ...soundEffects, ...changes }, { afterReplay: false });
  expect(found.map(({ invariant }) => invariant)).toContain(broken);
});

const brokenAfterReplay = (failures: Evidence['failures']) =>
  violations({ ...soundEffects, failures }, { afterReplay: true }).map(({ invariant }) => invariant);

describe('a copy of an order that ran out of attempts', () => {
  const copy = { ...failedByService, orderKey: 'refused', body: refusedBody };
  const rule = 'a replay of what failed for a passing reason processes it';

  test('may stay as it is when another copy was replayed and refused', () => {
    expect(brokenAfterReplay([conflict, copy, invalid, refused])).not.toContain(rule);
  });

  test('is to be processed when no copy was refused', () => {
    expect(brokenAfterReplay([conflict, copy, invalid])).toContain(rule);
  });

  test('is to end when it was replayed itself', () => {
    expect(brokenAfterReplay([conflict, { ...copy, status: 'replayed' }, invalid, refused])).toContain(rule);
  });
});
