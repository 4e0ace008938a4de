import type { Clock, Runtime } from 'local-aws';
import { generateUntilDone } from '../../orders/aws/generate.ts';
import { type HttpDoor, postOrders } from '../../orders/aws/http-door.ts';
import { type GeneratedMessage, orderSequence } from '../../../shared/order/order-sequence.ts';
import { generateLimits } from '../../../shared/pipeline.ts';
import { RequestCutter } from '../../../shared/sending.ts';
import { clientSettings, type PipelineNames } from '../local-pipeline.ts';
import type { StartOptions } from './options.ts';

/** A running pipeline, and the orders to send. */
export interface ProduceRequest {
  readonly runtime: Runtime;
  readonly names: PipelineNames;
  readonly options: StartOptions;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** What came of sending the orders of a run. */
export interface Produced {
  /** Makes the same orders again. Undefined when the producer answered nothing. */
  readonly seed?: number | undefined;
  readonly problems: string[];
  /** What the HTTP door answered, where the orders went through one. */
  readonly http?: HttpCounts;
}

/** Orders by what the HTTP door said of them. */
export interface HttpCounts {
  readonly accepted: number;
  readonly refused: number;
  /** Reasons of refusals, and how often each was given. */
  readonly reasons: Readonly<Record<string, number>>;
}

/** Sends the orders of a run: by generate-orders, or by HTTP where the pipeline has the door. */
export function produce(request: ProduceRequest): Promise<Produced> {
  return request.names.ordersApiUrl === undefined
    ? byGenerateOrders(request)
    : byHttp(request, request.names.ordersApiUrl);
}

async function byGenerateOrders({ runtime, names, options, signal }: ProduceRequest): Promise<Produced> {
  const problems: string[] = [];
  const { seed, end } = await generateUntilDone(
    (event) => unlessAborted(runtime.lambda.invoke(names.generateOrders, JSON.stringify(event)), signal),
    { ...options, ...(names.notificationsQueue !== undefined && { withEmail: true }) },
    (answer) => {
      if ((answer.failed ?? []).length > 0) problems.push(`generate-orders answered ${JSON.stringify(answer)}`);
    },
  );
  if (end.kind === 'failed') problems.push(`generate-orders failed: ${end.payload}`);
  else if (end.kind === 'refused') problems.push(`generate-orders refused: ${end.problems.join(' ')}`);
  else if (end.kind === 'stuck') problems.push('generate-orders made no progress.');
  return { seed, problems };
}

/** Requests side by side: as many as the functions of a new account. */
const requestsAtOnce = 10;
const defaultCount = 10;

/** Sends the orders that generate-orders would make, in batches. */
async function byHttp({ runtime, names, options, clock, signal }: ProduceRequest, url: string): Promise<Produced> {
  const { count = defaultCount, badRate, seed = Math.floor(Math.random() * (generateLimits.seed + 1)) } = options;
  const { region, credentials } = clientSettings(runtime);
  const signer = { region: () => Promise.resolve(region), credentials: () => Promise.resolve(credentials) };
  const door: HttpDoor = { url, signer, clock, random: Math.random, signal };
  const batches = batchesOf(
    orderSequence({ count, badRate, seed, from: 0, withEmail: names.notificationsQueue !== undefined }),
  );
  const reasonsGiven = new Map<string, number>();
  const problems: string[] = [];
  let accepted = 0;
  let refused = 0;

  async function work(): Promise<void> {
    for (const bodies of batches) {
      if (signal.aborted || problems.length > 0) return;
      try {
        for (const outcome of await postOrders(door, bodies)) {
          if (outcome.status === 202) {
            accepted += 1;
            continue;
          }
          refused += 1;
          const { title, reasons = [title] } = outcome;
          const reason = reasons.join(', ');
          reasonsGiven.set(reason, (reasonsGiven.get(reason) ?? 0) + 1);
          if (outcome.status === 503) problems.push(`The HTTP door did not take an order: ${outcome.detail}`);
        }
      } catch (error) {
        if (!signal.aborted) problems.push((error as Error).message);
      }
    }
  }

  await Promise.all(Array.from({ length: requestsAtOnce }, work));
  return { seed, problems, http: { accepted, refused, reasons: Object.fromEntries(reasonsGiven) } };
}

/** Bodies for one request each. What is no JSON goes alone: it would spoil a batch. */
function* batchesOf(messages: Iterable<GeneratedMessage>): Generator<readonly string[]> {
  const cutter = new RequestCutter<string>();
  const bodies = (cuts: ReturnType<typeof cutter.add>) =>
    cuts.map((cut) => (cut.kind === 'batch' ? cut.messages : [cut.message]));
  for (const { body } of messages) {
    if (isJson(body)) yield* bodies(cutter.add(body, Buffer.byteLength(body)));
    else yield [body];
  }
  yield* bodies(cutter.rest());
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Undefined as soon as `signal` aborts. Whoever made the promise ends the work behind it, which may fail then. */
export async function unlessAborted<Result>(
  promise: Promise<Result>,
  signal: AbortSignal,
): Promise<Result | undefined> {
  const { promise: aborted, resolve } = Promise.withResolvers<undefined>();
  const abort = () => resolve(undefined);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
    promise.catch(() => {});
  }
}
