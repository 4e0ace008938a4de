import type { Clock } from '../clock.ts';
import { recordJson } from './record.ts';
import type { SourceMessage, SourceQueue } from './source-queue.ts';

/** Lambda's limit for a synchronous payload: a batch with all its metadata must not pass it. */
export const maxPayloadBytes = 6 * 1024 * 1024;
const envelopeBytes = Buffer.byteLength('{"Records":[]}');

export interface Batch {
  readonly messages: readonly SourceMessage[];
  /** JSON text of each message's record, in the same order. */
  readonly records: readonly string[];
  /** When the first message was received (ms since the epoch): its visibility timeout runs from here. */
  readonly receivedAtMs: number;
}

export interface GatherSettings {
  readonly batchSize: number;
  readonly windowSeconds: number;
  readonly region: string;
}

export interface Gathered {
  readonly batch: Batch;
  /** Received but over the payload limit: the next batch begins with them. */
  readonly leftOver: readonly SourceMessage[];
}

/**
 * Collects one batch: waits for a first message, then takes what comes until the batch is full by count or by bytes, or
 * until its window, which opens with the first message, is over. A window of 0 takes what one receive gives.
 *
 * `carried` are messages an earlier gather left over. When `stop` aborts, the window ends early, and what has been
 * received is still returned: those messages are in flight, and only a delivery or their visibility timeout ends that.
 */
export async function gather(
  queue: SourceQueue,
  settings: GatherSettings,
  clock: Clock,
  stop: AbortSignal,
  carried: readonly SourceMessage[] = [],
): Promise<Gathered> {
  const { batchSize, windowSeconds } = settings;
  const source = { queueArn: queue.arn, region: settings.region, windowSeconds };
  const messages: SourceMessage[] = [];
  const records: string[] = [];
  const leftOver: SourceMessage[] = [];
  let payloadBytes = envelopeBytes;

  const add = (received: readonly SourceMessage[]) => {
    for (const message of received) {
      const record = recordJson(message, source);
      const bytes = Buffer.byteLength(record) + 1;
      if (leftOver.length > 0 || (messages.length > 0 && payloadBytes + bytes > maxPayloadBytes)) {
        leftOver.push(message);
        continue;
      }
      payloadBytes += bytes;
      messages.push(message);
      records.push(record);
    }
  };
  const isFull = () => messages.length >= batchSize || leftOver.length > 0;
  const receive = () => add(queue.receive({ max: batchSize - messages.length }));

  add(carried);
  while (messages.length === 0 && !stop.aborted) {
    await queue.waitForMessages(stop);
    if (!stop.aborted) receive();
  }
  const receivedAtMs = clock.now();

  if (windowSeconds > 0 && !isFull() && !stop.aborted) {
    const window = new AbortController();
    const cancelWindow = clock.after(windowSeconds * 1000, () => window.abort());
    const windowOrStop = AbortSignal.any([window.signal, stop]);
    while (!isFull() && !windowOrStop.aborted) {
      await queue.waitForMessages(windowOrStop);
      if (!windowOrStop.aborted) receive();
    }
    cancelWindow();
  }
  return { batch: { messages, records, receivedAtMs }, leftOver };
}
