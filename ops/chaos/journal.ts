import type { EventStream, RuntimeEvent } from 'local-aws';

/** What happened in a run, from the runtime's events. */
export class Journal {
  /** Bodies of the messages that were sent, by message id. */
  readonly sent = new Map<string, string>();
  /** Ids of the messages that used up their receives. */
  readonly moved = new Set<string>();
  /** Invocations that ended because their process did, by function. */
  readonly crashes = new Map<string, number>();
  /** What the functions logged. */
  readonly lines: string[] = [];
  /** What the runtime says went wrong in itself. */
  readonly defects: string[] = [];
  readonly #events: EventStream;
  #batchesRunning = 0;

  constructor(events: EventStream) {
    this.#events = events;
    events.subscribe((event) => this.#add(event));
  }

  /** How many batches functions have at this moment. */
  get batchesRunning(): number {
    return this.#batchesRunning;
  }

  /** Log lines of the functions with this message. */
  logged(message: string): number {
    return this.lines.filter((line) => line.includes(`"${message}"`)).length;
  }

  /** Settles as soon as no function has a batch and `isDone` says so; asked after every event. */
  async until(isDone: () => boolean): Promise<void> {
    while (this.#batchesRunning > 0 || !isDone()) {
      await new Promise<void>((resolve) => {
        const unsubscribe = this.#events.subscribe(() => {
          unsubscribe();
          resolve();
        });
      });
    }
  }

  #add(event: RuntimeEvent): void {
    switch (event.type) {
      case 'messages-sent':
        for (const { messageId, body } of event.messages) this.sent.set(messageId, body);
        break;
      case 'message-moved':
        this.moved.add(event.messageId);
        break;
      case 'message-expired':
        this.defects.push(`Message ${event.messageId} expired in ${event.queueName}.`);
        break;
      case 'batch-started':
        this.#batchesRunning += 1;
        break;
      case 'batch-ended':
        this.#batchesRunning -= 1;
        break;
      case 'invocation-ended':
        if (event.outcome !== 'crash') break;
        this.crashes.set(event.functionName, (this.crashes.get(event.functionName) ?? 0) + 1);
        break;
      case 'log':
        if (event.source === 'function') this.lines.push(event.message);
        break;
      case 'notice':
        if (event.level === 'error') this.defects.push(event.message);
        break;
      default:
    }
  }
}
