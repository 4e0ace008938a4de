import { counted } from '../terminal/progress-text.ts';
import { shownTime } from './moment.ts';

/** Says that failures are on their way again, and since when: one that has been for days has lost its message. */
export function replayedLines(count: number, oldestAt: string | null): string[] {
  if (count === 0 || oldestAt === null) return [];
  const since = count === 1 ? 'since' : 'the oldest since';
  return [
    `${counted(count, 'failure')} replayed and on the way, ${since} ${shownTime(oldestAt)} UTC ` +
      '("orders failed --status replayed").',
  ];
}
