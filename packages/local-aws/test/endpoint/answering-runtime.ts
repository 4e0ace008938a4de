import { rmSync } from 'node:fs';
import { afterAll, expect } from '@jest/globals';
import { EventStream } from '../../src/events.ts';
import { startRuntime } from '../../src/runtime.ts';
import { patienceMs } from '../../src/testing/eventually.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { consumer, mappingWith, queueWith, writeAssembly } from '../../src/testing/written-assembly.ts';
import { ordersTable } from '../dynamodb/running-tables.ts';

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A runtime with something of each kind to ask for, until the file's tests are over. */
export async function startAnsweringRuntime() {
  const clock = new ManualClock();
  const events = new EventStream();
  /** What the runtime says when it is wrong itself. */
  const defects: string[] = [];
  events.subscribe((event) => {
    if (event.type === 'notice' && event.level === 'error') defects.push(event.message);
  });
  const assembly = writeShop();
  const runtime = await startRuntime({ assembly, events, port: 0, clock });
  afterAll(async () => {
    await runtime[Symbol.asyncDispose]();
    rmSync(assembly, { recursive: true });
  });

  /** Sends a request, turns the clock until it is answered (long polls end by that), and checks the answer: 2xx, 4xx or a 501 that says what. */
  async function expectClearAnswer({ method = 'POST', path = '/', headers = {}, body }: Sent): Promise<void> {
    const signature = 'AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/sqs/aws4_request';
    const pending = fetch(runtime.endpoint.url + path, {
      method,
      headers: { authorization: signature, ...headers },
      signal: AbortSignal.timeout(patienceMs),
      ...(body !== undefined && { body }),
    });
    const response = await whileTurning(clock, pending);
    const answer = `${response.status} ${await response.text()}`;
    expect(answer).toMatch(/^2\d\d |^4\d\d .*essage|^501 .*does not implement/s);
    expect(response.headers.get('x-amzn-requestid')).toMatch(/./);
  }

  return { runtime, clock, defects, expectClearAnswer };
}

function writeShop(): string {
  const statement = { Effect: 'Allow', Action: 'sqs:*', Resource: '*' };
  const Grant = {
    Type: 'AWS::IAM::Policy',
    Properties: { PolicyName: 'consume', Roles: [{ Ref: 'Role' }], PolicyDocument: { Statement: [statement] } },
  };
  const Orders = queueWith({ QueueName: 'orders' });
  const Mapping = mappingWith({ Enabled: false });
  const Resources = { ...consumer, Grant, Orders, Table: ordersTable, Mapping };
  return writeAssembly({ Shop: { template: { Resources } } });
}

async function whileTurning<Result>(clock: ManualClock, pending: Promise<Result>): Promise<Result> {
  const state = { pending: true };
  const settle = () => (state.pending = false);
  pending.then(settle, settle);
  while (state.pending) await clock.advance(1_000);
  return pending;
}
