import type { Clock } from '../clock.ts';
import type { EventStream, LogEvent } from '../events.ts';
import type { LogGroupModel } from '../model.ts';
import { LogGroup } from './log-group.ts';

export interface LogStoreOptions {
  readonly clock: Clock;
  readonly events: EventStream;
  /** Groups that exist from the start. A function's group that is not among them appears with its first event. */
  readonly logGroups: readonly LogGroupModel[];
}

/** Keeps what functions log, as CloudWatch Logs would, in memory. How much of it is in log-group.ts. */
export class LogStore {
  readonly #clock: Clock;
  readonly #groups = new Map<string, LogGroup>();
  readonly #unsubscribe: () => void;

  constructor({ clock, events, logGroups }: LogStoreOptions) {
    this.#clock = clock;
    this.declare(logGroups);
    this.#unsubscribe = events.subscribe((event) => {
      if (event.type === 'log') this.#append(event);
    });
  }

  /** Adds the groups that are new, and takes over the others' retention; events stay. */
  declare(logGroups: readonly LogGroupModel[]): void {
    for (const { name, retentionDays } of logGroups) this.#groupNamed(name).retentionDays = retentionDays;
  }

  /** By name, in the order of their names. */
  groups(): readonly LogGroup[] {
    return [...this.#groups.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  group(name: string): LogGroup | undefined {
    return this.#groups.get(name);
  }

  /** Takes no further events. */
  close(): void {
    this.#unsubscribe();
  }

  #append(event: LogEvent): void {
    this.#groupNamed(event.logGroupName).append(event.logStreamName, event.atMs, event.message);
  }

  #groupNamed(name: string): LogGroup {
    let group = this.#groups.get(name);
    if (group === undefined) {
      group = new LogGroup(name, this.#clock.now());
      this.#groups.set(name, group);
    }
    return group;
  }
}
