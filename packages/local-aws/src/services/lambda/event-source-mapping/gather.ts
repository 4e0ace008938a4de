import type { Clock } from '../../../clock.ts';
import { type Batch, BatchBuilder, type Carried } from './batch-builder.ts';
import type { SourceQueue } from './source-queue.ts';

/** Limits of a batch: 1 to 10,000 messages (FIFO: 10), 0 to 300 seconds. `region` goes into the records. */
export interface GatherSettings {
  readonly batchSize: number;
  readonly windowSeconds: number;
  readonly region: string;
}

/** A batch that is ready to be delivered. */
export interface Gathered {
  readonly batch: Batch;
  /** Received but over the payload limit: the next batch begins with them. */
  readonly leftOver: Carried | undefined;
}

/**
 * Collects one batch: waits for a first message, then takes what comes until the batch is full by count or by bytes, or
 * until its window, which opens with the first message, is over. A window of 0 takes what one receive gives.
 *
 * `carried` are messages an earlier gather left over. They have waited already, so a batch that begins with them is
 * filled with what is there and goes at once.
 *
 * When `stop` aborts, the window ends early, and what has been received is still returned: those messages are in
 * flight, and only a delivery or their visibility timeout ends that.
 */
export async function gather(
  queue: SourceQueue,
  settings: GatherSettings,
  clock: Clock,
  stop: AbortSignal,
  carried?: Carried,
): Promise<Gathered> {
  const { batchSize, windowSeconds } = settings;
  const batch = new BatchBuilder({ queueArn: queue.arn, ...settings });
  const receive = () => batch.add(queue.receive({ max: batchSize - batch.size }), clock.now());
  const receiveWhenThere = async (signal: AbortSignal) => {
    await queue.waitForMessages(signal);
    if (signal.aborted) return;
    const before = batch.size;
    receive();
    if (batch.size === before) await turnOfOthers();
  };

  if (carried !== undefined) {
    batch.add(carried.messages, carried.receivedAtMs);
    if (!batch.isFull && !stop.aborted) receive();
    return batch.build();
  }
  while (batch.size === 0 && !stop.aborted) await receiveWhenThere(stop);
  if (windowSeconds > 0 && !batch.isFull && !stop.aborted) {
    const window = new AbortController();
    const cancelWindow = clock.after(windowSeconds * 1000, () => window.abort());
    const windowOrStop = AbortSignal.any([window.signal, stop]);
    while (!batch.isFull && !windowOrStop.aborted) await receiveWhenThere(windowOrStop);
    cancelWindow();
  }
  return batch.build();
}

/** Lets others go on. A receive may give nothing again and again: all messages filtered, or moved to the DLQ. */
function turnOfOthers(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
