import { type Clock, sleep, systemClock } from '../clock.ts';
import { AwsError, type CallContext, type ForwardedAnswer, type RpcService } from '../endpoint/api.ts';
import type { Injection } from './injection.ts';
import type { Invocations } from './invocations.ts';

const writes: readonly string[] = ['UpdateItem', 'PutItem', 'DeleteItem', 'BatchWriteItem'];
const reads: readonly string[] = ['GetItem'];
const writeKinds = [
  'kill-before-write',
  'kill-after-write',
  'kill-before-response',
  'hang-after-write',
  'table-answers-late',
  'table-writes-late',
] as const;
const requestKinds = ['table-throttles', 'table-refuses', 'table-slow', 'table-down'] as const;

/** About as long as a function takes from the table's answer to its own response. */
const longestResponseMs = 4;
const slowMs = { least: 100, more: 300 };
const downMs = { least: 5_000, more: 55_000 };

interface Surroundings {
  readonly injection: Injection;
  readonly invocations: Invocations;
  readonly clock: Clock;
  /** Gets every request, until it has ended. */
  readonly underWay: Set<Promise<unknown>>;
}

type Send = () => Promise<ForwardedAnswer>;

/** DynamoDB whose reads and writes of single items fail now and then. */
export function faultyTables(service: RpcService, to: Surroundings): RpcService {
  const faults = new TableFaults(to);
  const names = new Set([...writes, ...reads]);
  return {
    ...service,
    forwarded: Object.fromEntries(
      Object.entries(service.forwarded ?? {}).map(([name, operation]) => {
        if (!names.has(name)) return [name, operation];
        const isWrite = writes.includes(name);
        return [
          name,
          {
            ...operation,
            async forward(body, input, context) {
              const request = faults.around(isWrite, context, () => operation.forward(body, input, context));
              to.underWay.add(request);
              try {
                return await request;
              } finally {
                to.underWay.delete(request);
              }
            },
          },
        ];
      }),
    ),
  };
}

class TableFaults {
  readonly #to: Surroundings;
  #isDown = false;

  constructor(to: Surroundings) {
    this.#to = to;
  }

  async around(isWrite: boolean, context: CallContext, send: Send): Promise<ForwardedAnswer> {
    const { injection, clock } = this.#to;
    if (this.#isDown && !injection.stopped) return refuse();
    const kind = injection.first(requestKinds);
    const caller = context.caller.sessionName ?? 'a client';
    switch (kind) {
      case 'table-throttles':
        injection.took(kind, caller);
        throw throttle(injection.random(kind)());
      case 'table-refuses':
        injection.took(kind, caller);
        return refuse();
      case 'table-down': {
        const ms = downMs.least + injection.random(kind)() * downMs.more;
        this.#isDown = true;
        clock.after(ms, () => (this.#isDown = false));
        injection.took(kind, `for ${Math.round(ms / 1000)} s`);
        return refuse();
      }
      case 'table-slow':
        await sleep(systemClock, slowMs.least + injection.random(kind)() * slowMs.more);
        if (!context.signal.aborted) injection.took(kind, caller);
        break;
      case undefined:
    }
    return isWrite ? this.#write(context, caller, send) : send();
  }

  async #write(context: CallContext, caller: string, send: Send): Promise<ForwardedAnswer> {
    const { injection, invocations } = this.#to;
    const kind = injection.first(writeKinds);
    const sender = invocations.sender(context.traceHeader);
    if (kind === undefined) return send();
    if (kind === 'table-answers-late') {
      const answer = await send();
      if (await clientGone(context.signal)) injection.took(kind, caller);
      return answer;
    }
    if (kind === 'table-writes-late') {
      if (await clientGone(context.signal)) injection.took(kind, caller);
      return send();
    }
    if (sender === undefined) return send();
    if (kind === 'kill-before-write') {
      if (!invocations.kill(sender)) return send();
      injection.took(kind, caller);
      return refuse();
    }
    const answer = await send();
    if (kind === 'hang-after-write') {
      if (invocations.standStill(sender)) injection.took(kind, caller);
    } else if (kind === 'kill-after-write') {
      if (invocations.kill(sender)) injection.took(kind, caller);
    } else {
      systemClock.after(injection.random(kind)() * longestResponseMs, () => {
        if (invocations.kill(sender)) injection.took(kind, caller);
      });
    }
    return answer;
  }
}

/** SDKs retry both (API reference, "Error handling with DynamoDB"). */
function throttle(random: number): AwsError {
  return random < 0.5
    ? new AwsError(
        'ProvisionedThroughputExceededException',
        'The level of configured provisioned throughput for the table was exceeded.',
      )
    : new AwsError('ThrottlingException', 'Rate of requests exceeds the allowed throughput.');
}

/** An answer of 500, written here: an error that is thrown would be reported as one of this endpoint. */
function refuse(): ForwardedAnswer {
  const body = Buffer.from(
    '{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError","message":"The table is down (fault injection)."}',
  );
  return { status: 500, headers: { 'content-type': 'application/x-amz-json-1.0' }, body };
}

/** Longer than any client waits for an answer. */
const longestClientMs = 5_000;

/** True when the client has hung up, false when it still waits after `longestClientMs`. */
function clientGone(signal: AbortSignal): Promise<boolean> {
  return sleep(systemClock, longestClientMs, signal).then(() => signal.aborted);
}
