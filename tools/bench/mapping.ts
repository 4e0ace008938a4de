import { EventStream, startRuntime } from 'local-aws';
import { writePipelines } from 'local-aws/testing';
import { TemporaryFolder } from '../run/synthesize.ts';
import { ClientProcess } from './client/process.ts';
import type { SqsTask } from './client/sqs-client.ts';
import { assertEmpty, deletedFrom } from './pipeline/pipeline.ts';
import { interleaved, median, medianRatio, type Part, perSecond, roundText } from './report.ts';

const rounds = 5;
const messages = 10_000;
const requestsInFlight = 10;
const batchSize = 10;
const maximumConcurrency = 5;

/**
 * Two ways through the local SQS server. In one, an SDK client sends, receives and deletes ("bare"). In the other, the
 * client only sends; a mapping invokes a function that does nothing, and deletes. In both, the client is a process of
 * its own with batches of 10 and 10 requests in flight. A round lasts from its first request until its last message is
 * deleted, and its queue must be empty afterwards.
 */
export const mapping: Part = async ({ onProgress, signal }) => {
  await using disposables = new AsyncDisposableStack();
  const queue = { VisibilityTimeout: 300 };
  const code = 'exports.handler = async () => {};';
  const polled = { BatchSize: batchSize, ScalingConfig: { MaximumConcurrency: maximumConcurrency } };
  const assembly = disposables.use(new TemporaryFolder()).path;
  writePipelines({ bare: { code, queue, mapping: null }, mapped: { code, queue, mapping: polled } }, assembly);
  const events = new EventStream();
  const runtime = disposables.use(await startRuntime({ assembly, events, port: 0 }));
  const client = disposables.use(
    new ClientProcess<SqsTask, null>(new URL('./client/sqs-client.ts', import.meta.url), signal),
  );

  const run = async (name: 'bare' | 'mapped') => {
    const queueUrl = `${runtime.endpoint.url}/${runtime.model.accountId}/${name}`;
    const kind = name === 'bare' ? 'send-receive-delete' : 'send';
    const through = name === 'bare' ? undefined : deletedFrom(events, name, messages);
    const startedAtMs = performance.now();
    await Promise.all([client.run({ kind, queueUrl, messages, requestsInFlight }), through]);
    const rate = messages / ((performance.now() - startedAtMs) / 1000);
    assertEmpty(runtime, name);
    return rate;
  };
  const measured = await interleaved(rounds, { bare: () => run('bare'), mapped: () => run('mapped') }, (kind, round) =>
    onProgress(`${kind}, ${roundText(round, rounds)}`),
  );
  const [bare, mapped] = [median(measured.bare), median(measured.mapped)];
  return [
    {
      id: 'mapping-throughput',
      title: 'Messages through a mapping to an empty function, of a bare send + receive + delete loop',
      value: medianRatio(measured.mapped, measured.bare),
      unit: '',
      bound: { atLeast: 0.6 },
      detail: `${perSecond(mapped)} of ${perSecond(bare)}`,
    },
  ];
};
