import type { Clock } from '../../clock.ts';
import type { EventStream, LogEvent } from '../../events.ts';
import type { LogGroupModel } from './resources.ts';

/** What a group keeps at most. Beyond this the oldest thousand events go at once, so that appending stays quick. */
const groupLimits = { events: 200_000, characters: 64 * 1024 * 1024 } as const;

const chunkEvents = 1000;

/** A log event. Its time is in milliseconds since the epoch. */
export interface StoredEvent {
  /** Counts up within the group, in the order of arrival. */
  readonly sequence: number;
  readonly atMs: number;
  readonly streamName: string;
  readonly message: string;
}

/**
 * A log stream: of one execution environment, or made by a client. Its times are milliseconds since the epoch; those of
 * events are undefined as long as it has none.
 */
export interface LogStream {
  readonly name: string;
  readonly createdAtMs: number;
  firstEventAtMs?: number;
  lastEventAtMs?: number;
}

interface Chunk {
  readonly events: StoredEvent[];
  characters: number;
}

/**
 * A log group with its streams. Events stand in the order of arrival, which is also the order of their times, unless a
 * client writes events of the past.
 */
export class LogGroup {
  readonly name: string;
  readonly createdAtMs: number;
  retentionDays: number | undefined;
  readonly #streams = new Map<string, LogStream>();
  readonly #limits: { readonly events: number; readonly characters: number };
  #chunks: Chunk[] = [];
  #nextSequence = 0;
  #characters = 0;
  #eventCount = 0;

  constructor(name: string, createdAtMs: number, limits: { events: number; characters: number } = groupLimits) {
    this.name = name;
    this.createdAtMs = createdAtMs;
    this.#limits = limits;
  }

  append(streamName: string, atMs: number, message: string): void {
    const stream = this.#streams.get(streamName) ?? this.createStream(streamName, atMs);
    stream.firstEventAtMs = Math.min(stream.firstEventAtMs ?? atMs, atMs);
    stream.lastEventAtMs = Math.max(stream.lastEventAtMs ?? atMs, atMs);
    let chunk = this.#chunks.at(-1);
    if (chunk === undefined || chunk.events.length >= chunkEvents) {
      chunk = { events: [], characters: 0 };
      this.#chunks.push(chunk);
    }
    chunk.events.push({ sequence: this.#nextSequence, atMs, streamName, message });
    chunk.characters += message.length;
    this.#nextSequence += 1;
    this.#eventCount += 1;
    this.#characters += message.length;
    this.#dropOldest();
  }

  createStream(name: string, createdAtMs: number): LogStream {
    const stream: LogStream = { name, createdAtMs };
    this.#streams.set(name, stream);
    return stream;
  }

  /** False when there is no such stream. Its events go with it. */
  deleteStream(name: string): boolean {
    for (const chunk of this.#chunks) {
      const kept = chunk.events.filter(({ streamName }) => streamName !== name);
      this.#eventCount -= chunk.events.length - kept.length;
      const characters = kept.reduce((sum, { message }) => sum + message.length, 0);
      this.#characters -= chunk.characters - characters;
      chunk.characters = characters;
      chunk.events.splice(0, Infinity, ...kept);
    }
    this.#chunks = this.#chunks.filter(({ events }) => events.length > 0);
    return this.#streams.delete(name);
  }

  streams(): readonly LogStream[] {
    return [...this.#streams.values()];
  }

  stream(name: string): LogStream | undefined {
    return this.#streams.get(name);
  }

  /** Events from `sequence` on, oldest first. */
  *eventsFrom(sequence: number): Generator<StoredEvent> {
    for (const { events } of this.#chunks) {
      const last = events.at(-1);
      if (last === undefined || last.sequence < sequence) continue;
      for (const event of events) if (event.sequence >= sequence) yield event;
    }
  }

  /** Events before `sequence`, newest first. */
  *eventsBefore(sequence: number): Generator<StoredEvent> {
    for (const { events } of this.#chunks.toReversed()) {
      const first = events[0];
      if (first === undefined || first.sequence >= sequence) continue;
      for (const event of events.toReversed()) if (event.sequence < sequence) yield event;
    }
  }

  #dropOldest(): void {
    while (
      this.#chunks.length > 1 &&
      (this.#eventCount > this.#limits.events || this.#characters > this.#limits.characters)
    ) {
      const oldest = this.#chunks.shift();
      this.#eventCount -= oldest?.events.length ?? 0;
      this.#characters -= oldest?.characters ?? 0;
    }
  }
}

interface LogStoreOptions {
  readonly clock: Clock;
  readonly events: EventStream;
  /** Groups that exist from the start. A function's group that is not among them appears with its first event. */
  readonly logGroups: readonly LogGroupModel[];
}

/** Keeps what functions log, as CloudWatch Logs would, in memory. `LogGroup` says how much of it. */
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
    for (const { name, retentionDays } of logGroups) this.create(name).retentionDays = retentionDays;
  }

  /** By name, in the order of their names. */
  groups(): readonly LogGroup[] {
    return [...this.#groups.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  group(name: string): LogGroup | undefined {
    return this.#groups.get(name);
  }

  /** A function's group comes back with the next event of the function. */
  delete(name: string): void {
    this.#groups.delete(name);
  }

  now(): number {
    return this.#clock.now();
  }

  /** Takes no further events. */
  close(): void {
    this.#unsubscribe();
  }

  /** Events in Lambda's text format end in a line feed (recorded by LocalStack), those in JSON do not. */
  #append({ logGroupName, logStreamName, atMs, message, logFormat }: LogEvent): void {
    this.create(logGroupName).append(logStreamName, atMs, logFormat === 'Text' ? `${message}\n` : message);
  }

  /** The group of this name, which is made if it is not there yet. */
  create(name: string): LogGroup {
    let group = this.#groups.get(name);
    if (group === undefined) {
      group = new LogGroup(name, this.#clock.now());
      this.#groups.set(name, group);
    }
    return group;
  }
}
