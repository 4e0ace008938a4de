import { setImmediate as nextTurn } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import {
  EventStream,
  type FaultName,
  Faults,
  planFaults,
  type Runtime,
  seededRandom,
  startRuntime,
  systemClock,
  type TurnedClock,
} from 'local-aws';
import type { SendQueue } from '../orders/aws/send.ts';
import type { OrdersTable } from '../orders/ledger/read.ts';
import { clientSettings, messagesInQueues, pipelineNames } from '../run/local-pipeline.ts';
import {
  type CarelessMessage,
  carelessMessages,
  generated,
  generateOrders,
  isTaken,
  mendOne,
  replayFailures,
  sendCarelessly,
  tooLargeBody,
} from './actors.ts';
import { type Evidence, Journal, readRows, watchOrderWrites } from './evidence.ts';
import { type Violation, violations } from './invariants.ts';

interface RunRequest {
  /** Folder of the pipeline's cloud assembly; read only, so that runs share it. */
  readonly assembly: string;
  /** Decides on orders and faults. */
  readonly seed: number;
  readonly kinds: readonly FaultName[];
}

export interface RunResult {
  readonly seed: number;
  readonly kinds: readonly FaultName[];
  /** How often each fault took effect. */
  readonly injected: ReadonlyMap<FaultName, number>;
  readonly violations: readonly Violation[];
  readonly messages: number;
  readonly processed: number;
  readonly failed: number;
  readonly replayed: number;
  readonly durationMs: number;
}

/** Enough for them to meet each other, and few enough for a run to be short. */
const mostOfEachKind = 3;

/**
 * One run: the whole pipeline, orders, faults until nothing moves, a replay among faults or not, and one of everything
 * that failed for a passing reason without any. What must hold is checked before and after.
 */
export async function run({ assembly, seed, kinds }: RunRequest): Promise<RunResult> {
  const startedAtMs = performance.now();
  const random = seededRandom(seed, 'orders');
  const events = new EventStream();
  const journal = new Journal(events);
  const writes = watchOrderWrites(events);
  const faults = new Faults(planFaults(seed, kinds), events, mostOfEachKind);
  await using runtime = await startRuntime({ assembly, events, port: 0, faults });
  const { names, table, queue } = connect(runtime, random);
  using ending = new DisposableStack();
  ending.defer(() => table.client.destroy());
  ending.defer(() => queue.client.destroy());
  let direct = 0;
  const unrest = ending.use(new Unrest(events));
  const isIdle = () => journal.batchesRunning + direct === faults.invocations.still;
  ending.use(driveClock(faults.clock, isIdle, () => unrest.skipped()));

  const quiet = async () => {
    await Promise.race([journal.until(() => messagesInQueues(runtime) === 0), unrest.hopeless]);
    // A function that was killed may have written to the table just before. Its request has come, but is not read yet.
    for (let turn = 0; turn < turnsToRead; turn += 1) await nextTurn();
    await faults.tablesQuiet();
  };
  const careless = carelessMessages(random);
  const attributes = new Map<string, CarelessMessage['attributes']>(
    careless.map((message) => [message.body, message.attributes] as const),
  );
  const sent = new Map<string, string>();
  let promised = 0;
  const evidence = async (): Promise<Evidence> => ({
    ...(await readRows(table)),
    ...writes,
    sent,
    attributes,
    promised,
    messages: messagesInQueues(runtime),
    lines: journal.lines,
    defects: journal.defects,
  });

  direct += 1;
  const invoked = generateOrders(runtime.lambda, names.generateOrders, { ...generated, seed }).finally(
    () => (direct -= 1),
  );
  const [queued, , tookTooLarge] = await Promise.all([
    invoked,
    sendCarelessly(queue, careless),
    isTaken(queue, tooLargeBody),
  ]);
  promised = queued + new Set(careless.map(({ body }) => body)).size;
  await quiet();
  for (const [messageId, body] of journal.sent) sent.set(messageId, body);
  const before = await evidence();
  const found = violations(before, { afterReplay: false });

  let replayed = 0;
  if (random() < 0.5) {
    const mended = await mendOne(table, faults.clock);
    if (mended !== undefined) {
      // From now on as if it had been sent so.
      const { failureId, before: bad, after: good } = mended;
      sent.set(failureId, good);
      attributes.set(good, attributes.get(bad) ?? {});
    }
    const reach = random() < 0.3 ? 'all that failed' : 'what may pass';
    replayed += await replayFailures(table, queue, reach, faults.clock);
    await quiet();
  }
  faults.injection.stop();
  replayed += await replayFailures(table, queue, 'what ran out of attempts or may be lost', faults.clock);
  await quiet();
  const after = await evidence();
  found.push(...violations(after, { afterReplay: true }));
  if (tookTooLarge) found.push({ invariant: 'a message that is too large is refused', detail: 'SQS took one.' });
  if (unrest.why !== undefined) found.push({ invariant: 'everything comes to rest', detail: unrest.why });
  return {
    seed,
    kinds,
    injected: faults.injection.counts,
    violations: found,
    messages: sent.size,
    processed: after.orders.length,
    failed: before.failures.length,
    replayed,
    durationMs: performance.now() - startedAtMs,
  };
}

