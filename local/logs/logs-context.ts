import type { LogStore } from './log-store.ts';

/** What the operations work on. */
export interface LogsContext {
  readonly store: LogStore;
  readonly region: string;
  readonly accountId: string;
}
