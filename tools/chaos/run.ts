import { setImmediate as nextTurn } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import {
  EventStream,
  type FaultName,
  Faults,
  planFaults,
  type RpcService,
  type Runtime,
  seededRandom,
  startRuntime,
  systemClock,
} from 'local-aws';
import type { SendQueue } from '../orders/aws/send.ts';
import type { TableConnection } from '../orders/ledger/table.ts';
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
import { faultyTopic } from './faulty-topic.ts';
import { type CarefulDoor, FaultyLine, postCarefully, postings } from './http-sender.ts';
import { type Evidence, Journal, readRows, watchClaims, watchOrderWrites } from '../trial/evidence.ts';
import { type Violation, violations } from './invariants.ts';
import { LabelService } from '../trial/label-service.ts';
import { driveClock, Unrest } from '../trial/rest.ts';

interface RunRequest {
  /** Folder of the pipeline's cloud assembly; read only, so that runs share it. */
  readonly assembly: string;
  /** Decides on orders and faults. */
  readonly seed: number;
  readonly kinds: readonly FaultName[];
  /** Whether the assembly's process-orders has effects: it asks a service for a label, by `LABEL_API_URL`. */
  readonly hasEffects: boolean;
  /** Whether the assembly's pipeline tells the world of its orders. */
  readonly hasEvents?: boolean;
  /** Whether it sends customers a mail. */
  readonly hasMail?: boolean;
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
  /** Labels that the service made; 0 in a run without effects. */
  readonly labels: number;
  /** Events that the topic took, and requests to it that a fault struck. */
  readonly told: number;
  readonly topicFaults: number;
  /** Orders for which the HTTP door answered 202, and requests whose connection went. */
  readonly accepted: number;
  readonly lineFaults: number;
  /** Mails that were delivered. */
  readonly mails: number;
  readonly durationMs: number;
}

/** Enough faults to meet each other, and few enough for a short run. */
const mostOfEachKind = 3;

/** Turns of the event loop after which everything is read that had come to a socket. One reads up to 64 KB a socket. */
const turnsToRead = 50;

/**
 * One run of the whole pipeline. Senders send orders while faults strike, until nothing moves. Half of the runs then
 * mend and replay failures, still under faults. At the end everything that failed for a passing reason is replayed
 * without faults. What must hold is checked before and after the replays.
 */
