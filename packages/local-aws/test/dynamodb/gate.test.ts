import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { Gate } from '../../src/services/dynamodb/gate.ts';

/** Work that says when it begins, and ends when it is told. */
function work(log: string[], name: string) {
  const { promise, resolve } = Promise.withResolvers<void>();
  const run = async () => {
    log.push(name);
    await promise;
    log.push(`end of ${name}`);
  };
  return { run, end: resolve };
}

describe('the gate', () => {
  test('lets many share, and one alone wait for them and hold up those who come later', async () => {
    const gate = new Gate();
    const log: string[] = [];
    const [a, b, alone, later] = ['a', 'b', 'alone', 'later'].map((name) => work(log, name)) as [
      ReturnType<typeof work>,
      ReturnType<typeof work>,
      ReturnType<typeof work>,
      ReturnType<typeof work>,
    ];
    const all = [gate.shared(a.run), gate.shared(b.run), gate.alone(alone.run), gate.shared(later.run)];
    await nextTurn();
    expect(log).toEqual(['a', 'b']);
    a.end();
    await nextTurn();
    expect(log).toEqual(['a', 'b', 'end of a']);
    b.end();
    await nextTurn();
    expect(log.slice(3)).toEqual(['end of b', 'alone']);
    alone.end();
    later.end();
    await Promise.all(all);
    expect(log.slice(5)).toEqual(['end of alone', 'later', 'end of later']);
  });

  test('opens again after a failure, and runs those that want to be alone in turn', async () => {
    const gate = new Gate();
    const failing = gate.alone(() => Promise.reject(new Error('no')));
    const order: number[] = [];
    const turns = [1, 2, 3].map((turn) => gate.alone(async () => void order.push(turn)));
    await expect(failing).rejects.toThrow('no');
    await Promise.all(turns);
    await expect(gate.shared(() => Promise.reject(new Error('inside')))).rejects.toThrow('inside');
    await gate.alone(async () => void order.push(4));
    expect(order).toEqual([1, 2, 3, 4]);
  });
});
