import type { Clock } from '../../clock.ts';
import type { EventStream } from '../../events.ts';
import type { LogsService } from '../logs/service.ts';
import { accessLogLine, contextVariables, type RequestFacts } from './context-variables.ts';
import type { GatewayAnswer } from './gateway-answer.ts';
import type { AccessLogSettings } from './model.ts';

interface LogParts {
  readonly clock: Clock;
  readonly events: EventStream;
  readonly logs: LogsService;
}

/** Tells what became of a request: to the stream of events, and as a line of the stage's access log. */
export function tellServed(
  { clock, events, logs }: LogParts,
  apiName: string,
  facts: RequestFacts,
  answer: GatewayAnswer,
  { accessLog, reason }: { readonly accessLog: AccessLogSettings | undefined; readonly reason: string | undefined },
): void {
  const { request } = facts;
  const latencyMs = clock.now() - request.receivedAtMs;
  if (accessLog !== undefined) {
    const variables = contextVariables(facts, { status: answer.status, length: answer.body.length, latencyMs });
    const stream = `${facts.apiId}/${facts.stage?.replace('$', '')}`;
    logs.write(accessLog.logGroupName, stream, accessLogLine(accessLog.format, variables));
  }
  events.emit({
    type: 'http-request-served',
    atMs: clock.now(),
    name: apiName,
    method: request.method,
    path: request.path,
    ...(facts.routeKey === undefined ? {} : { routeKey: facts.routeKey }),
    status: answer.status,
    durationMs: latencyMs,
    ...(reason === undefined ? {} : { reason }),
  });
}
