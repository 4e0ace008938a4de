import { describe, expect, test } from '@jest/globals';
import { LogGroup } from '../../src/services/logs/store.ts';

describe('a log group', () => {
  test('keeps events in order and reads them both ways from anywhere', () => {
    const group = new LogGroup('g', 0);
    for (let index = 0; index < 2500; index += 1) group.append(`s${index % 2}`, index, `m${index}`);
    expect([...group.eventsFrom(2498)].map(({ message }) => message)).toEqual(['m2498', 'm2499']);
    expect([...group.eventsBefore(2)].map(({ message }) => message)).toEqual(['m1', 'm0']);
    expect([...group.eventsFrom(0)]).toHaveLength(2500);
    expect(group.stream('s1')).toEqual({ name: 's1', createdAtMs: 1, firstEventAtMs: 1, lastEventAtMs: 2499 });
  });

  test('drops its oldest thousand events when it has too many', () => {
    const group = new LogGroup('g', 0, { events: 3000, characters: Infinity });
    for (let index = 0; index < 3001; index += 1) group.append('s', index, 'm');
    const kept = [...group.eventsFrom(0)].map(({ sequence }) => sequence);
    expect([kept.length, kept[0], kept.at(-1)]).toEqual([2001, 1000, 3000]);
  });

  test('drops its oldest thousand events when they are too long', () => {
    const group = new LogGroup('g', 0, { events: Infinity, characters: 1500 });
    for (let index = 0; index < 1600; index += 1) group.append('s', index, 'x');
    expect([...group.eventsFrom(0)]).toHaveLength(600);
  });
});
