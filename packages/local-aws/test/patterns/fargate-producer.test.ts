import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import { build } from 'esbuild';
import { EventStream } from '../../src/events.ts';
import { TemporaryFolder } from '../../src/processes.ts';
import { type Runtime, startRuntime } from '../../src/runtime.ts';
import { EcsService } from '../../src/services/ecs/service.ts';
import { eventually } from '../../src/testing/eventually.ts';
import { EventWatch } from '../../src/testing/event-watch.ts';
import { addFargateProducerToSqs } from './fargate-producer-to-sqs.ts';

let runtime: Runtime;
let watch: EventWatch;
const folder = new TemporaryFolder('patterns-');
const sources = fileURLToPath(new URL('fargate-producer', import.meta.url));

/** The SDK has parts in CommonJS, which ask for Node's modules by `require`. */
const requireForCommonJs =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

beforeAll(async () => {
  const image = join(folder.path, 'image');
  const [entryPoints, outfile] = [[join(sources, 'producer.ts')], join(image, 'producer.mjs')];
  await build({
    entryPoints,
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: { js: requireForCommonJs },
  });
  cpSync(join(sources, 'Dockerfile'), join(image, 'Dockerfile'));
  const assembly = join(folder.path, 'cdk.out');
  const app = new App({ outdir: assembly });
  addFargateProducerToSqs(new Stack(app, 'FargateProducer'), image);
  app.synth();
  const events = new EventStream();
  watch = new EventWatch(events);
  runtime = await startRuntime({ assembly, events, port: 0 });
});

afterAll(async () => {
  await runtime?.[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

describe('the pattern "Fargate producer to SQS"', () => {
  test('serves, sends with its task role, and logs into its group', async () => {
    const [service] = runtime.service(EcsService).services();
    await eventually(
      () => service?.deployments[0]?.rolloutState,
      (state) => state === 'COMPLETED',
    );
    const url = service?.addresses[0]?.url ?? '';
    expect(watch.ofType('notice').map(({ message }) => message)).toContainEqual(expect.stringContaining(url));
    const answer = await fetch(`${url}/messages`, { method: 'POST', body: 'pizza' });
    const logged = () => watch.ofType('log').filter(({ logGroupName }) => logGroupName === '/ecs/producer');
    expect(logged().map(({ message }) => message)).toEqual(['ready', 'sent pizza']);
    expect(answer.status).toBe(202);

    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const sqs = new SQSClient({ endpoint: runtime.endpoint.url, region: 'us-east-1', credentials });
    const QueueUrl = runtime.model.stacks[0]?.outputs.find(({ exportName }) => exportName === 'WorkQueue')?.value;
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    sqs.destroy();
    expect(Messages).toMatchObject([{ MessageId: await answer.text(), Body: 'pizza' }]);
    expect(logged()[0]?.logStreamName).toBe(`producer/web/${service?.tasks[0]?.id}`);
  });

  test('lists what does not run here: the network, the load balancer, the scaling', () => {
    const kinds = new Set(runtime.model.skipped.map(({ type }) => type.split('::').slice(0, 2).join('::')));
    expect([...kinds].toSorted()).toEqual(['AWS::ApplicationAutoScaling', 'AWS::EC2', 'AWS::ElasticLoadBalancingV2']);
  });
});
