import type { FunctionModel, LogLevel } from './model.ts';

const levels: readonly string[] = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] satisfies LogLevel[];

/**
 * Whether a line that the function wrote past `console` reaches the log: in JSON format it is filtered by its member
 * `level`, and counts as INFO without one (Lambda Developer Guide, "Log-level filtering"). `console` filters itself.
 */
export function passesLogLevel(fn: FunctionModel, line: string): boolean {
  if (fn.logFormat !== 'JSON') return true;
  return levels.indexOf(levelOf(line)) >= levels.indexOf(fn.applicationLogLevel);
}

function levelOf(line: string): string {
  if (!line.startsWith('{')) return 'INFO';
  try {
    const { level } = JSON.parse(line) as { level?: unknown };
    const name = typeof level === 'string' ? level.toUpperCase() : '';
    return levels.includes(name) ? name : 'INFO';
  } catch {
    return 'INFO';
  }
}
