import type { EventStream, Listener, RuntimeEvent } from '../events.ts';

/** An event by its type: `EventOf<'batch-ended'>`. */
export type EventOf<Type extends RuntimeEvent['type']> = Extract<RuntimeEvent, { type: Type }>;

/** Remembers what a runtime emits, and waits for what it emits next. */
export class EventWatch {
  readonly emitted: RuntimeEvent[] = [];
  readonly #events: EventStream;

  constructor(events: EventStream) {
    this.#events = events;
    events.subscribe((event) => this.emitted.push(event));
  }

  subscribe(listener: Listener): () => void {
    return this.#events.subscribe(listener);
  }

  ofType<Type extends RuntimeEvent['type']>(type: Type): EventOf<Type>[] {
    return this.emitted.filter((event): event is EventOf<Type> => event.type === type);
  }

  /** The `count`th event from now on that matches. */
  next<Match extends RuntimeEvent>(matches: (event: RuntimeEvent) => event is Match, count = 1): Promise<Match> {
    return new Promise((resolve) => {
      let left = count;
      const unsubscribe = this.#events.subscribe((event) => {
        if (!matches(event)) return;
        left -= 1;
        if (left > 0) return;
        unsubscribe();
        resolve(event);
      });
    });
  }
}