export async function run({
  assembly,
  seed,
  kinds,
  hasEffects,
  hasEvents = false,
  hasMail = false,
}: RunRequest): Promise<RunResult> {
  const startedAtMs = performance.now();
  const random = seededRandom(seed, 'orders');
  const events = new EventStream();
  const journal = new Journal(events);
  const writes = watchOrderWrites(events);
  const faults = new FaultsAndService(planFaults(seed, kinds), events, mostOfEachKind);
  const topic = faultyTopic(seededRandom(seed, 'topic'));
  faults.topic = topic.service;
  await using service = hasEffects ? await LabelService.start(seededRandom(seed, 'labels'), faults.clock) : undefined;
  faults.serviceUrl = service?.url;
  await using runtime = await startRuntime({ assembly, events, port: 0, faults });
  const { names, table, queue } = connect(runtime, random);
  using ending = new DisposableStack();
  ending.defer(() => table.client.destroy());
  ending.defer(() => queue.client.destroy());
  let direct = 0;
  const unrest = ending.use(new Unrest(events));
  const isClaimed = watchClaims(events);
  const isIdle = () => journal.batchesRunning + direct === faults.invocations.still && !isClaimed();
  ending.use(driveClock(faults.clock, isIdle, () => unrest.skipped()));

  const quiet = async () => {
    await Promise.race([journal.until(() => messagesInQueues(runtime) === 0), unrest.hopeless]);
    // A function that was killed may have written to the table just before. Its request has come, but is not read yet.
    for (let turn = 0; turn < turnsToRead; turn += 1) await nextTurn();
    await faults.tablesQuiet();
    await service?.quiet();
  };
  const careless = carelessMessages(random);
  const attributes = new Map<string, CarelessMessage['attributes']>(
    careless.map((message) => [message.body, message.attributes] as const),
  );
  const line = new FaultyLine(seededRandom(seed, 'line'));
  const door = names.ordersApiUrl === undefined ? undefined : openDoor(names.ordersApiUrl, runtime, line);
  const sent = new Map<string, string>();
  let posted: Evidence['posted'];
  let promised = 0;
  const evidence = async (): Promise<Evidence> => {
    const { mailRows, ...rows } = await readRows(table);
    return { ...rows, ...known(), ...(hasMail && { mails: { rows: mailRows, delivered: journal.mailed } }) };
  };
  const known = () => ({
    ...writes,
    sent,
    attributes,
    promised,
    messages: messagesInQueues(runtime),
    ...(service !== undefined && { effects: service }),
    ...(hasEvents && { told: journal.told }),
    ...(posted !== undefined && { posted }),
    lines: journal.lines,
    defects: journal.defects,
  });

  direct += 1;
  const invoked = generateOrders(runtime.lambda, names.generateOrders, { ...generated, seed }).finally(
    () => (direct -= 1),
  );
  const during = async <Result>(request: () => Promise<Result>) => {
    direct += 1;
    return request().finally(() => (direct -= 1));
  };
  const requests = postings(seededRandom(seed, 'http'));
  const [queued, , tookTooLarge, answers] = await Promise.all([
    invoked,
    sendCarelessly(queue, careless),
    isTaken(queue, tooLargeBody),
    door === undefined ? undefined : postCarefully({ ...door, during }, requests),
  ]);
  posted = answers;
  const accepted = new Set(answers?.filter((answer) => answer.accepted).map(({ expectedId }) => expectedId)).size;
  promised = queued + new Set(careless.map(({ body }) => body)).size + accepted;
  await quiet();
  for (const [messageId, body] of journal.sent) sent.set(messageId, body);
  const before = await evidence();
  const found = violations(before, { afterReplay: false });

  const again: Awaited<ReturnType<typeof replayFailures>>[] = [];
  if (random() < 0.5) {
    const mended = await mendOne(table, faults.clock);
    if (mended !== undefined) {
      // From now on the order counts as if it had been sent like this.
      const { failureId, before: bad, after: good } = mended;
      sent.set(failureId, good);
      attributes.set(good, attributes.get(bad) ?? {});
    }
    const reach = random() < 0.3 ? 'all that failed' : 'what may pass';
    again.push(await replayFailures(table, queue, reach, faults.clock));
    await quiet();
  }
  faults.injection.stop();
  topic.stop();
  service?.stopFaults();
  again.push(await replayFailures(table, queue, 'what ran out of attempts or may be lost', faults.clock));
  await quiet();
  // A copy of a message counts as a message. A replay does not: the replay belongs to a failure.
  for (const [messageId, body] of journal.sent) {
    if (!sent.has(messageId) && again.some(({ copies }) => copies.has(body))) sent.set(messageId, body);
  }
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
    replayed: again.reduce((sum, { failures }) => sum + failures, 0),
    labels: service?.labels.size ?? 0,
    told: journal.told.length,
    topicFaults: topic.struck(),
    accepted,
    lineFaults: line.struck,
    mails: journal.mailed.length,
    durationMs: performance.now() - startedAtMs,
  };
}

/** Tells every function where the service is: its port is not known when the stack is synthesized. And SNS fails, too. */
class FaultsAndService extends Faults {
  serviceUrl: string | undefined;
  topic: (service: RpcService) => RpcService = (service) => service;

  override api(service: RpcService): RpcService {
    return this.topic(super.api(service));
  }

  override variables(own: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    return super.variables(this.serviceUrl === undefined ? own : { ...own, LABEL_API_URL: this.serviceUrl });
  }
}

/** The HTTP door as a sender with credentials reaches it. */
function openDoor(url: string, { model }: Runtime, line: FaultyLine): Omit<CarefulDoor, 'during'> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const signer = { region: () => Promise.resolve(model.region), credentials: () => Promise.resolve(credentials) };
  return { url, signer, line };
}

/**
 * Table and queue as the `orders` command reaches them, with fewer tries: a table that is down stays down until
 * somebody waits.
 */
function connect(runtime: Runtime, random: () => number) {
  const { model, endpoint } = runtime;
  const names = pipelineNames(model);
  const settings = { ...clientSettings(runtime), maxAttempts: 2 };
  const surroundings = { clock: systemClock, random };
  const table: TableConnection = { client: new DynamoDBClient(settings), name: names.ordersTable, ...surroundings };
  const url = `${endpoint.url}/${model.accountId}/${names.ordersQueue}`;
  const queue: SendQueue = { client: new SQSClient(settings), url, ...surroundings };
  return { names, table, queue };
}
