import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { httpLimits, type TrackedOrder } from '../../shared/http-door.ts';
import { describeError, logMessages } from '../../shared/telemetry.ts';
import { type HttpAnswer, jsonAnswer, problemAnswer, problemOf, retryAfter } from '../common/http-answer.ts';
import type { PublishMetrics } from '../common/metrics.ts';
import { type Deadline, type InvocationContext, timeBudget } from '../common/time.ts';
import { stateOf, type TrackedRow } from './standing.ts';

/** What track-orders gets from outside: handler.ts wires the real ones, tests give others. */
export interface Dependencies {
  /** All rows of an order. */
  readonly readRows: (orderId: string, signal: AbortSignal) => Promise<readonly TrackedRow[]>;
  /** Answers numbers in [0, 1). */
  readonly random: () => number;
  readonly publishMetrics: PublishMetrics;
  readonly startDeadline: (milliseconds: number) => Deadline;
}

/** What track-orders reads of an event. API Gateway has decoded the parameter. */
export type TrackEvent = Pick<APIGatewayProxyEventV2, 'pathParameters'>;

/** Answers what is known of an order. */
export function createHandler(
  dependencies: Dependencies,
): (event: TrackEvent, context: InvocationContext) => Promise<HttpAnswer> {
  return async ({ pathParameters }, context) => {
    const orderId = pathParameters?.['id'] ?? '';
    dependencies.publishMetrics({});
    if (orderId === '' || orderId.length > httpLimits.idCharacters) {
      return problemAnswer(problemOf(404, 'No order has such an id.'));
    }
    using deadline = dependencies.startDeadline(timeBudget(context).workMs);
    try {
      const answer: TrackedOrder = { orderId, ...stateOf(await dependencies.readRows(orderId, deadline.signal)) };
      return jsonAnswer(200, answer);
    } catch (error) {
      console.error({ message: logMessages.orderNotLookedUp, orderId, error: describeError(error) });
      const detail = 'The state of the order could not be read. The order itself is where it was: ask again.';
      return problemAnswer(problemOf(503, detail), retryAfter(dependencies.random));
    }
  };
}
