import type { EventRefusal, GenerateAnswer, GenerateResponse } from '../../shared/pipeline.ts';
import { logMessages, metricNames } from '../../shared/telemetry.ts';
import type { PublishMetrics } from '../common/metrics.ts';
import { sendAll, type SendMessageBatch } from '../common/send.ts';
import { type Deadline, type InvocationContext, sendingBudget } from '../common/time.ts';
import { orderSequence } from '../../shared/order/order-sequence.ts';
import { InvalidEventError, parseRequest } from './request.ts';

/** What generate-orders gets from outside: handler.ts wires the real ones, tests give others. */
export interface Dependencies {
  readonly sendMessageBatch: SendMessageBatch;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Answers numbers in [0, 1). */
  readonly random: () => number;
  readonly publishMetrics: PublishMetrics;
  readonly startDeadline: (milliseconds: number) => Deadline;
}

/** Queues the orders that an event asks for, stops before the time is up, and answers which were not queued. */
export function createHandler(
  dependencies: Dependencies,
): (event: unknown, context: InvocationContext) => Promise<GenerateResponse> {
  return async (event, context) => {
    let request;
    try {
      request = parseRequest(event);
    } catch (error) {
      if (!(error instanceof InvalidEventError)) throw error;
      console.error({ message: logMessages.eventRefused, problems: error.problems.map(({ logged }) => logged) });
      return respond(400, { problems: error.problems.map(({ told }) => told) });
    }
    const seed = request.seed ?? Math.floor(dependencies.random() * 2 ** 32);
    const { reservedMs, deadlineMs } = sendingBudget(context);
    const { count, from } = request;
    using deadline = dependencies.startDeadline(deadlineMs);
    const { queued, notQueued, lastIndex } = await sendAll(orderSequence({ ...request, seed }), {
      ...dependencies,
      mayContinue: () => context.getRemainingTimeInMillis() > reservedMs,
      signal: deadline.signal,
    });
    const next = (lastIndex ?? from - 1) + 1;
    const answer: GenerateAnswer = {
      requested: count - from,
      queued,
      seed,
      ...(next < count && { next }),
      ...(notQueued.length > 0 && { failed: notQueued }),
    };
    dependencies.publishMetrics({
      [metricNames.ordersQueued]: queued,
      [metricNames.ordersNotQueued]: notQueued.length,
    });
    if (answer.failed === undefined) console.info({ message: logMessages.ordersQueued, ...answer });
    else console.error({ message: logMessages.ordersNotQueued, ...answer });
    return respond(answer.failed === undefined ? 200 : 500, answer);
  };
}

function respond(statusCode: GenerateResponse['statusCode'], body: GenerateAnswer | EventRefusal): GenerateResponse {
  return { statusCode, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
