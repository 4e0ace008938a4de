import { afterEach, beforeEach, jest } from '@jest/globals';

export interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly line: Readonly<Record<string, unknown>>;
}

/** Collects what the functions log, as Lambda's runtime would get it; emptied before each test. */
export function captureConsole(): readonly LogLine[] {
  const lines: LogLine[] = [];
  beforeEach(() => {
    lines.length = 0;
    for (const level of ['info', 'warn', 'error'] as const) {
      jest.spyOn(console, level).mockImplementation((line: unknown) => {
        lines.push({ level, line: line as LogLine['line'] });
      });
    }
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });
  return lines;
}
