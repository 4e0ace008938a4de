import { LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import { EventStream } from '../../src/events.ts';
import { TemporaryFolder } from '../../src/processes.ts';
import { type Runtime, type RuntimeOptions, startRuntime } from '../../src/runtime.ts';
import { EventWatch } from '../../src/testing/event-watch.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { type PipelineSettings, writePipelines } from '../../src/testing/written-pipelines.ts';
import { Pipeline } from './pipeline.ts';

/** Pipelines that run. Disposing of them ends every process. */
export interface RunningPipelines extends AsyncDisposable {
  readonly runtime: Runtime;
  readonly clock: ManualClock;
  readonly watch: EventWatch;
  readonly sqs: SQSClient;
  readonly lambda: LambdaClient;
  readonly queueUrl: (queueName: string) => string;
  pipeline(name: string): Pipeline;
  /** Writes the assembly anew and has the runtime take it on. */
  reload(pipelines: Readonly<Record<string, PipelineSettings>>): Promise<void>;
}

/**
 * Runs pipelines (assembly-fixture.ts) as `npm run local` would, with function processes and real SDK clients, on a
 * clock that stands still.
 */
export async function startPipelines(
  pipelines: Readonly<Record<string, PipelineSettings>>,
  options: Partial<RuntimeOptions> = {},
): Promise<RunningPipelines> {
  const clock = new ManualClock();
  const events = new EventStream();
  const watch = new EventWatch(events);
  await using starting = new AsyncDisposableStack();
  const assembly = starting.use(new TemporaryFolder('pipelines-')).path;
  writePipelines(pipelines, assembly);
  const runtime = starting.use(await startRuntime({ assembly, events, port: 0, clock, ...options }));
  const { region, accountId } = runtime.model;
  const credentials = { accessKeyId: 'developer', secretAccessKey: 'any' };
  const connection = { endpoint: runtime.endpoint.url, region, credentials, maxAttempts: 1 };
  const sqs = starting.adopt(new SQSClient(connection), (client) => client.destroy());
  const lambda = starting.adopt(new LambdaClient(connection), (client) => client.destroy());
  const queueUrl = (queueName: string) => `${runtime.endpoint.url}/${accountId}/${queueName}`;
  const running = starting.move();
  return {
    runtime,
    clock,
    watch,
    sqs,
    lambda,
    queueUrl,
    pipeline: (name) => new Pipeline(name, { runtime, clock, sqs, watch, queueUrl }),
    reload: (changed) => {
      writePipelines(changed, assembly);
      return runtime.reload(assembly);
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