/** As the `orders` command reaches them, but less patient: a table that is down is down until somebody waits. */
function connect(runtime: Runtime, random: () => number) {
  const { model, endpoint } = runtime;
  const names = pipelineNames(model);
  const settings = { ...clientSettings(runtime), maxAttempts: 2 };
  const surroundings = { clock: systemClock, random };
  const table: OrdersTable = { client: new DynamoDBClient(settings), name: names.ordersTable, ...surroundings };
  const url = `${endpoint.url}/${model.accountId}/${names.ordersQueue}`;
  const queue: SendQueue = { client: new SQSClient(settings), url, ...surroundings };
  return { names, table, queue };
}

/** Turns of the event loop after which everything is read that had come to a socket. One reads up to 64 KB a socket. */
const turnsToRead = 50;
/** Far more waits than runs need, which is less than 100. A message that goes round for ever soon needs more. */
const mostSkips = 2_000;
/** Something happens every few milliseconds, and on a crowded machine every few seconds. */
const longestSilenceMs = 120_000;

/**
 * Notices that a run does not come to rest: it skips waits without end, or hangs, so that no event comes. Neither
 * depends on how long a run takes, because a slow machine takes long for any.
 */
class Unrest implements Disposable {
  /** Resolves when there is no hope for rest any more. */
  readonly hopeless: Promise<void>;
  readonly #giveUp: () => void;
  readonly #timer: NodeJS.Timeout;
  readonly #unsubscribe: () => void;
  #skips = 0;
  #lastEventAtMs = performance.now();
  #why: string | undefined;

  constructor(events: EventStream) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.hopeless = promise;
    this.#giveUp = resolve;
    this.#unsubscribe = events.subscribe(() => (this.#lastEventAtMs = performance.now()));
    this.#timer = setInterval(() => {
      const silenceMs = performance.now() - this.#lastEventAtMs;
      if (silenceMs > longestSilenceMs) this.#conclude(`Nothing has happened for ${longestSilenceMs / 1000} s.`);
    }, longestSilenceMs / 10);
  }

  /** Undefined while there is hope. */
  get why(): string | undefined {
    return this.#why;
  }

  /** To be called when a wait was skipped. */
  skipped(): void {
    this.#skips += 1;
    if (this.#skips > mostSkips) this.#conclude(`Not after ${mostSkips.toLocaleString('en')} waits.`);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#unsubscribe();
  }

  #conclude(why: string): void {
    this.#why ??= why;
    this.#giveUp();
  }
}

const tickMs = 2;
/** Of quiet ticks before a wait is skipped: what is between two steps must not be taken for a wait. */
const quietTicks = 2;
/** Longer than any wait of the pipeline, and shorter than queues keep messages: no run may last until they expire. */
const longestSkipMs = 4 * 3_600_000;

/**
 * Lets a clock skip the waits in which nothing else happens: visibility timeouts, functions that stand still, a table
 * that is down. Dispose of it to let time pass as it does.
 */
export function driveClock(clock: TurnedClock, isIdle: () => boolean, onSkip: () => void = () => {}): Disposable {
  let quiet = 0;
  const tick = () => {
    quiet = isIdle() ? quiet + 1 : 0;
    if (quiet >= quietTicks && clock.skip(longestSkipMs)) onSkip();
    cancel = systemClock.after(tickMs, tick);
  };
  let cancel = systemClock.after(tickMs, tick);
  return { [Symbol.dispose]: () => cancel() };
}
