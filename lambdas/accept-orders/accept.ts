import { type AcceptedOrder, type BatchAnswer, type Problem } from '../../shared/http-door.ts';
import type { NotQueued } from '../../shared/pipeline.ts';
import { doorMetricNames, logMessages, metricNames } from '../../shared/telemetry.ts';
import { type HttpAnswer, jsonAnswer, problemAnswer, problemOf, retryAfter } from '../common/http-answer.ts';
import type { PublishMetrics } from '../common/metrics.ts';
import { sendAll, type SendMessageBatch, tooLargeCode } from '../common/send.ts';
import { type Deadline, type InvocationContext, sendingBudget } from '../common/time.ts';
import { type PreparedOrder, prepareOrder } from './prepare-order.ts';
import { type AcceptEvent, readRequest, tooLarge } from './read-request.ts';

/** What accept-orders gets from outside: handler.ts wires the real ones, tests give others. */
export interface Dependencies {
  readonly sendMessageBatch: SendMessageBatch;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Answers numbers in [0, 1). */
  readonly random: () => number;
  /** Answers a random id. */
  readonly newId: () => string;
  readonly publishMetrics: PublishMetrics;
  readonly startDeadline: (milliseconds: number) => Deadline;
}

/** What became of one order. */
type Result = AcceptedOrder | Problem;

/**
 * Takes orders from a request of API Gateway into the queue. 202 says that SQS has the order: nothing else is promised,
 * and nothing else is looked at. Whether another order has its id, the consumer decides.
 */
export function createHandler(
  dependencies: Dependencies,
): (event: AcceptEvent, context: InvocationContext) => Promise<HttpAnswer> {
  return async (event, context) => {
    const request = readRequest(event);
    if (request.kind === 'refused') {
      logProblem(request.problem);
      dependencies.publishMetrics({ [doorMetricNames.ordersRefused]: 1 });
      return problemAnswer(request.problem);
    }
    const prepared = request.orders.map((order) => prepareOrder(order, dependencies.newId));
    const notQueued = await send(prepared, dependencies, context);
    const results = prepared.map((order, index) => resultOf(order, notQueued.get(index), request.collection));
    for (const [index, result] of results.entries()) log(result, notQueued.get(index));
    const count = (of: (status: number) => boolean) => results.filter(({ status }) => of(status)).length;
    dependencies.publishMetrics({
      [metricNames.ordersQueued]: count((status) => status === 202),
      [metricNames.ordersNotQueued]: count((status) => status === 503),
      [doorMetricNames.ordersRefused]: count((status) => status >= 400 && status < 500),
    });
    return request.isBatch ? batchAnswer(results, dependencies.random) : answerOf(results[0]!, dependencies.random);
  };
}

/** Sends what is an order. @returns what SQS did not take, by its place */
async function send(
  prepared: readonly PreparedOrder[],
  dependencies: Dependencies,
  context: InvocationContext,
): Promise<ReadonlyMap<number, NotQueued>> {
  const messages = prepared.flatMap((order, index) =>
    // The order of a FIFO group needs a name, also when nobody knows its id.
    order.kind === 'order' ? [{ index, orderId: order.orderId ?? dependencies.newId(), body: order.body }] : [],
  );
  if (messages.length === 0) return new Map();
  const { deadlineMs, reservedMs } = sendingBudget(context);
  using deadline = dependencies.startDeadline(deadlineMs);
  const { notQueued, lastIndex = -1 } = await sendAll(messages, {
    ...dependencies,
    mayContinue: () => context.getRemainingTimeInMillis() > reservedMs,
    signal: deadline.signal,
  });
  const untried = messages
    .filter(({ index }) => index > lastIndex)
    .map(({ index, orderId }) => ({ index, orderId, code: 'NoTimeLeft', message: 'The function had no time left.' }));
  return new Map([...notQueued, ...untried].map((each) => [each.index, each]));
}

function resultOf(order: PreparedOrder, notQueued: NotQueued | undefined, collection: string): Result {
  if (order.kind === 'refused') return order.problem;
  const { orderId } = order;
  if (notQueued === undefined) {
    return {
      status: 202,
      orderId,
      ...(orderId !== null && { location: `${collection}/${encodeURIComponent(orderId)}` }),
    };
  }
  if (notQueued.code === tooLargeCode) return tooLarge(Buffer.byteLength(order.body));
  const detail =
    'The queue did not take the order, or did not say so in time. Send the order again with its id: an order that comes ' +
    'twice is processed once.';
  return problemOf(503, detail, orderId === null ? {} : { orderId });
}

/**
 * The header is relative to the address that was asked, `orders/A-1`: it is right behind every domain and prefix, of
 * which the function knows nothing (RFC 9110, section 10.2.2).
 */
function answerOf(result: Result, random: () => number): HttpAnswer {
  if (result.status !== 202) return problemAnswer(result, result.status === 503 ? retryAfter(random) : {});
  const location = result.location?.split('/').slice(-2).join('/');
  return jsonAnswer(202, result, location === undefined ? {} : { location });
}

/**
 * The status of the orders where all of them have the same, so that a client which looks no further does what is right;
 * otherwise 207, with a status for each order.
 */
function batchAnswer(results: readonly Result[], random: () => number): HttpAnswer {
  const answer: BatchAnswer = { orders: results };
  const statuses = new Set(results.map(({ status }) => status));
  const headers = statuses.has(503) ? retryAfter(random) : {};
  const [first] = results as readonly [Result, ...Result[]];
  if (statuses.size > 1) return jsonAnswer(207, answer, headers);
  if (first.status === 202) return jsonAnswer(202, answer);
  return problemAnswer(
    problemOf(first.status, 'No order of the batch was accepted; "orders" says why.'),
    headers,
    answer,
  );
}

function log(result: Result, notQueued: NotQueued | undefined): void {
  if (result.status === 202) console.info({ message: logMessages.orderAccepted, orderId: result.orderId });
  else if (notQueued === undefined) logProblem(result);
  else {
    const { orderId, code, message } = notQueued;
    console.error({ message: logMessages.ordersNotQueued, failed: [{ orderId, code, message }] });
  }
}

/** Reasons hold no values, and a detail quotes headers at most. */
function logProblem({ status, kind, reasons }: Problem): void {
  console.warn({ message: logMessages.requestRefused, status, ...(kind !== undefined && { kind, reasons }) });
}
