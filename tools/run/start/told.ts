import type { RuntimeEvent } from 'local-aws';
import { readOrderEvent } from '../../../shared/order-event.ts';
import { counted } from '../../orders/terminal/progress.ts';
import type { TableCounts } from '../local-pipeline.ts';

/** What the world was told of the orders of a run. */
export interface ToldCounts {
  /** Orders that were told as processed, each once, however often it was told. */
  readonly processed: number;
  /** Failures that were told, each once. */
  readonly failed: number;
  /** Events that told the same thing again. */
  readonly repeats: number;
}

/** Counts the events of a pipeline as the topic takes them: who subscribes gets no others. */
export class Told {
  readonly #topic: string;
  readonly #ids = { 'order.processed': new Set<string>(), 'order.failed': new Set<string>() };
  #events = 0;
  #strange = 0;

  /** @param topic its name */
  constructor(topic: string) {
    this.#topic = topic;
  }

  add(event: RuntimeEvent): void {
    if (event.type !== 'messages-published' || event.topicName !== this.#topic) return;
    for (const { body } of event.messages) {
      const told = readOrderEvent(body);
      this.#events += 1;
      if (told === null) this.#strange += 1;
      else this.#ids[told.type].add(told.id);
    }
  }

  get counts(): ToldCounts {
    const [processed, failed] = [this.#ids['order.processed'].size, this.#ids['order.failed'].size];
    return { processed, failed, repeats: this.#events - this.#strange - processed - failed };
  }

  /** Why the events are not those of the orders table, or undefined. */
  disagreement(table: TableCounts): string | undefined {
    const { processed, failed } = this.counts;
    if (this.#strange > 0) return `${counted(this.#strange, 'message')} of the topic ${this.#topic} are no events.`;
    if (processed === table.processed && failed === table.failed) return undefined;
    return (
      `The events disagree: they tell of ${counted(processed, 'processed order')} and ${counted(failed, 'failure')}, ` +
      `and the orders table has ${table.processed} and ${table.failed}.`
    );
  }
}

/** The line about events in the outcome. */
export function toldText({ processed, failed, repeats }: ToldCounts): string {
  const again = repeats === 0 ? '' : ` ${counted(repeats, 'event')} said what another had said.`;
  return `Events told of ${counted(processed, 'processed order')} and ${counted(failed, 'failure')}.${again}`;
}
