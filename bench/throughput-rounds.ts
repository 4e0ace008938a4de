import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { EventStream } from '../local/events.ts';
import { type Runtime, startRuntime } from '../local/runtime.ts';
import { removeAssembly, writePipelines } from '../test/local/event-source-mapping/assembly-fixture.ts';
import type { Progress, Task } from './sqs-client.ts';

export const requestsInFlight = 10;
export const batchSize = 10;
export const maximumConcurrency = 5;

export type RoundKind = 'raw' | 'mapped';

/** How many messages of how many are through. */
export type OnProgress = (done: number, of: number) => void;

/** A running runtime and a client process of its own. */
export interface ThroughputBench extends AsyncDisposable {
  /** Runs one round. @returns messages a second, from the first request until the last message is deleted */
  run(kind: RoundKind, messages: number, onProgress?: OnProgress): Promise<number>;
}

/** @param signal ends the client, and with it the round under way, which rejects */
export async function startBench(signal: AbortSignal): Promise<ThroughputBench> {
  await using starting = new AsyncDisposableStack();
  const queue = { VisibilityTimeout: 300 };
  const code = 'exports.handler = async () => {};';
  const assembly = writePipelines({
    raw: { code, queue, mapping: null },
    mapped: {
      code,
      queue,
      mapping: { BatchSize: batchSize, ScalingConfig: { MaximumConcurrency: maximumConcurrency } },
    },
  });
  starting.defer(() => removeAssembly(assembly));
  const events = new EventStream();
  const runtime = starting.use(await startRuntime({ assembly, events, port: 0 }));
  const client = fork(new URL('./sqs-client.ts', import.meta.url));
  const kill = () => client.kill('SIGKILL');
  signal.addEventListener('abort', kill);
  starting.defer(() => signal.removeEventListener('abort', kill));
  const gone = once(client, 'exit').then(() => {
    signal.throwIfAborted();
    throw new Error('The client process ended before its round did.');
  });
  gone.catch(() => {});
  starting.defer(async () => {
    if (client.exitCode !== null || client.signalCode !== null) return;
    kill();
    await once(client, 'exit');
  });
  const running = starting.move();
  return {
    async run(kind, messages, onProgress = () => {}) {
      const task: Task = {
        kind: kind === 'raw' ? 'send-receive-delete' : 'send',
        queueUrl: `${runtime.endpoint.url}/${runtime.model.accountId}/${kind}`,
        messages,
        requestsInFlight,
      };
      const sent = clientFinished(client, kind === 'raw' ? (done) => onProgress(done, messages) : () => {});
      const through = kind === 'raw' ? sent : Promise.all([sent, allDeleted(events, messages, onProgress)]);
      const startedAtMs = performance.now();
      client.send(task);
      await Promise.race([through, gone]);
      const seconds = (performance.now() - startedAtMs) / 1000;
      assertEmpty(runtime, kind);
      return messages / seconds;
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function clientFinished(client: ChildProcess, onDone: (done: number) => void): Promise<void> {
  return new Promise((resolve) => {
    const listener = ({ done, finished }: Progress) => {
      onDone(done);
      if (!finished) return;
      client.off('message', listener);
      resolve();
    };
    client.on('message', listener);
  });
}

/** By the mapping's own account of what it deleted; nothing polls while the time is taken. */
function allDeleted(events: EventStream, messages: number, onProgress: OnProgress): Promise<void> {
  return new Promise((resolve) => {
    let deleted = 0;
    const unsubscribe = events.subscribe((event) => {
      if (event.type !== 'batch-ended') return;
      deleted += event.deleted.length;
      onProgress(deleted, messages);
      if (deleted < messages) return;
      unsubscribe();
      resolve();
    });
  });
}

/** A rate counts only if every message went all the way. */
function assertEmpty(runtime: Runtime, queueName: string): void {
  const counts = runtime.sqs.queues().find(({ name }) => name === queueName)?.counts;
  if (counts?.available === 0 && counts['in-flight'] === 0 && counts.delayed === 0) return;
  throw new Error(`The queue ${queueName} is not empty after its round: ${JSON.stringify(counts)}.`);
}
