import type { Clock } from '../clock.ts';
import type { EventStream } from '../events.ts';
import type { Invoke } from './deliver.ts';
import type { SourceQueue } from './source-queue.ts';

/** What a mapping works with, beside its settings. */
export interface MappingEnvironment {
  readonly queue: SourceQueue;
  readonly invoke: Invoke;
  readonly clock: Clock;
  readonly events: EventStream;
  readonly region: string;
  /**
   * False: pollers gather one after the other, so that batches are as full as they can be. True: all at once, as AWS's
   * fleet does, so that one burst is split over several function instances.
   */
  readonly gatherInParallel: boolean;
}
