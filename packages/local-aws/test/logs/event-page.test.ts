import { expect, test } from '@jest/globals';
import { findPage } from '../../src/services/logs/paging.ts';
import { LogGroup } from '../../src/services/logs/store.ts';

test('a search that takes long ends its page early, and the next page goes on where it ended', () => {
  const group = new LogGroup('g', 0);
  for (let index = 0; index < 10; index += 1) group.append('s', index, String(index));
  let nowMs = 0;
  const slowly = () => (nowMs += 200) > 0;
  const pages: string[][] = [];
  for (let start: number | undefined = 0; start !== undefined;) {
    const { events, next } = findPage(group.eventsFrom(start), slowly, 100, () => nowMs);
    pages.push(events.map(({ message }) => message));
    start = next;
  }
  expect(pages).toEqual([['0', '1', '2'], ['3', '4', '5'], ['6', '7', '8'], ['9']]);
});
